"""Counting: responses that were stored go into cells, each once, by one transaction a batch."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sipas.postgres.pool import Pool
from sipas.queries.counting import CellKey, Count, Tally, Uncounted, add_cells, lock_cells, take_uncounted
from sipas.stats import Column, build_cells
from sipas.stats.scoring import Scoring
from sipas.survey.catalogue import LiveCatalogue

BATCHES = 500  # entries of `uncounted` to one transaction


async def count_waiting(pool: Pool, catalogue: LiveCatalogue) -> int:
    """Counts all that waits and says how many responses that were."""
    total = 0
    while counted := await count_batch(pool, catalogue):
        total += counted
    return total


async def count_batch(pool: Pool, catalogue: LiveCatalogue) -> int:
    """One step: what leaves the queue enters the cells in the same transaction, or neither happens."""
    async with pool.acquire() as conn, conn.transaction():
        await lock_cells(conn)
        waiting = await take_uncounted(conn, BATCHES)
        by_round: defaultdict[int, list[Uncounted]] = defaultdict(list)
        for response in waiting:
            by_round[response.round_id].append(response)
        for round_id, responses in by_round.items():
            await add_cells(conn, round_id, tabulate(responses, await scoring_of(catalogue, round_id)))
    return len(waiting)


def tabulate(responses: Sequence[Uncounted], scoring: Scoring) -> Tally:
    places: dict[CellKey, int] = {}
    codes = np.array([places.setdefault(one.key, len(places)) for one in responses], np.int32)
    keys = list(places)
    columns = {
        "key": Column(codes, tuple(map(str, range(len(keys))))),
        "form": Column.of([one.key.form for one in responses]),
    }
    cells = build_cells(scoring, np.array([one.answers for one in responses], np.int16), columns)
    counts = zip(cells.columns["key"].codes, cells.n.tolist(), cells.sums.tolist(), strict=True)
    return {keys[code]: Count(n, sums) for code, n, sums in counts}


async def scoring_of(catalogue: LiveCatalogue, round_id: int) -> Scoring:
    found = catalogue.now.find_round(round_id) or (await catalogue.refresh()).find_round(round_id)
    if found is None:
        raise LookupError(f"responses wait for round {round_id}, which the catalogue does not hold")
    return catalogue.now.instrument_of(found).scoring()
