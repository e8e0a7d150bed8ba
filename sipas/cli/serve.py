"""sipas serve: the service."""

import errno
import gc
import multiprocessing
import os
import socket
import sys
import threading
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click
import uvicorn

from sipas.errors import SipasError
from sipas.postgres.embedded import kept_running
from sipas.routes.direct import SERVED
from sipas.settings import read_settings

if TYPE_CHECKING:
    from litestar import Litestar

HANGING = 5  # seconds that requests get to end in when it stops
SILENT = 10  # seconds without a sign of life after which a worker is replaced
SWITCH = 0.0005  # seconds that a thread which counts or draws keeps answers waiting, each time
LEAVING = 3.0  # seconds that the workers of a service that was killed get to leave the port


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serves kiosks, links and results until it is stopped."""
    settings = read_settings()
    refuse_taken_port(host, port)
    server = nullcontext(settings.database_url) if settings.database_url else kept_running(settings.data_dir)
    with server as dsn:
        # The workers are processes of their own and read their settings from the environment.
        os.environ |= {"SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": settings.secret.decode()}
        uvicorn.run(
            "sipas.cli.serve:worker",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            loop="uvloop",
            **SERVED,
            timeout_graceful_shutdown=HANGING,
            timeout_worker_healthcheck=SILENT,
        )


def worker() -> "Litestar":
    """What one process serves; it alone imports the application."""
    if parent := multiprocessing.parent_process():
        threading.Thread(
            target=end_after, args=(parent,), name="waits for its parent's end", daemon=True
        ).start()
    from sipas.app import create_app

    app = create_app()
    gc.freeze()  # all of it stays: to look through it for garbage would take time from answers
    gc.set_threshold(100_000)
    sys.setswitchinterval(SWITCH)
    return app


def end_after(parent: multiprocessing.process.BaseProcess) -> None:
    """A parent that was killed tells nobody; its workers would hold the port for ever.

    At once, whatever is in hand: who was not answered sends again, and is told that it was stored.
    """
    parent.join()
    os._exit(1)


def refuse_taken_port(host: str, port: int) -> None:
    """Says it in one line, before a database is started for nothing."""
    deadline = time.monotonic() + LEAVING
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
