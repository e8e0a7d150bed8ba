"""Procedures, as imports write them."""

from collections.abc import Iterable

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("procedures")


# Code, name, field, English name, English field.
ProcedureTexts = tuple[str, str, str, str | None, str | None]


async def upsert_procedures(conn: Connection, procedures: Iterable[ProcedureTexts]) -> None:
    if rows := list(procedures):
        await conn.execute(_Q.upsert_procedures, *zip(*rows, strict=True))
