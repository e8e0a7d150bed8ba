"""The check that a secret is the one that this database was used with."""

import hmac

from sipas.errors import InputError
from sipas.postgres.pool import Connection, connect
from sipas.sql import load

Q = load("secret_check")
_CONSTANT = b"sipas: the secret of this database"


class WrongSecretError(InputError):
    pass


def check_value(secret: bytes) -> bytes:
    """A keyed hash of a constant: it tells one secret from another, and neither what it is."""
    return hmac.digest(secret, _CONSTANT, "sha256")


async def verify_secret(dsn: str, secret: bytes) -> None:
    """The first secret that a database is used with is the one it keeps."""
    conn = await connect(dsn)
    try:
        kept = await conn.fetchval(Q.find_check_value) or await conn.fetchval(
            Q.keep_check_value, check_value(secret)
        )
    finally:
        await conn.close()
    if not hmac.compare_digest(kept, check_value(secret)):
        raise WrongSecretError(
            "SIPAS_SECRET is not the secret that this database was used with: links would not open, opt-outs "
            "would be forgotten and transactions counted again. Set the earlier secret (beside the embedded "
            "database: the file `secret` in its folder). `sipas secret` says what would be lost with this one"
        )


async def replace_secret(conn: Connection, secret: bytes) -> None:
    await conn.execute(Q.replace_check_value, check_value(secret))
