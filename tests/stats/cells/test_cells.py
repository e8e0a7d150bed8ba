import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Cells, Column, build_cells, merge_cells
from sipas.stats.cells.layout import sum_width
from tests.stats.surveys import ONE, SMALL, random_answers


@pytest.fixture
def cells() -> Cells:
    generator = np.random.default_rng(4)
    columns = {name: Column.of(generator.choice(["x", "y", "z"], 40).tolist()) for name in ("unit", "sex")}
    columns["form"] = Column.of(["full", "kiosk"] * 20)
    return build_cells(SMALL, random_answers(generator, 40), columns)


def test_selected_cells_keep_their_numbers(cells: Cells) -> None:
    chosen = cells.columns["unit"].equals("y")
    assert cells.select(chosen).sums.tolist() == cells.sums[chosen].tolist()
    assert set(cells.select(chosen).columns["unit"].labels()) == {"y"}


def test_the_halves_of_cells_merge_into_the_whole(cells: Cells) -> None:
    half = np.arange(len(cells)) % 2 == 0
    merged = merge_cells([cells.select(~half), cells.select(half)])
    assert merged.sums.tolist() == cells.sums.tolist()
    assert merged.n.tolist() == cells.n.tolist()


def test_cells_by_fewer_columns_keep_the_form(cells: Cells) -> None:
    fewer = cells.regroup(["sex"])
    assert set(fewer.columns) == {"sex", "form"}
    assert fewer.n.sum() == 40
    assert fewer.sums.sum(axis=0).tolist() == cells.sums.sum(axis=0).tolist()


def test_levels_that_one_part_lacks_are_united() -> None:
    parts = [
        build_cells(ONE, np.array([[5]], dtype=np.int16), {"unit": Column.of([unit])}) for unit in ("b", "a")
    ]
    assert merge_cells(parts).columns["unit"].labels() == ["b", "a"]


def test_an_unknown_column_is_named_beside_those_there_are(cells: Cells) -> None:
    with pytest.raises(StatisticsError, match="no column 'month'; there are: unit, sex, form"):
        cells.column("month")


def test_what_does_not_belong_together_is_not_merged(cells: Cells) -> None:
    with pytest.raises(StatisticsError, match="different"):
        merge_cells([cells, cells.regroup(["unit"])])
    with pytest.raises(StatisticsError, match="no cells"):
        merge_cells([])


def test_sums_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(StatisticsError, match="shape"):
        Cells(ONE, {}, np.ones(1, dtype=np.int64), np.zeros((2, sum_width(ONE)), dtype=np.int64))
    with pytest.raises(StatisticsError, match="unit has 2 codes for 1 cells"):
        Cells(
            ONE,
            {"unit": Column.of(["a", "b"])},
            np.ones(1, dtype=np.int64),
            np.zeros((1, sum_width(ONE)), dtype=np.int64),
        )
