from collections.abc import Sequence

import numpy as np
from hypothesis import given
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


def test_a_thin_parent_without_thin_siblings_takes_the_next_parent() -> None:
    rows = [((0, 0, 0), 1, 10), ((0, 0, 1), 2, 50), ((0, 1, 2), 6, 50), ((0, 2, 3), 7, 60), ((1, 0, 0), 5, 9)]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1), (0, 1, 2), (0, 2, 3)}, {(1, 0, 0)}]


def test_thin_parents_join_each_other_and_leave_their_siblings_alone() -> None:
    # 3 and 2 responses to two fields are 5 together; the third field keeps its own two strata
    rows = [
        ((0, 0, 0), 1, 10),
        ((0, 0, 1), 2, 50),
        ((0, 1, 2), 2, 40),
        ((0, 2, 3), 7, 60),
        ((0, 2, 4), 6, 60),
    ]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1), (0, 1, 2)}, {(0, 2, 3)}, {(0, 2, 4)}]


def test_thin_parents_that_are_thin_together_take_the_next_parent() -> None:
    rows = [((0, 0, 0), 1, 10), ((0, 1, 1), 2, 40), ((0, 2, 2), 7, 60), ((0, 2, 3), 6, 60)]
    assert pools(rows) == [{key for key, _, _ in rows}]


def test_every_level_of_four_columns_joins_what_is_thin_before_it_takes_the_whole() -> None:
    # unit, service channel, field, procedure
    rows = [
        ((0, 0, 0, 0), 9, 90),  # speaks for itself
        ((0, 0, 0, 1), 3, 30),  # these two procedures are 6
        ((0, 0, 0, 2), 3, 30),
        ((0, 0, 1, 3), 4, 40),  # these two fields are 5
        ((0, 0, 2, 4), 1, 10),
        ((0, 1, 0, 0), 2, 20),  # this service channel is 3, the next 2: together 5
        ((0, 1, 1, 3), 1, 10),
        ((0, 2, 0, 0), 2, 20),
    ]
    assert pools(rows) == [
        {(0, 0, 0, 0)},
        {(0, 0, 0, 1), (0, 0, 0, 2)},
        {(0, 0, 1, 3), (0, 0, 2, 4)},
        {(0, 1, 0, 0), (0, 1, 1, 3), (0, 2, 0, 0)},
    ]


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


@given(st.dictionaries(st.tuples(*[st.integers(0, 2)] * 3), st.integers(0, 9), min_size=1))
def test_pools_are_those_of_the_rule_told_as_a_tree(n: dict[tuple[int, ...], int]) -> None:
    expected = [pool for unit in {key[:1] for key in n} for pool in pools_of(unit, n)]
    made = pools([(key, responses, 20) for key, responses in n.items()])
    assert {frozenset(pool) for pool in made} == {frozenset(pool) for pool in expected}


def pools_of(parent: tuple[int, ...], n: dict[tuple[int, ...], int]) -> list[set[tuple[int, ...]]]:
    below = {key for key in n if key[: len(parent)] == parent}
    if parent in below:
        return [below]
    children = {key[: len(parent) + 1] for key in below}
    made = [pool for child in children for pool in pools_of(child, n)]
    thin = set[tuple[int, ...]]().union(*(pool for pool in made if sum(n[key] for key in pool) < ENOUGH))
    if not thin:
        return made
    if sum(n[key] for key in thin) < ENOUGH:
        return [below]
    return [*(pool for pool in made if not pool <= thin), thin]
