"""Sources from the database: rounds' cells and frames, held in memory and brought up to date when asked."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from sipas.errors import InputError
from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round
from sipas.queries.cells import DatedResponse, get_counts_version, list_frame, list_responses_of_months
from sipas.report.period import Period
from sipas.report.request import EstimateRequest
from sipas.report.sources.dimensions import Dimensions
from sipas.report.sources.held_cells import HeldCells, no_cells, read_cells
from sipas.report.sources.snapshot import HeldFrame, Snapshot, hold_frame, round_days, round_source
from sipas.report.sources.source import Source
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.survey.intake.attributes import counted_attributes
from sipas.survey.intake.counting import count_waiting_responses


class Rounds:
    """The rounds that a server or a command has read, kept for the next request."""

    def __init__(self, pool: Pool, catalogue: LiveCatalogue) -> None:
        self.pool = pool
        self.catalogue = catalogue
        self.cells: dict[int, HeldCells] = {}
        self.dimensions: dict[int, Dimensions] = {}
        self.frames: dict[int, HeldFrame] = {}
        self.one_reader: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def source(self, request: EstimateRequest) -> Source:
        """Put together in a thread: the loop has answers to take in."""
        snapshot = await self.snapshot(
            request.round, request.period, singly=request.second_opinion is not None
        )
        return await asyncio.to_thread(round_source, snapshot, request)

    async def snapshot(
        self, code: str | None, period: Period | None = None, *, singly: bool = False
    ) -> Snapshot:
        """Counts what waits first: an answer that was stored is an answer that shows.

        singly: with every response by itself.
        """
        catalogue = await self.catalogue.refresh()
        if code is None:
            known = ", ".join(sorted(catalogue.rounds)) or "none yet"
            raise InputError(f"round: name one; the rounds are: {known}")
        round_ = catalogue.get_round(code)
        await count_waiting_responses(self.pool, self.catalogue)
        async with self.one_reader[round_.id], self.pool.acquire() as conn:
            held = await self.read_cells(conn, catalogue, round_)
            frame = await self.read_frame(conn, catalogue, round_)
            months = held.keys.months.values if singly else period.cut_months() if period else ()
            now = datetime.now(UTC)
            cut = await _read_months(conn, catalogue, round_, months, period, now, undated=singly)
            dimensions = self.find_dimensions(catalogue, round_)
        return Snapshot(round_, catalogue, held, dimensions, frame, cut, now)

    def find_dimensions(self, catalogue: Catalogue, round_: Round) -> Dimensions:
        """Columns once made serve until cells or catalogue change."""
        keys, made = self.cells[round_.id].keys, self.dimensions.get(round_.id)
        if made is None or made.keys is not keys or made.catalogue.version != catalogue.version:
            made = self.dimensions[round_.id] = Dimensions(keys, catalogue, round_.strata)
        return made

    async def read_cells(self, conn: Connection, catalogue: Catalogue, round_: Round) -> HeldCells:
        scoring = catalogue.instrument_of(round_).scoring()
        held = self.cells.get(round_.id) or no_cells(scoring)
        self.cells[round_.id] = await read_cells(conn, round_.id, scoring, held)
        return self.cells[round_.id]

    async def read_frame(self, conn: Connection, catalogue: Catalogue, round_: Round) -> HeldFrame:
        held = self.frames.get(round_.id)
        version = catalogue.version, await get_counts_version(conn, round_.id)
        if held is None or held.version != version:
            held = self.frames[round_.id] = hold_frame(version, await list_frame(conn, round_.id))
        return held


async def _read_months(
    conn: Connection,
    catalogue: Catalogue,
    round_: Round,
    months: Sequence[date],
    period: Period | None,
    now: datetime,
    *,
    undated: bool,
) -> list[DatedResponse]:
    """Cells know months: where a period cuts one, its responses are read one by one.

    undated: those, too, of which only the round is known.
    """
    if not months and not undated:
        return []
    days = (period.first, period.last) if period else (date.min, date.max)
    lasts = round_days(round_, now)
    found = await list_responses_of_months(conn, round_.id, months, days, lasts, undated=undated)
    attributes = counted_attributes(catalogue, round_)
    return [
        msgspec.structs.replace(one, key=attributes.key(one.key, from_terminal=one.from_terminal))
        for one in found
    ]
