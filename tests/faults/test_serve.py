"""What `sipas serve` does when a part of it dies."""

import asyncio
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from sipas.postgres.embedded import running
from tests.cast import submission
from tests.databases import execute, fresh_name, with_database
from tests.faults.service import SIPAS, Service, free_port
from tests.faults.stage import Stage
from tests.serving import client_of
from tests.waiting import until


async def store(service: Service, stage: Stage) -> str:
    async with client_of(service.address, headers={"authorization": f"Bearer {stage.token}"}) as client:
        answer = await client.post(f"{service.address}/api/submissions", json=[submission()])
    status: str = answer.json()["results"][0]["status"]
    return status


async def test_a_worker_that_was_killed_is_replaced(service: Service, stage: Stage) -> None:
    service.start()
    await service.until_ready()
    await until(lambda: service.listeners() == 2, "two workers listen")  # each on a socket of its own
    killed, other = service.worker_pids()
    os.kill(killed, signal.SIGKILL)
    await until(
        lambda: len(service.worker_pids()) == 2 and killed not in service.worker_pids(), "there are two again"
    )
    assert other in service.worker_pids()
    # The kernel may reset a connection that arrives while a listener is added.
    await until(lambda: service.listeners() == 2, "the new worker listens")
    assert await store(service, stage) == "stored"


async def test_the_workers_of_a_server_that_was_killed_leave_the_port_and_the_next_start_needs_no_hand(
    service: Service, stage: Stage
) -> None:
    service.start()
    await service.until_ready()
    left_behind = service.worker_pids()
    service.kill()
    service.start()
    await service.until_ready()
    await until(
        lambda: not any(Path(f"/proc/{pid}").exists() for pid in left_behind), "the old workers are gone"
    )
    assert await store(service, stage) == "stored"


async def test_a_postgres_that_was_killed_is_started_again_by_the_service(
    service: Service, stage: Stage
) -> None:
    service.start()
    await service.until_ready()
    postmaster = service.postmaster()
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    await until(lambda: service.postmaster() not in (None, postmaster), "another Postgres runs")
    await service.until_ready()
    assert service.runs()
    assert await store(service, stage) == "stored"


async def test_a_worker_that_starts_while_the_database_is_away_waits_for_it(
    service: Service, stage: Stage
) -> None:
    service.start()
    await service.until_ready()
    postmaster = service.postmaster()
    assert postmaster is not None
    os.kill(postmaster, signal.SIGSTOP)
    for worker in service.worker_pids():
        os.kill(worker, signal.SIGKILL)
    await until(lambda: len(service.worker_pids()) == 2, "there are two workers again")
    os.kill(postmaster, signal.SIGKILL)
    await service.until_ready()
    assert await store(service, stage) == "stored"


async def test_a_stop_signal_ends_every_process(service: Service) -> None:
    service.start()
    await service.until_ready()
    assert service.stop() == 0
    assert service.postmaster() is None
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", service.port)):
        pass


async def test_an_outage_of_the_database_is_a_few_lines_and_no_traceback(
    service: Service, stage: Stage
) -> None:
    with running(stage.data_dir / "other") as dsn:
        service.environment |= {"SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": "3kx9-0vq2-Lw7z-tests-alone"}
        service.start()
        await service.until_ready()
        await until(lambda: service.listeners() == 2, "two workers listen")
    refused = 0
    async with client_of(service.address) as client:
        for _ in range(50):
            answers = [await client.get("/readyz"), await client.post("/api/submissions", json=[])]
            refused += sum(answer.status_code == 503 for answer in answers)
            await asyncio.sleep(0.05)  # in which the background steps fail, too
    assert refused >= 50
    assert "Traceback" not in service.last_words()
    assert 1 <= service.last_words().count("\n") < 20


def test_a_port_that_is_taken_is_one_clear_line(service: Service) -> None:
    with socket.create_server(("127.0.0.1", service.port)):
        service.start()
        assert service.process is not None
        assert service.process.wait(timeout=30) == 1
    assert service.last_words() == (
        f"error: cannot listen on 127.0.0.1:{service.port}: Address already in use; choose another --port\n"
    )


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("no_such_one", 'database "no_such_one" does not exist'),
        ("ascii", "the database is encoded in SQL_ASCII; create one with encoding UTF8"),
    ],
)
async def test_a_service_that_cannot_start_says_why_in_one_line_and_fails(
    server_dsn: str, workers: str, database: str, said: str
) -> None:
    if database == "ascii":
        database = fresh_name()
        await execute(
            server_dsn,
            f"create database {database} template template0 encoding 'SQL_ASCII' "
            "locale_provider libc locale 'C'",
        )
    ended = await asyncio.to_thread(serve, with_database(server_dsn, database), workers)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


def serve(dsn: str, workers: str) -> subprocess.CompletedProcess[str]:
    """Until it ends by itself."""
    environment = {**os.environ, "SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": "3kx9-0vq2-Lw7z-tests-alone"}
    command: list[str | Path] = [SIPAS, "serve", "--port", str(free_port()), "--workers", workers]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
