"""Sources from the database: rounds' responses and frames, kept in memory and updated when asked."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

from sipas.errors import InputError
from sipas.postgres.pool import Connection, Pool
from sipas.queries.catalogue import Round
from sipas.queries.frame import get_counts_version, list_frame
from sipas.report.request import EstimateRequest
from sipas.report.sources.held_responses import RoundColumns, read_segments
from sipas.report.sources.snapshot import HeldFrame, Snapshot, hold_frame, round_source
from sipas.report.sources.source import Source
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.survey.segments.sealing import seal_waiting_responses, shape_of


class Rounds:
    """The rounds that a server or a command has read, kept for the next request."""

    def __init__(self, pool: Pool, catalogue: LiveCatalogue) -> None:
        self.pool = pool
        self.catalogue = catalogue
        self.responses: dict[int, RoundColumns] = {}
        self.frames: dict[int, HeldFrame] = {}
        self.one_reader: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def source(self, request: EstimateRequest) -> Source:
        """Put together in a thread: the loop has answers to take in."""
        snapshot = await self.snapshot(request.round)
        return await asyncio.to_thread(round_source, snapshot, request)

    async def snapshot(self, code: str | None) -> Snapshot:
        """Seals what waits first: an answer that was stored is an answer that shows."""
        catalogue = await self.catalogue.refresh()
        if code is None:
            known = ", ".join(sorted(catalogue.rounds)) or "none yet"
            raise InputError(f"round: name one; the rounds are: {known}")
        round_ = catalogue.get_round(code)
        await seal_waiting_responses(self.pool, self.catalogue)
        async with self.one_reader[round_.id], self.pool.acquire() as conn:
            held = await self.read_responses(conn, catalogue, round_)
            frame = await self.read_frame(conn, catalogue, round_)
            return Snapshot(
                round_,
                catalogue,
                held.view(),
                held.cells,
                held.results,
                frame,
                datetime.now(UTC),
                held.version,
            )

    async def read_responses(self, conn: Connection, catalogue: Catalogue, round_: Round) -> RoundColumns:
        shape = shape_of(catalogue, round_)
        # A round that was read in part only, because of an error, is read again.
        held = self.responses.pop(round_.id, None) or RoundColumns(len(shape.answer_ids))
        self.responses[round_.id] = await read_segments(conn, round_.id, shape, held)
        return self.responses[round_.id]

    async def read_frame(self, conn: Connection, catalogue: Catalogue, round_: Round) -> HeldFrame:
        held = self.frames.get(round_.id)
        version = catalogue.version, await get_counts_version(conn, round_.id)
        if held is None or held.version != version:
            held = self.frames[round_.id] = hold_frame(version, await list_frame(conn, round_.id))
        return held
