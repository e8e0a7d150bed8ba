"""A round's frame: completed transactions by stratum."""

from collections.abc import Iterable

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("frame")
_FRAME_TIMEOUT_SECONDS = 600.0  # for large frames


class FrameStratum(msgspec.Struct, frozen=True):
    """`attributes`: JSON of the strata's other columns."""

    unit_id: int | None
    procedure_id: int | None
    service_channel: str | None
    attributes: str
    transactions: int


async def delete_frame(conn: Connection, round_id: int) -> None:
    await conn.execute(_Q.delete_frame, round_id, timeout=_FRAME_TIMEOUT_SECONDS)


async def insert_frame(conn: Connection, round_id: int, strata: Iterable[FrameStratum]) -> None:
    columns = zip(*map(msgspec.structs.astuple, strata), strict=True)
    await conn.execute(_Q.insert_frame, round_id, *columns, timeout=_FRAME_TIMEOUT_SECONDS)


async def list_frame(conn: Connection, round_id: int) -> list[FrameStratum]:
    """Return the imported frame, or the counts of finished transactions for a round without one."""
    rows = await conn.fetch(_Q.list_frame, round_id) or await conn.fetch(_Q.list_counted_frame, round_id)
    return [FrameStratum(*row) for row in rows]


async def get_counts_version(conn: Connection, round_id: int) -> int:
    """Grows whenever a round's counts of finished transactions change."""
    return int(await conn.fetchval(_Q.get_counts_version, round_id))
