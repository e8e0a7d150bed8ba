from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipas.errors import StatisticsError
from sipas.stats import Column
from sipas.stats.cells.columns import counting_sort, cross, renumber, united
from tests.stats.frames import Series, Table


def test_a_column_of_values_has_sorted_levels_and_missing_values() -> None:
    column = Column.of(["b", None, "a", "", "b"])
    assert column.levels == ("a", "b")
    assert column.codes.tolist() == [1, -1, 0, -1, 1]
    assert column.labels() == ["b", None, "a", None, "b"]


@pytest.mark.parametrize(
    ("values", "levels", "codes"),
    [
        ([0, 1, None, 0], ("0", "1"), [0, 1, -1, 0]),
        ([False, True, False], ("False", "True"), [0, 1, 0]),
        ([float("nan"), 2.0, float("nan"), 10, 9.5], ("2", "9.5", "10"), [-1, 0, -1, 2, 1]),
        (np.array([1.0, np.nan, 0.0]), ("0", "1"), [1, -1, 0]),
        (np.array([2, 1], dtype=np.int8), ("1", "2"), [1, 0]),
        (np.array(["b", "", "a"]), ("a", "b"), [1, -1, 0]),
    ],
)
def test_zero_and_false_are_levels_and_nan_is_missing(
    values: Iterable[object], levels: tuple[str, ...], codes: list[int]
) -> None:
    column = Column.of(values)
    assert column.levels == levels
    assert column.codes.tolist() == codes


@pytest.mark.parametrize("values", [np.zeros((2, 2)), {"a": 1}, [["a"], ["b"]], Table({"a": [1]})])
def test_what_is_no_column_is_refused_with_what_to_do(values: Iterable[object]) -> None:
    with pytest.raises(StatisticsError, match="a column needs"):
        Column.of(values)


def test_a_column_of_a_table_is_read_as_its_library_gives_it() -> None:
    assert Column.of(Series([0, None, 2])).codes.tolist() == [0, -1, 1]


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
