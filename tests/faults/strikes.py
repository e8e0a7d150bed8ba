"""Ways to kill the service, each at a moment that chance has chosen."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from random import Random

import asyncpg

from sipas.errors import DatabaseError
from sipas.postgres.pool import connect
from tests.faults.service import Service, children
from tests.waiting import until

PATIENCE = 120  # seconds
Strike = Callable[[Service, Random], Awaitable[None]]

# The lock that a sealing step holds from its beginning to its commit, while there is something to seal.
COUNTING = """
select pid from pg_locks where locktype = 'advisory' and granted and exists (select from uncounted) limit 1
"""


async def kill_server(service: Service, _: Random) -> None:
    """The process that was started, which owns the workers and the database."""
    service.kill()


async def kill_worker(service: Service, random: Random) -> None:
    await until(lambda: bool(service.worker_pids()), "there is a worker to kill", say=service.last_words)
    kill([random.choice(service.worker_pids())])


async def kill_sealing_step(service: Service, random: Random) -> None:
    """In the middle of counting: either all workers, one of which it is, or its session in Postgres."""
    try:
        session = await asyncio.wait_for(find_sealing_step(service), PATIENCE)
    except TimeoutError:
        raise AssertionError(
            f"waited {PATIENCE} s in vain for a sealing step\n{service.last_words()}"
        ) from None
    await asyncio.sleep(random.random() * 0.01)
    kill(service.worker_pids() if random.random() < 0.5 else [session])


async def find_sealing_step(service: Service) -> int:
    """The process of Postgres that counts at this moment, as soon as there is one."""
    while True:
        await service.until_ready()
        with suppress(DatabaseError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            conn = await connect(service.dsn)
            try:
                while (session := await conn.fetchval(COUNTING)) is None:  # noqa: ASYNC110  no event tells
                    await asyncio.sleep(0.001)
                return int(session)
            finally:
                conn.terminate()


async def kill_postgres(service: Service, _: Random) -> None:
    """Once the service has it: where it is killed in the very start of `serve`, that says so and ends."""
    await until(lambda: bool(service.worker_pids()), "the service has its Postgres", say=service.last_words)
    await until(
        lambda: service.postmaster() is not None, "there is a Postgres to kill", say=service.last_words
    )
    kill([service.postmaster()])


async def kill_all(service: Service, _: Random) -> None:
    """As a power cut does, but for the cache of the disk."""
    postmaster, workers = service.postmaster(), service.worker_pids()
    sessions = list(children(postmaster)) if postmaster else []
    kill([postmaster, *sessions, *workers])
    service.kill()


def kill(pids: Iterable[int | None]) -> None:
    for pid in pids:
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


STRIKES: dict[str, Strike] = {
    "server": kill_server,
    "worker": kill_worker,
    "sealing step": kill_sealing_step,
    "Postgres": kill_postgres,
    "all": kill_all,
}
