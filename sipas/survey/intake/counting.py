"""Counting: stored responses are added to cells, each once, one transaction for each batch."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sipas.postgres.pool import Pool
from sipas.queries.catalogue import Round
from sipas.queries.counting import (
    CellCount,
    CellCounts,
    CellKey,
    UncountedResponse,
    add_cells,
    take_uncounted,
    try_lock_cells,
)
from sipas.stats import Column, build_cells
from sipas.stats.cells.scoring import Scoring
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.survey.intake.attributes import CountedAttributes, counted_attributes

CountArray = NDArray[np.int64]
_COUNTING_BATCH_RESPONSES = 20_000  # for each transaction
_LOCK_TIMEOUT_SECONDS = 5.0  # for a step of another process; after that counting is retried later


async def count_waiting_responses(pool: Pool, catalogue: LiveCatalogue) -> int:
    """Count all waiting responses; return how many.

    No connection is held while waiting for another step: readers must not block intake.
    """
    total, deadline = 0, time.monotonic() + _LOCK_TIMEOUT_SECONDS
    async with catalogue.counting:
        while True:
            counted = await count_step(pool, catalogue)
            total += counted or 0
            if counted is None and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            elif counted is None or counted < _COUNTING_BATCH_RESPONSES:
                return total


async def count_step(pool: Pool, catalogue: LiveCatalogue) -> int | None:
    """Count one batch; return how many, or None if another step is running.

    The batch leaves the queue and enters the cells in one transaction.
    """
    await catalogue.refresh()
    async with pool.acquire() as conn, conn.transaction():
        if not await try_lock_cells(conn):
            return None
        counted = 0
        by_round: defaultdict[int, list[UncountedResponse]] = defaultdict(list)
        for alike in await take_uncounted(conn, _COUNTING_BATCH_RESPONSES):
            by_round[alike.round_id].append(alike)
        for round_id, responses in by_round.items():
            asked = scoring_of(catalogue.now, round_id), attributes_of(catalogue.now, round_id)
            # In a thread: the event loop must go on taking in answers.
            tally = await asyncio.to_thread(tabulate_responses, responses, *asked)
            await add_cells(conn, round_id, tally)
            counted += sum(count.n for count in tally.values())
    return counted


def tabulate_responses(
    responses: Sequence[UncountedResponse], scoring: Scoring, attributes: CountedAttributes
) -> CellCounts:
    keys, n, sums = count_cells(responses, scoring, attributes)
    return {key: CellCount(*count) for key, *count in zip(keys, n.tolist(), sums.tolist(), strict=True)}


def count_cells(
    responses: Sequence[UncountedResponse], scoring: Scoring, attributes: CountedAttributes
) -> tuple[list[CellKey], CountArray, CountArray]:
    """Return keys, n and sums, one row for each cell."""
    array = _array_form(len(scoring.items))
    if any(len(one.answers) % array.itemsize for one in responses):
        raise LookupError(
            f"responses wait whose answers are not to the {len(scoring.items)} items of their round"
        )
    times = [len(one.answers) // array.itemsize for one in responses]
    places: dict[CellKey, int] = {}
    counted = [attributes.key(one.key, from_terminal=one.from_terminal) for one in responses]
    codes = np.array([places.setdefault(key, len(places)) for key in counted], np.int32)
    keys = list(places)
    form = Column.of([one.key.form for one in responses])
    columns = {
        "key": Column(codes.repeat(times), tuple(map(str, range(len(keys))))),
        "form": Column(form.codes.repeat(times), form.levels),
    }
    sent = np.frombuffer(b"".join(one.answers for one in responses), array)
    cells = build_cells(scoring, sent["element"]["value"].astype(np.int16), columns)
    return [keys[code] for code in cells.columns["key"].codes], cells.n, cells.sums


def _array_form(items: int) -> np.dtype[np.void]:
    """Return the wire format of an array of small integers: a header, then each number after its length.

    Decoding the arrays one by one would take longer than counting them.
    """
    return np.dtype([("head", "V20"), ("element", [("length", ">i4"), ("value", ">i2")], items)])


def scoring_of(catalogue: Catalogue, round_id: int) -> Scoring:
    return catalogue.instrument_of(_round_of(catalogue, round_id)).scoring()


def attributes_of(catalogue: Catalogue, round_id: int) -> CountedAttributes:
    return counted_attributes(catalogue, _round_of(catalogue, round_id))


def _round_of(catalogue: Catalogue, round_id: int) -> Round:
    round_ = catalogue.find_round(round_id)
    if round_ is None:
        raise LookupError(f"responses wait for round {round_id}, which the catalogue does not hold")
    return round_
