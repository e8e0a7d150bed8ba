"""Procedures, as an import writes them."""

from collections.abc import Iterable

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("procedures")


async def upsert_procedures(conn: Connection, procedures: Iterable[tuple[str, str, str]]) -> None:
    """Each a code, a name and a field."""
    if rows := list(procedures):
        await conn.execute(Q.upsert_procedures, *zip(*rows, strict=True))
