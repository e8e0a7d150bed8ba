"""Survey rounds, as they are opened and closed."""

from collections.abc import Sequence
from datetime import datetime

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import ANONYMITY, COARSENING, MIXED_EVERY
from sipas.sql import load

Q = load("rounds")


async def insert_round(
    conn: Connection,
    *,
    code: str,
    instrument_id: int,
    strata: Sequence[str],
    index_code: str,
    target: float | None,
    opens_at: datetime,
    closes_at: datetime | None,
    anonymity: int = ANONYMITY,
    coarsening: Sequence[str] = COARSENING,
    mixed_every: str = MIXED_EVERY,
) -> int:
    return int(
        await conn.fetchval(
            Q.insert_round,
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
    """When it closed; None where it was not open."""
    closed: datetime | None = await conn.fetchval(Q.close_round, code)
    return closed
