import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.errors import StatisticsError
from sipas.stats import Column
from sipas.stats.columns import counting_sort, cross, renumber, united


def test_a_column_of_values_has_sorted_levels_and_missing_values() -> None:
    column = Column.of(["b", None, "a", "", "b"])
    assert column.levels == ("a", "b")
    assert column.codes.tolist() == [1, -1, 0, -1, 1]
    assert column.labels() == ["b", None, "a", None, "b"]


def test_a_level_is_found_and_one_that_is_not_there_matches_nothing() -> None:
    column = Column.of(["a", None, "b"])
    assert column.equals("b").tolist() == [False, False, True]
    assert column.equals("c").tolist() == [False, False, False]


@pytest.mark.parametrize("codes", [[0, 2], [-2, 0]])
def test_codes_outside_the_levels_are_refused(codes: list[int]) -> None:
    with pytest.raises(StatisticsError, match="outside"):
        Column(np.array(codes, dtype=np.int32), ("a", "b"))


def test_a_level_named_twice_is_refused() -> None:
    with pytest.raises(StatisticsError, match="more than once"):
        Column(np.zeros(1, dtype=np.int32), ("a", "a"))


def test_combinations_come_in_the_order_of_codes_missing_last() -> None:
    crossed = cross([Column.of(["b", "a", None, "a"]), Column.of(["x", "y", "x", "y"])], 4)
    assert crossed.count == 3
    assert crossed.code.tolist() == [1, 0, 2, 0]
    assert [key.tolist() for key in crossed.keys] == [[0, 1, -1], [1, 0, 0]]


def test_no_columns_cross_to_one_combination_and_no_rows_to_none() -> None:
    assert cross([], 3).code.tolist() == [0, 0, 0]
    assert cross([], 0).count == 0
    assert cross([Column.of([])], 0).count == 0


def test_many_possible_combinations_are_numbered_as_few_are() -> None:
    code = np.array([10**9, 5, 10**9, 7])
    assert renumber(code, 10**12)[0].tolist() == [2, 0, 2, 1]
    assert renumber(np.array([9, 5, 9, 7]), 10)[0].tolist() == [2, 0, 2, 1]


@given(st.lists(st.integers(0, 5)))
def test_counting_sort_is_a_stable_sort(codes: list[int]) -> None:
    order = counting_sort(np.array(codes, dtype=np.int64), 6)
    assert order.tolist() == sorted(range(len(codes)), key=codes.__getitem__)


def test_united_columns_keep_their_values() -> None:
    first, second = Column.of(["b", None]), Column.of(["a", "b"])
    assert united([first, second]).labels() == ["b", None, "a", "b"]
