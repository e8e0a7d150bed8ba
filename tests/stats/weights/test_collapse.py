from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sipas.stats.weights.collapse import ENOUGH_RESPONSES, SAMPLED_STRATA_JOIN_ONE_IN, Pooling, pool_thin

# A stratum: unit, service channel, procedure; its responses and transactions.
Key = tuple[int, int, int]
Row = tuple[Key, int, int]


def pooling(rows: Sequence[Row]) -> Pooling:
    group, channel, _ = np.array([key for key, _, _ in rows], dtype=np.int64).reshape(-1, 3).T
    return pool_thin(group, channel, *(np.array([row[k] for row in rows], dtype=np.int64) for k in (1, 2)))


def pools(rows: Sequence[Row]) -> list[set[Key]]:
    pool = pooling(rows).pool
    return [{rows[h][0] for h in np.flatnonzero(pool == p).tolist()} for p in range(pool.max() + 1)]


def test_thin_strata_of_a_service_channel_join_each_other_and_leave_the_others_alone() -> None:
    rows = [
        ((0, 0, 0), 10, 100),
        ((0, 0, 1), 2, 20),
        ((0, 0, 2), 4, 30),
        ((0, 0, 3), 1, 5),
        ((0, 1, 4), 8, 9),
    ]
    assert pools(rows) == [{(0, 0, 0)}, {(0, 0, 1), (0, 0, 2), (0, 0, 3)}, {(0, 1, 4)}]


def test_pools_that_are_thin_still_join_each_other_across_service_channels() -> None:
    rows = [
        ((0, 0, 0), 1, 10),
        ((0, 0, 1), 2, 50),
        ((0, 1, 2), 2, 40),
        ((0, 1, 3), 9, 40),
        ((0, 2, 4), 7, 60),
    ]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1), (0, 1, 2)}, {(0, 1, 3)}, {(0, 2, 4)}]


def test_a_service_channel_whose_thin_strata_are_enough_stays_out_of_the_second_step() -> None:
    rows = [((0, 0, 0), 3, 50), ((0, 0, 1), 3, 50), ((0, 1, 0), 2, 50), ((0, 2, 0), 4, 50)]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1)}, {(0, 1, 0), (0, 2, 0)}]


def test_a_small_thin_pool_takes_in_the_lowest_sampling_fraction_of_its_unit() -> None:
    rows = [((0, 0, 0), 3, 10), ((0, 0, 1), 9, 50), ((0, 1, 2), 6, 60), ((1, 0, 0), 5, 900)]
    assert pools(rows) == [{(0, 0, 0), (0, 1, 2)}, {(0, 0, 1)}, {(1, 0, 0)}]
    found = pooling(rows)
    assert found.joined.tolist() == [True, False, False, False]
    assert found.taken.tolist() == [False, False, True, False]


def test_a_pool_of_the_first_step_may_be_taken_in_whole() -> None:
    rows = [((0, 0, 0), 3, 300), ((0, 0, 1), 4, 400), ((0, 1, 0), 2, 20), ((0, 1, 1), 50, 100)]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1), (0, 1, 0)}, {(0, 1, 1)}]
    assert pooling(rows).taken.tolist() == [True, True, False, False]


def test_above_a_tenth_of_its_unit_a_thin_pool_stays_as_it_is() -> None:
    at_a_tenth = [((0, 0, 0), 4, 100), ((0, 1, 0), 96, 900)]
    above = [((0, 0, 0), 4, 101), ((0, 1, 0), 96, 900)]
    assert pools(at_a_tenth) == [{(0, 0, 0), (0, 1, 0)}]
    assert pools(above) == [{(0, 0, 0)}, {(0, 1, 0)}]
    assert not pooling(above).taken.any()


def test_a_stratum_with_transactions_and_no_response_is_thin() -> None:
    assert pools([((0, 0, 0), 0, 5), ((0, 0, 1), 6, 50)]) == [{(0, 0, 0), (0, 0, 1)}]
    assert pools([((0, 0, 0), 0, 50), ((0, 0, 1), 6, 50)]) == [{(0, 0, 0)}, {(0, 0, 1)}]


def test_a_stratum_without_transactions_needs_no_pool() -> None:
    assert pools([((0, 0, 0), 0, 0), ((0, 0, 1), 6, 50)]) == [{(0, 0, 0)}, {(0, 0, 1)}]


def test_nothing_is_pooled_across_units() -> None:
    rows = [((0, 0, 0), 1, 10), ((0, 0, 1), 1, 10), ((1, 0, 0), 2, 10), ((2, 0, 0), 9, 900)]
    assert pools(rows) == [{(0, 0, 0), (0, 0, 1)}, {(1, 0, 0)}, {(2, 0, 0)}]


def test_no_stratum_makes_no_pool() -> None:
    assert pooling([]).pool.tolist() == []


STRATA = st.dictionaries(
    st.tuples(*[st.integers(0, 2)] * 3), st.tuples(st.integers(0, 9), st.integers(0, 60)), min_size=1
)


@given(STRATA)
def test_pools_are_those_of_the_rule_step_by_step(strata: dict[Key, tuple[int, int]]) -> None:
    counted = {key: (min(n, count), count) for key, (n, count) in strata.items()}
    made = pools([(key, n, count) for key, (n, count) in counted.items()])
    expected = [pool for unit in {key[0] for key in counted} for pool in by_the_rule(unit, counted)]
    assert {frozenset(pool) for pool in made} == {frozenset(pool) for pool in expected}


def by_the_rule(unit: int, strata: dict[Key, tuple[int, int]]) -> list[set[Key]]:
    """The three steps for one unit, one pool after another."""

    def n(pool: set[Key]) -> int:
        return sum(strata[key][0] for key in pool)

    def count(pool: set[Key]) -> int:
        return sum(strata[key][1] for key in pool)

    def thin(pool: set[Key]) -> bool:
        return n(pool) < ENOUGH_RESPONSES and count(pool) > 0

    def join(made: list[set[Key]]) -> list[set[Key]]:
        small = [pool for pool in made if thin(pool)]
        return [*(pool for pool in made if not thin(pool)), *([set().union(*small)] if small else [])]

    own = sorted(key for key in strata if key[0] == unit)
    by_channel = [join([{key} for key in own if key[1] == channel]) for channel in range(3)]
    made = join([pool for channel in by_channel for pool in channel])
    for pool in [pool for pool in made if thin(pool)]:
        others = [other for other in made if other != pool and count(other) > 0]
        while thin(pool) and SAMPLED_STRATA_JOIN_ONE_IN * count(pool) <= count(set(own)) and others:
            taken = min(
                others, key=lambda other: (n(other) / count(other), count(other), order(other, strata))
            )
            made = [*(other for other in made if other not in (pool, taken)), pool | taken]
            others.remove(taken)
            pool = pool | taken
    return made


def order(pool: set[Key], strata: dict[Key, tuple[int, int]]) -> int:
    return min(list(strata).index(key) for key in pool)
