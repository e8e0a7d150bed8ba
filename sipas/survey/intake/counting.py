"""Counting: responses that were stored go into cells, each once, by one transaction a batch."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sipas.postgres.pool import Pool
from sipas.queries.catalogue import Round
from sipas.queries.counting import CellKey, Count, Tally, Uncounted, add_cells, take_uncounted, try_lock_cells
from sipas.stats import Column, build_cells
from sipas.stats.cells.scoring import Scoring
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.survey.intake.attributes import CountedAttributes, counted_attributes

Integers = NDArray[np.int64]
STEP = 20_000  # responses to one transaction
PATIENCE = 5.0  # seconds to wait for a step of another process; then what it counts shows a little later


async def count_waiting(pool: Pool, catalogue: LiveCatalogue) -> int:
    """Counts all that waits and says how many responses that were.

    Nobody holds a connection while waiting for another step: readers must not keep intake from theirs.
    """
    total, deadline = 0, time.monotonic() + PATIENCE
    async with catalogue.counting:
        while True:
            counted = await count_step(pool, catalogue)
            total += counted or 0
            if counted is None and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            elif counted is None or counted < STEP:
                return total


async def count_step(pool: Pool, catalogue: LiveCatalogue) -> int | None:
    """What leaves the queue enters the cells in the same transaction, or neither happens. None: not now."""
    await catalogue.refresh()
    async with pool.acquire() as conn, conn.transaction():
        if not await try_lock_cells(conn):
            return None
        counted = 0
        by_round: defaultdict[int, list[Uncounted]] = defaultdict(list)
        for alike in await take_uncounted(conn, STEP):
            by_round[alike.round_id].append(alike)
        for round_id, responses in by_round.items():
            asked = scoring_of(catalogue.now, round_id), attributes_of(catalogue.now, round_id)
            # In a thread: the loop has answers to take in.
            tally = await asyncio.to_thread(tabulate, responses, *asked)
            await add_cells(conn, round_id, tally)
            counted += sum(count.n for count in tally.values())
    return counted


def tabulate(responses: Sequence[Uncounted], scoring: Scoring, attributes: CountedAttributes) -> Tally:
    keys, n, sums = cells_of(responses, scoring, attributes)
    return {key: Count(*count) for key, *count in zip(keys, n.tolist(), sums.tolist(), strict=True)}


def cells_of(
    responses: Sequence[Uncounted], scoring: Scoring, attributes: CountedAttributes
) -> tuple[list[CellKey], Integers, Integers]:
    """Keys, n and sums, a row a cell."""
    array = array_form(len(scoring.items))
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


def array_form(items: int) -> np.dtype[np.void]:
    """How the database sends an array of small integers: a head, and before each number its length.

    To decode the arrays one by one would take longer than to count them.
    """
    return np.dtype([("head", "V20"), ("element", [("length", ">i4"), ("value", ">i2")], items)])


def scoring_of(catalogue: Catalogue, round_id: int) -> Scoring:
    return catalogue.instrument_of(round_of(catalogue, round_id)).scoring()


def attributes_of(catalogue: Catalogue, round_id: int) -> CountedAttributes:
    return counted_attributes(catalogue, round_of(catalogue, round_id))


def round_of(catalogue: Catalogue, round_id: int) -> Round:
    round_ = catalogue.find_round(round_id)
    if round_ is None:
        raise LookupError(f"responses wait for round {round_id}, which the catalogue does not hold")
    return round_
