"""A round's counted responses in memory: read once from its segments, then extended as segments come."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.postgres.pool import Connection
from sipas.queries.segments import (
    Segment,
    SegmentsVersion,
    count_segment_responses,
    find_segments_version,
    iterate_segments,
)
from sipas.report.sources.cell_cache import CellCache
from sipas.report.sources.results import Results
from sipas.survey.segments.keyed import Keyed, narrow
from sipas.survey.segments.response_columns import KEYS, ResponseColumns
from sipas.survey.segments.sealing import AnswerShape

_GROWTH = 1.125  # of the room for rows, when more come than were announced
_NEVER_SEALED = SegmentsVersion(0, 0)

Integers = NDArray[np.signedinteger[Any]]


@dataclass
class _Numbers:
    """Numbers that rows are added to. As long as all are equal, one is kept."""

    rows: int = 0
    constant: int | None = None
    room: Integers | None = None

    def add(self, part: Integers, capacity: int) -> None:
        rows = self.rows + len(part)
        if self.room is None and self._stays_constant(part):
            self.constant, self.rows = int(part[0]), rows
            return
        room = self._room_for(rows, part.dtype, capacity)
        room[self.rows : rows] = part
        self.room, self.rows = room, rows

    def _stays_constant(self, part: Integers) -> bool:
        first = int(part[0])
        return (self.rows == 0 or self.constant == first) and bool((part == first).all())

    def _room_for(self, rows: int, kind: np.dtype[Any], capacity: int) -> Integers:
        """Return room for that many rows. Rows that were given out stay as they are."""
        held = self.view()
        kind = np.promote_types(held.dtype, kind) if self.rows else kind
        if self.room is not None and len(self.room) >= rows and self.room.dtype == kind:
            return self.room
        room = np.empty(max(capacity, rows if self.room is None else int(rows * _GROWTH)), kind)
        room[: self.rows] = held
        return room

    def view(self) -> Integers:
        if self.room is not None:
            return self.room[: self.rows]
        constant = self.constant or 0
        return np.broadcast_to(np.array(constant, np.min_scalar_type(-abs(constant) - 1)), (self.rows,))

    def first(self, rows: int) -> "_Numbers":
        """Return a copy of the first rows."""
        copied = None if self.room is None else self.room[:rows].copy()
        return _Numbers(rows, self.constant, copied)


@dataclass
class _Column:
    """A keyed column that rows are added to; `places` grows by the values that are new."""

    codes: _Numbers = field(default_factory=_Numbers)
    places: dict[Any, int] = field(default_factory=dict)

    def add(self, part: Keyed[Any], capacity: int) -> None:
        new = [self.places.setdefault(value, len(self.places)) for value in part.values]
        recoded = narrow([*new, -1], len(self.places))[part.codes]
        self.codes.add(recoded, capacity)

    def view(self) -> Keyed[Any]:
        return Keyed(self.codes.view(), tuple(self.places))


@dataclass
class RoundColumns:
    """A round's responses. Rows are only added; what was given out before never changes.

    starts: for each segment read, the version that it begins with, and the rows before it.
    """

    answer_count: int
    version: SegmentsVersion = _NEVER_SEALED
    rows: int = 0
    keys: dict[str, _Column] = field(default_factory=lambda: {name: _Column() for name in KEYS})
    attributes: dict[str, _Column] = field(default_factory=dict)
    answers: list[_Numbers] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    cells: CellCache = field(default_factory=CellCache)
    results: Results = field(default_factory=Results)

    def __post_init__(self) -> None:
        self.answers = self.answers or [_Numbers() for _ in range(self.answer_count)]

    def add(self, segment: Segment, part: ResponseColumns, capacity: int) -> None:
        self.starts.append((segment.first, self.rows))
        for name, column in self.keys.items():
            column.add(part.keys[name], capacity)
        for name in part.attributes.keys() - self.attributes.keys():
            self.attributes[name] = _absent(self.rows)
        for name, column in self.attributes.items():
            column.add(part.attributes.get(name) or Keyed(np.full(len(part), -1, np.int8), ()), capacity)
        for numbers, column_part in zip(self.answers, part.answers, strict=True):
            numbers.add(column_part, capacity)
        self.rows += len(part)

    def before(self, version: int) -> "RoundColumns":
        """Return a copy of what was read from segments that end before that version."""
        starts = [(first, rows) for first, rows in self.starts if first < version]
        rows = next((rows for first, rows in self.starts if first >= version), self.rows)
        return RoundColumns(
            self.answer_count,
            SegmentsVersion(self.version.rebuilds, min(version - 1, self.version.number)),
            rows,
            {name: _Column(one.codes.first(rows), dict(one.places)) for name, one in self.keys.items()},
            {name: _Column(one.codes.first(rows), dict(one.places)) for name, one in self.attributes.items()},
            [one.first(rows) for one in self.answers],
            starts,
            self.cells.before(rows),
        )

    def view(self) -> ResponseColumns:
        return ResponseColumns(
            {name: column.view() for name, column in self.keys.items()},
            {name: column.view() for name, column in self.attributes.items()},
            tuple(numbers.view() for numbers in self.answers),
        )


def _absent(rows: int) -> _Column:
    return _Column(_Numbers(rows, -1 if rows else None))


async def read_segments(
    conn: Connection, round_id: int, shape: AnswerShape, held: RoundColumns
) -> RoundColumns:
    """Return the columns as they are now. Segments that were rebuilt or set back are read again."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        version = await find_segments_version(conn, round_id) or _NEVER_SEALED
        if version == held.version:
            return held
        if version.rebuilds != held.version.rebuilds or version.number < held.version.number:
            held = RoundColumns(len(shape.answer_ids))
        after = held.version.number
        announced = held.rows + await count_segment_responses(conn, round_id, after)
        async for segment in iterate_segments(conn, round_id, after):
            if segment.first <= after:  # merged with what was read already
                held = held.before(segment.first)
            part = await asyncio.to_thread(shape.decode, segment)
            await asyncio.to_thread(held.add, segment, part, announced)
    held.version = version
    return held
