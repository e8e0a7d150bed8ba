"""Input of estimates: cells, the frame, and single responses for parts of months."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sipas.errors import DatabaseError
from sipas.postgres.pool import Connection
from sipas.queries.counting import CellKey
from sipas.sql import load

_Q = load("cells")

_COPY_HEADER = 19  # signature, flags, length of an extension that is never there
_COPY_TRAILER = 2


class CellRow(msgspec.Struct, frozen=True):
    id: int
    key: CellKey


class CellsVersion(msgspec.Struct, frozen=True):
    """Grows by one with every counting step, until a rebuild replaces the cells."""

    rebuilds: int
    number: int


class FrameRow(msgspec.Struct, frozen=True):
    unit_id: int | None
    procedure_id: int | None
    service_channel: str | None
    attributes: str
    transactions: int


class DatedResponse(msgspec.Struct, frozen=True):
    """key: with the attributes that were sent.

    in_period: None if the known part of its time lies partly in the period.
    """

    key: CellKey
    in_period: bool | None
    answers: list[int]
    from_terminal: bool


async def find_cells_version(conn: Connection, round_id: int) -> CellsVersion | None:
    row = await conn.fetchrow(_Q.find_cells_version, round_id)
    return CellsVersion(*row) if row else None


async def list_cell_keys(conn: Connection, round_id: int, after: int) -> list[CellRow]:
    return [
        CellRow(row[0], CellKey(*row[1:])) for row in await conn.fetch(_Q.list_cell_keys, round_id, after)
    ]


async def copy_cell_sums(conn: Connection, round_id: int, after: int, width: int) -> NDArray[Any]:
    """Records of id, n and sums of the cells that changed after that version."""
    buffer = io.BytesIO()
    await conn.copy_from_query(_Q.copy_cell_sums, round_id, after, output=buffer, format="binary")
    record = _cell_record(width)
    body = len(buffer.getvalue()) - _COPY_HEADER - _COPY_TRAILER
    if body % record.itemsize:
        raise DatabaseError("cells were counted by another version of sipas; count them anew")
    return np.frombuffer(buffer.getbuffer(), record, body // record.itemsize, _COPY_HEADER)


def _cell_record(width: int) -> np.dtype[Any]:
    """A row of COPY … BINARY: the number of fields, then each field after its length."""
    head = ["ndim", "flags", "type", "size", "lower"]
    element = np.dtype([("length", ">i4"), ("value", ">i8")])
    return np.dtype(
        [
            ("fields", ">i2"),
            ("id_length", ">i4"),
            ("id", ">i8"),
            ("n_length", ">i4"),
            ("n", ">i8"),
            ("sums_length", ">i4"),
            *((name, ">i4") for name in head),
            ("sums", element, (width,)),
        ]
    )


async def list_frame(conn: Connection, round_id: int) -> list[FrameRow]:
    """Return the imported frame, or the counts of finished transactions for a round without one."""
    rows = await conn.fetch(_Q.list_frame, round_id) or await conn.fetch(_Q.list_counted_frame, round_id)
    return [FrameRow(*row) for row in rows]


async def get_counts_version(conn: Connection, round_id: int) -> int:
    """Grows whenever a round's counts of finished transactions change."""
    return int(await conn.fetchval(_Q.get_counts_version, round_id))


async def list_responses_of_months(
    conn: Connection,
    round_id: int,
    months: Sequence[date],
    period: tuple[date, date],
    lasts: tuple[date, date],
    *,
    undated: bool,
) -> list[DatedResponse]:
    """Every response of these months, and whether it lies in the period.

    undated: with those of which only the round is known. lasts: the round's first and last day.
    """
    rows = await conn.fetch(_Q.list_responses_of_months, round_id, months, *period, undated, *lasts)
    return [
        DatedResponse(CellKey(*row[:9]), row["in_period"], row["answers"], row["from_terminal"])
        for row in rows
    ]
