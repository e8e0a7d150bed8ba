"""Warn where an address that leaves this machine leads back to it."""

import ipaddress
from urllib.parse import urlsplit

import click

from sipas.settings import Settings


def warn_of_local_address(settings: Settings) -> None:
    """Beside a database of its own a service has users elsewhere; the embedded one is for trying out."""
    if settings.database_url and _is_loopback(urlsplit(settings.public_url).hostname or ""):
        click.echo(
            f"warning: the addresses begin with {settings.public_url} and hold on this machine alone; "
            "set SIPAS_PUBLIC_URL to the service's public address",
            err=True,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
