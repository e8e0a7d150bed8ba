from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sipas.stats.collapse import ENOUGH, pool_thin


def pools(rows: Sequence[tuple[tuple[int, ...], int, int]]) -> list[set[tuple[int, ...]]]:
    """The pools of strata given as key, responses, transactions."""
    keys = np.array([key for key, _, _ in rows], dtype=np.int32)
    n, population = (np.array([row[k] for row in rows]) for k in (1, 2))
    pool = pool_thin(keys, n, population)
    return [{rows[h][0] for h in np.flatnonzero(pool == p).tolist()} for p in range(pool.max() + 1)]


def test_thin_strata_join_their_thin_siblings_and_leave_the_others_alone() -> None:
    rows = [
        ((0, 0, 0), 10, 100),
        ((0, 0, 1), 2, 20),
        ((0, 0, 2), 4, 30),
        ((0, 0, 3), 1, 5),
        ((0, 1, 4), 8, 9),
    ]
    assert pools(rows) == [{(0, 0, 0)}, {(0, 0, 1), (0, 0, 2), (0, 0, 3)}, {(0, 1, 4)}]


def test_a_thin_stratum_without_thin_siblings_takes_its_whole_parent() -> None:
    rows = [((0, 0, 0), 3, 10), ((0, 0, 1), 9, 50), ((0, 0, 2), 6, 50), ((0, 1, 3), 7, 60)]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1), (0, 0, 2)}, {(0, 1, 3)}]


def test_a_parent_that_is_still_thin_takes_the_next_parent() -> None:
    rows = [((0, 0, 0), 1, 10), ((0, 0, 1), 2, 50), ((0, 1, 2), 6, 50), ((0, 2, 3), 7, 60), ((1, 0, 0), 5, 9)]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1), (0, 1, 2), (0, 2, 3)}, {(1, 0, 0)}]


def test_a_stratum_with_transactions_and_no_response_is_thin() -> None:
    assert pools([((0, 0), 0, 10), ((0, 1), 6, 50)]) == [{(0, 0), (0, 1)}]


def test_a_stratum_without_transactions_needs_no_pool() -> None:
    assert pools([((0, 0), 0, 0), ((0, 1), 6, 50)]) == [{(0, 0)}, {(0, 1)}]


def test_nothing_is_pooled_across_units() -> None:
    assert pools([((0, 0), 1, 10), ((0, 1), 1, 10), ((1, 0), 2, 10)]) == [{(0, 0), (0, 1)}, {(1, 0)}]
    assert pools([((0,), 1, 10), ((1,), 1, 10)]) == [{(0,)}, {(1,)}]


def test_a_unit_weighted_without_a_column_pools_by_those_it_has() -> None:
    rows = [((0, 0, -1), 2, 10), ((0, 1, -1), 9, 10), ((1, 0, 0), 9, 10), ((1, 0, 1), 9, 10)]
    assert pools(rows) == [{(0, 0, -1), (0, 1, -1)}, {(1, 0, 0)}, {(1, 0, 1)}]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.tuples(*[st.integers(0, 2)] * 3), st.tuples(st.integers(0, 9), st.integers(0, 1)), min_size=1
    )
)
def test_only_a_whole_unit_stays_thin(strata: dict[tuple[int, ...], tuple[int, int]]) -> None:
    rows = [(key, n if counted else 0, 20 * counted) for key, (n, counted) in strata.items()]
    sizes = {key: n for key, n, _ in rows}
    for pool in pools(rows):
        unit = next(iter(pool))[0]
        assert {key[0] for key in pool} == {unit}
        thin = sum(sizes[key] for key in pool) < ENOUGH and any(strata[key][1] for key in pool)
        assert not thin or pool == {key for key in strata if key[0] == unit}
