"""An unplugged chart, a broken font, a full cache: collection goes on."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.cast import submission
from tests.faults.service import Service
from tests.faults.stage import Stage, set_stage
from tests.scratch import scratch
from tests.serving import client_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")

# Python imports sitecustomize before anything else.
FAILING_IMPORT = """
import sys

class Failing:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise {error}

sys.meta_path.insert(0, Failing())
"""
DRAWN, REFUSED = 200, 503
Break = Callable[[Path], dict[str, str]]  # spoils something in a folder; the environment that leads there


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One for all: each test starts a service of its own on it."""
    with scratch() as directory:
        yield set_stage(directory)


def failing(place: Path, module: str, error: str) -> dict[str, str]:
    (place / "sitecustomize.py").write_text(FAILING_IMPORT.format(module=module, error=error))
    path = os.pathsep.join(filter(None, [str(place), os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": path, "MPLCONFIGDIR": str(place)}


def no_matplotlib(place: Path) -> dict[str, str]:
    return failing(place, "matplotlib", "ModuleNotFoundError('matplotlib was uninstalled')")


def broken_library(place: Path) -> dict[str, str]:
    return failing(place, "matplotlib.ft2font", "RuntimeError('the font library is broken')")


def broken_settings(place: Path) -> dict[str, str]:
    (place / "matplotlibrc").write_bytes(b"\xff\xfe font.family = \x00")
    return {"MATPLOTLIBRC": str(place / "matplotlibrc"), "MPLCONFIGDIR": str(place)}


def broken_font(place: Path) -> dict[str, str]:
    """The cache is empty, so that every font of the machine is looked at."""
    for folder in (place / ".fonts", place / ".local" / "share" / "fonts"):
        folder.mkdir(parents=True)
        (folder / "Broken.ttf").write_bytes(b"\x00\x01\x00\x00 this is no font")
    return {"HOME": str(place), "XDG_DATA_HOME": str(place / ".local" / "share"), "MPLCONFIGDIR": str(place)}


def no_cache(place: Path) -> dict[str, str]:
    """Where the cache should be lies a file."""
    (place / "file").write_text("")
    return {"MPLCONFIGDIR": str(place / "file" / "matplotlib"), "HOME": str(place / "file")}


CASES: dict[Break, int] = {
    no_matplotlib: REFUSED,
    broken_library: REFUSED,
    broken_settings: REFUSED,
    broken_font: DRAWN,
    no_cache: DRAWN,
}


async def see_collection_go_on(stage: Stage, environment: dict[str, str], chart: int) -> None:
    service = Service(stage.data_dir, workers=1, environment=environment)
    service.start()
    try:
        await service.until_ready()
        key = msgspec.json.decode(service.sipas("key", "add", "--scope", "read").stdout)["key"]
        async with client_of(service.address, timeout=60) as client:
            assert await store(client, stage.token) == "stored"
            shown = await client.get("/charts/league.svg?round=autumn", headers=bearer(key))
            assert shown.status_code == chart, shown.text
            kind = "image/svg+xml" if chart == DRAWN else "application/problem+json"
            assert shown.headers["content-type"] == kind
            assert (await client.get("/", headers=bearer(key))).status_code == 200
            before = await counted(client, key)
            assert await store(client, stage.token) == "stored"
            assert await counted(client, key) == before + 1
            assert await service.ready()
    finally:
        service.end()


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def store(client: httpx.AsyncClient, token: str) -> str:
    answer = await client.post("/api/submissions", json=[submission()], headers=bearer(token))
    status: str = answer.json()["results"][0]["status"]
    return status


async def counted(client: httpx.AsyncClient, key: str) -> int:
    table = await client.get("/api/indices?round=autumn", headers=bearer(key))
    number: int = table.json()["rows"][0]["n"]
    return number


@pytest.mark.parametrize("broken", CASES, ids=lambda case: case.__name__)
async def test_answers_are_stored_and_counted_whatever_is_wrong_with_charts(
    broken: Break, stage: Stage, tmp_path: Path
) -> None:
    await see_collection_go_on(stage, broken(tmp_path), CASES[broken])


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", tmp_path], check=True)
    try:
        (tmp_path / "filling").write_bytes(b"x" * 4096)
        yield tmp_path
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@as_root
async def test_answers_are_stored_and_counted_where_the_cache_of_charts_is_full(
    stage: Stage, full_disk: Path
) -> None:
    await see_collection_go_on(stage, {"MPLCONFIGDIR": str(full_disk)}, DRAWN)
