"""Warns if SIPAS_PUBLIC_URL works on this machine only."""

import ipaddress
from urllib.parse import urlsplit

import click

from sipas.settings import Settings


def warn_of_local_address(settings: Settings) -> None:
    """Warn if the database is external: its service has users elsewhere. The embedded one is for trials."""
    if settings.database_url and _is_loopback(urlsplit(settings.public_url).hostname or ""):
        click.echo(
            f"warning: the addresses begin with {settings.public_url} and work only on this machine; "
            "set SIPAS_PUBLIC_URL to the service's public address",
            err=True,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
