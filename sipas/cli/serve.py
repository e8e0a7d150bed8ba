"""sipas serve: the service."""

import asyncio
import errno
import gc
import logging
import multiprocessing
import os
import socket
import sys
import threading
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click
from granian.constants import Loops
from granian.log import LogLevels
from granian.server import MPServer

from sipas.cli.commands import StrictCommand
from sipas.errors import SipasError
from sipas.http_server import LIMITS, STOP_SECONDS, http1_limits
from sipas.postgres.embedded import kept_running
from sipas.postgres.migrate import migrate
from sipas.postgres.pool import patiently
from sipas.postgres.secret_check import verify_secret
from sipas.settings import read_settings

if TYPE_CHECKING:
    from litestar import Litestar

START_SECONDS = 30.0  # for a database that starts or recovers while the service starts
SWITCH_SECONDS = 0.0005  # that a thread which counts or draws keeps answers waiting, each time
PORT_SECONDS = 3.0  # for the workers of a service that was killed to leave the port
WORKER_SAMPLE_SECONDS = 10  # between two looks at the memory of each worker
MEMORY_SHARE = 0.6  # of the machine's memory, for all workers together
SMALLEST_MEMORY_MIB = 512

# Results alone go to stdout, so granian's own log goes to stderr with ours.
LOG_CONFIG: dict[str, Any] = {
    "handlers": {"console": {"formatter": "generic", "class": "logging.StreamHandler"}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}


@click.command(cls=StrictCommand)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--worker-memory",
    type=click.IntRange(min=256),
    metavar="MIB",
    help="Replace a worker that holds more. Default: 60 % of the machine's memory, divided by the workers.",
)
def serve(host: str, port: int, workers: int, worker_memory: int | None) -> None:
    """Serve kiosks, links and results until stopped."""
    settings = read_settings()
    refuse_taken_port(host, port)
    server = nullcontext(settings.database_url) if settings.database_url else kept_running(settings.data_dir)
    with server as dsn:
        asyncio.run(patiently(lambda: migrate(dsn), START_SECONDS))
        asyncio.run(verify_secret(dsn, settings.secret))
        # The workers are processes of their own and read their settings from the environment.
        os.environ |= {"SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": settings.secret.decode()}
        multiprocessing.set_start_method("spawn", force=True)  # a fork would copy our threads' locks
        _Workers(
            "sipas.cli.serve:worker",
            address=host,
            port=port,
            factory=True,
            workers=workers,
            workers_max_rss=worker_memory or default_worker_memory(workers),
            rss_sample_interval=WORKER_SAMPLE_SECONDS,
            workers_kill_timeout=STOP_SECONDS,
            respawn_failed_workers=True,
            loop=Loops.uvloop,
            http1_settings=http1_limits(),
            log_level=LogLevels.warning,
            log_dictconfig=LOG_CONFIG,
            **LIMITS,
        ).serve()


class _Workers(MPServer):
    """granian ends where a worker ends twice within seconds, which is right for one that cannot start.

    One that was killed is started again, however often.
    """

    def _respawn_workers(self, workers: list[int], *args: Any, **options: Any) -> None:
        killed = [place for place in workers if (self.wrks[place].inner.exitcode or 0) < 0]
        super()._respawn_workers(workers, *args, **options)
        for place in killed:
            self.respawned_wrks.pop(place, None)


def default_worker_memory(workers: int) -> int:
    """In MiB."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return max(SMALLEST_MEMORY_MIB, int(machine * MEMORY_SHARE) // workers)


def worker() -> "Litestar":
    """What one process serves; it alone imports the application."""
    logging.basicConfig(format="[%(levelname)s] %(message)s", level=logging.WARNING)
    logging.getLogger("asyncpg").setLevel(logging.ERROR)  # it says in a traceback what we say in a line
    if parent := multiprocessing.parent_process():
        threading.Thread(
            target=end_after, args=(parent,), name="waits for its parent's end", daemon=True
        ).start()
    from sipas.app import create_app

    app = create_app()
    gc.freeze()  # all of it stays: to look through it for garbage would take time from answers
    gc.set_threshold(100_000)
    sys.setswitchinterval(SWITCH_SECONDS)
    return app


def end_after(parent: multiprocessing.process.BaseProcess) -> None:
    """A parent that was killed tells nobody; its workers would hold the port for ever.

    At once, whatever is in hand: who was not answered sends again, and is told that it was stored.
    """
    parent.join()
    os._exit(1)


def refuse_taken_port(host: str, port: int) -> None:
    """Says it in one line, before a database is started for nothing."""
    deadline = time.monotonic() + PORT_SECONDS
    while problem := find_problem(host, port):
        if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            reason = str(problem.strerror).partition(" (")[0]
            raise SipasError(f"cannot listen on {host}:{port}: {reason}; choose another --port") from problem
        time.sleep(0.05)


def find_problem(host: str, port: int) -> OSError | None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        return error
    return None
