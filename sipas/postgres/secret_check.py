"""Checks that the secret is the one that this database was used with."""

import hmac

from sipas.errors import InputError
from sipas.postgres.pool import Connection, connect
from sipas.sql import load

_Q = load("secret_check")
_CHECK_TEXT = b"sipas: the secret of this database"


class _WrongSecretError(InputError):
    pass


def check_value(secret: bytes) -> bytes:
    """Return a keyed hash of a constant: it distinguishes secrets without revealing them."""
    return hmac.digest(secret, _CHECK_TEXT, "sha256")


async def verify_secret(dsn: str, secret: bytes) -> None:
    """Verify the secret. The first secret used with a database is recorded."""
    conn = await connect(dsn)
    try:
        kept = await conn.fetchval(_Q.find_check_value) or await conn.fetchval(
            _Q.keep_check_value, check_value(secret)
        )
    finally:
        await conn.close()
    if not hmac.compare_digest(kept, check_value(secret)):
        raise _WrongSecretError(
            "SIPAS_SECRET is not the secret that this database was used with: links would not open, opt-outs "
            "would be forgotten and transactions counted again. Set the earlier secret (beside the embedded "
            "database: the file `secret` in its folder). `sipas secret` says what would be lost with this one"
        )


async def replace_secret(conn: Connection, secret: bytes) -> None:
    await conn.execute(_Q.replace_check_value, check_value(secret))
