"""sipas serve: the service."""

import os
import socket
from contextlib import nullcontext

import click
import uvicorn

from sipas.errors import SipasError
from sipas.postgres.embedded import running
from sipas.settings import read_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serves kiosks, links and results until it is stopped."""
    settings = read_settings()
    refuse_taken_port(host, port)
    server = nullcontext(settings.database_url) if settings.database_url else running(settings.data_dir)
    with server as dsn:
        # The workers are processes of their own and read their settings from the environment.
        os.environ |= {"SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": settings.secret.decode()}
        uvicorn.run(
            "sipas.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            loop="uvloop",
            http="httptools",
            access_log=False,  # it would hold addresses and the tokens of links
            server_header=False,
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Says it in one line, before a database is started for nothing."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise SipasError(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from error
