"""A full disk: senders are told to retry, and nothing acknowledged is lost."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cast import submission
from tests.faults.service import Service
from tests.faults.stage import Stage, set_stage
from tests.waiting import until

DISK = "160m"
BLOCK = b"x" * 65_536

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="sipas-disk-") as name:
        Path(name).chmod(0o711)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", name], check=True)
        try:
            yield set_stage(Path(name), links=2)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filling:
        try:
            while filling.write(BLOCK):
                pass
        except OSError:
            return


async def test_answers_are_refused_until_there_is_room_and_the_service_says_so_once(
    service: Service, stage: Stage, tmp_path: Path
) -> None:
    service.log = tmp_path / "service.log"  # on another disk
    service.start()
    await service.until_ready()
    filling = stage.data_dir / "filling"
    headers = {"authorization": f"Bearer {stage.token}"}
    async with httpx.AsyncClient(base_url=service.address, timeout=60, trust_env=False) as client:

        async def post() -> httpx.Response:
            long = submission(comment="Cán bộ rất nhiệt tình. " * 100)
            return await client.post("/api/submissions", json=[long] * 50, headers=headers)

        assert (await post()).status_code == 200
        fill(filling)
        refused = await client.get("/readyz")
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        sent = [await client.post("/api/submissions", json=[], headers=headers)]
        sent += [await client.post(f"/s/{token}", data={"overall": "5"}) for token in stage.links]
        sent += [await post() for _ in range(10)]
        assert {answer.status_code for answer in sent} <= {200, 400, 404, 422, 503}
        assert all("retry-after" in answer.headers for answer in sent if answer.status_code == 503)
        filling.unlink()
        await until(service.ready, "there is room again", say=service.last_words)
        assert (await post()).status_code == 200
    assert service.last_words().count("Traceback") == 0
    assert service.last_words().count("\n") < 20


def test_the_log_of_the_embedded_postgres_is_for_its_owner_alone(stage: Stage) -> None:
    assert (stage.data_dir / "postgres.log").stat().st_mode & 0o077 == 0
