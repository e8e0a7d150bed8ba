"""A round's frame: completed transactions by stratum."""

from collections.abc import Iterable

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("frame")
LASTS = 600.0  # seconds that a large frame may take


class Stratum(msgspec.Struct, frozen=True):
    """`attributes`: JSON of the strata's other columns."""

    unit_id: int | None
    procedure_id: int | None
    service_channel: str | None
    attributes: str
    transactions: int


async def delete_frame(conn: Connection, round_id: int) -> None:
    await conn.execute(Q.delete_frame, round_id, timeout=LASTS)


async def insert_frame(conn: Connection, round_id: int, strata: Iterable[Stratum]) -> None:
    columns = zip(*map(msgspec.structs.astuple, strata), strict=True)
    await conn.execute(Q.insert_frame, round_id, *columns, timeout=LASTS)
