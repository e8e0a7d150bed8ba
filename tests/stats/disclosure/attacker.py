"""An attacker who tries out every table of whole numbers that the published ones allow."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np
from scipy import sparse

from sipas.stats.arrays import FloatArray
from sipas.stats.disclosure import Counts

Table = tuple[int, ...]


def possible(membership: sparse.csr_array, releases: Sequence[Counts]) -> list[list[set[tuple[int, int]]]]:
    """For each release and cell the pairs of n and satisfied answers that it may have.

    The first cell must be the whole and shown in every release.
    """
    of = membership.toarray()
    each = [
        [
            (n, satisfied)
            for n in tables(of, release.n)
            for satisfied in tables(of, release.satisfied)
            if all(s <= m for s, m in zip(satisfied, n, strict=True))
        ]
        for release in releases
    ]
    found: list[list[set[tuple[int, int]]]] = [[set() for _ in of] for _ in releases]
    for history in product(*each):
        if all(grew(before, after) for before, after in pairwise(history)):
            for release, (n, satisfied) in enumerate(history):
                for cell, atoms in enumerate(of):
                    found[release][cell].add((int(atoms @ n), int(atoms @ satisfied)))
    return found


def tables(of: FloatArray, shown: FloatArray) -> Iterator[Table]:
    known = ~np.isnan(shown)
    assert known[0]
    for table in compositions(int(shown[0]), of.shape[1]):
        if (of[known] @ table == shown[known]).all():
            yield table


def compositions(total: int, parts: int) -> Iterator[Table]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def grew(before: tuple[Table, Table], after: tuple[Table, Table]) -> bool:
    """Answers are added, satisfied ones and others."""
    (n, satisfied), (more_n, more_satisfied) = before, after
    return all(
        0 <= gained <= added
        for gained, added in zip(
            (b - a for a, b in zip(satisfied, more_satisfied, strict=True)),
            (b - a for a, b in zip(n, more_n, strict=True)),
            strict=True,
        )
    )


def spans(pairs: set[tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]]:
    """From the least to the most of satisfied answers, and of others."""
    satisfied, others = {s for _, s in pairs}, {n - s for n, s in pairs}
    return (min(satisfied), max(satisfied)), (min(others), max(others))
