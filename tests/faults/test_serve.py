"""What `sipas serve` does when a part of it dies."""

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.cast import submission
from tests.faults.service import Service
from tests.faults.stage import Stage
from tests.waiting import until


async def store(service: Service, stage: Stage) -> str:
    async with httpx.AsyncClient(
        trust_env=False, headers={"authorization": f"Bearer {stage.token}"}
    ) as client:
        answer = await client.post(f"{service.address}/api/submissions", json=[submission()])
    status: str = answer.json()["results"][0]["status"]
    return status


async def test_a_worker_that_was_killed_is_replaced(service: Service, stage: Stage) -> None:
    service.start()
    await service.until_ready()
    await until(lambda: len(service.worker_pids()) == 2, "there are two workers")
    killed, other = service.worker_pids()
    os.kill(killed, signal.SIGKILL)
    await until(
        lambda: len(service.worker_pids()) == 2 and killed not in service.worker_pids(), "there are two again"
    )
    assert other in service.worker_pids()
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


async def test_whoever_stops_it_stops_all_of_it(service: Service) -> None:
    service.start()
    await service.until_ready()
    assert service.stop() == 0
    assert service.postmaster() is None
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", service.port)):
        pass


def test_a_port_that_is_taken_is_one_clear_line(service: Service) -> None:
    with socket.create_server(("127.0.0.1", service.port)):
        service.start()
        assert service.process is not None
        assert service.process.wait(timeout=30) == 1
    assert service.last_words() == (
        f"error: cannot listen on 127.0.0.1:{service.port}: Address already in use; choose another --port\n"
    )
