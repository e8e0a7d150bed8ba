"""Settings: three environment variables, and their defaults.

Two more name files that few need: keys for phone numbers, and how messages are sent (docs/guides/sms.md).
"""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sipas.errors import InputError
from sipas.secret_strength import weakness

THIS_MACHINE = "http://127.0.0.1:8000"  # default address, for trials
_URL_CHARACTERS = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Settings:
    """database_url None: the embedded Postgres below data_dir. phone_keys None: the key comes from the
    secret.
    """

    database_url: str | None
    data_dir: Path
    secret: bytes
    public_url: str
    phone_keys: Path | None = None
    sms: Path | None = None


def read_settings() -> Settings:
    database_url = os.environ.get("SIPAS_DATABASE_URL") or None
    data_dir = Path(os.environ.get("SIPAS_DATA_DIR") or "var").resolve()
    return Settings(
        database_url=database_url,
        data_dir=data_dir,
        secret=read_secret(database_url, data_dir),
        public_url=read_public_url(os.environ.get("SIPAS_PUBLIC_URL") or THIS_MACHINE),
        phone_keys=_named_file("SIPAS_PHONE_KEYS"),
        sms=_named_file("SIPAS_SMS"),
    )


def read_public_url(given: str) -> str:
    """Check the address for posters, links and terminals, and remove its last slash."""
    example = "set it to the address of the service, such as https://sipas.example.vn"
    try:
        url, _ = urlsplit(given), urlsplit(given).port
    except ValueError as error:
        raise InputError(f"SIPAS_PUBLIC_URL is {given!r}: {error}; {example}") from error
    if url.scheme not in ("http", "https") or not url.hostname or not _URL_CHARACTERS.fullmatch(given):
        raise InputError(f"SIPAS_PUBLIC_URL is {given!r}, which is no http or https URL; {example}")
    if url.query or url.fragment or url.username is not None:
        raise InputError(f"SIPAS_PUBLIC_URL is {given!r}: a ?, a # or a user name is too much; {example}")
    return given.rstrip("/")


def _named_file(variable: str) -> Path | None:
    name = os.environ.get(variable)
    return Path(name).resolve() if name else None


def read_secret(database_url: str | None, data_dir: Path) -> bytes:
    """Return SIPAS_SECRET; with an embedded database, one created at the first start and stored."""
    if given := os.environ.get("SIPAS_SECRET"):
        if problem := weakness(given):
            raise InputError(
                f"SIPAS_SECRET {problem}; set a random one, such as `openssl rand -base64 32` makes"
            )
        return given.encode()
    if database_url:
        raise InputError(
            "SIPAS_SECRET is not set; beside SIPAS_DATABASE_URL it must be, the same on every server"
        )
    file = data_dir / "secret"
    data_dir.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        _keep_secret(file)
    return file.read_bytes()


def _keep_secret(file: Path) -> None:
    """Write a new secret and link it into place, so that two simultaneous first starts agree."""
    fresh = file.with_name(f"secret.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(32), encoding="ascii")
    try:
        file.hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
