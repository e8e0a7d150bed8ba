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

_START_SECONDS = 30.0  # for a database that is starting or recovering
_SWITCH_SECONDS = 0.0005  # a counting or drawing thread may delay answers by this much each time
_PORT_SECONDS = 3.0  # for workers of a killed service to release the port
_WORKER_SAMPLE_SECONDS = 10  # between two checks of each worker's memory
_MEMORY_SHARE = 0.6  # of the machine's memory, for all workers together
_SMALLEST_MEMORY_MIB = 512

# stdout is for results, so granian's log goes to stderr with ours.
_LOG_CONFIG: dict[str, Any] = {
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
    help="Replace a worker that uses more memory. Default: 60 % of the machine's, divided by the workers.",
)
def serve(host: str, port: int, workers: int, worker_memory: int | None) -> None:
    """Serve kiosks, links and results until stopped."""
    settings = read_settings()
    _refuse_taken_port(host, port)
    server = nullcontext(settings.database_url) if settings.database_url else kept_running(settings.data_dir)
    with server as dsn:
        asyncio.run(patiently(lambda: migrate(dsn), _START_SECONDS))
        asyncio.run(verify_secret(dsn, settings.secret))
        # Workers are separate processes and read their settings from the environment.
        os.environ |= {"SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": settings.secret.decode()}
        multiprocessing.set_start_method("spawn", force=True)  # a fork would copy locks held by our threads
        _Workers(
            "sipas.cli.serve:worker",
            address=host,
            port=port,
            factory=True,
            workers=workers,
            workers_max_rss=worker_memory or _default_worker_memory(workers),
            rss_sample_interval=_WORKER_SAMPLE_SECONDS,
            workers_kill_timeout=STOP_SECONDS,
            respawn_failed_workers=True,
            loop=Loops.uvloop,
            http1_settings=http1_limits(),
            log_level=LogLevels.warning,
            log_dictconfig=_LOG_CONFIG,
            **LIMITS,
        ).serve()


class _Workers(MPServer):
    """Restarts killed workers, however often.

    granian stops if a worker ends twice within seconds, which is right only for one that cannot start.
    """

    def _respawn_workers(self, workers: list[int], *args: Any, **options: Any) -> None:
        killed = [place for place in workers if (self.wrks[place].inner.exitcode or 0) < 0]
        super()._respawn_workers(workers, *args, **options)
        for place in killed:
            self.respawned_wrks.pop(place, None)


def _default_worker_memory(workers: int) -> int:
    """Return the limit in MiB."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return max(_SMALLEST_MEMORY_MIB, int(machine * _MEMORY_SHARE) // workers)


def worker() -> "Litestar":
    """Return the application that one worker process serves; only workers import it."""
    logging.basicConfig(format="[%(levelname)s] %(message)s", level=logging.WARNING)
    logging.getLogger("asyncpg").setLevel(
        logging.ERROR
    )  # it logs a traceback for an error that we log in one line
    if parent := multiprocessing.parent_process():
        threading.Thread(
            target=_end_after, args=(parent,), name="waits for its parent's end", daemon=True
        ).start()
    from sipas.app import create_app

    app = create_app()
    gc.freeze()  # permanent objects: collecting garbage among them would delay answers
    gc.set_threshold(100_000)
    sys.setswitchinterval(_SWITCH_SECONDS)
    return app


def _end_after(parent: multiprocessing.process.BaseProcess) -> None:
    """End this worker if its parent was killed: it would hold the port for ever.

    It ends at once: senders without an answer send again, and nothing is stored twice.
    """
    parent.join()
    os._exit(1)


def _refuse_taken_port(host: str, port: int) -> None:
    """Report a port in use in one line, before a database is started."""
    deadline = time.monotonic() + _PORT_SECONDS
    while problem := _find_problem(host, port):
        if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            reason = str(problem.strerror).partition(" (")[0]
            raise SipasError(f"cannot listen on {host}:{port}: {reason}; choose another --port") from problem
        time.sleep(0.05)


def _find_problem(host: str, port: int) -> OSError | None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        return error
    return None
