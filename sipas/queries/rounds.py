"""Survey rounds: opening and closing."""

from collections.abc import Sequence
from datetime import datetime

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import ANONYMITY_DEFAULT, COARSENING_DEFAULT, MIXED_EVERY_DEFAULT
from sipas.sql import load

_Q = load("rounds")


async def insert_round(
    conn: Connection,
    *,
    code: str,
    instrument_id: int,
    strata: Sequence[str],
    index_code: str | None,
    target: float | None,
    opens_at: datetime,
    closes_at: datetime | None,
    anonymity: int = ANONYMITY_DEFAULT,
    coarsening: Sequence[str] = COARSENING_DEFAULT,
    mixed_every: str = MIXED_EVERY_DEFAULT,
) -> int:
    return int(
        await conn.fetchval(
            _Q.insert_round,
            code,
            instrument_id,
            strata,
            index_code,
            target,
            opens_at,
            closes_at,
            anonymity,
            coarsening,
            mixed_every,
        )
    )


async def close_round(conn: Connection, code: str) -> datetime | None:
    """Return when it closed; None if it was not open."""
    closed: datetime | None = await conn.fetchval(_Q.close_round, code)
    return closed
