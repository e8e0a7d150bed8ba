from dataclasses import replace

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Cells, Column, Frame, build_cells
from sipas.stats.listing import listing
from sipas.stats.notes import FEWER_COLUMNS, UNPLACED
from sipas.stats.weights.strata import place
from tests.stats.surveys import ONE

Key = tuple[str | None, ...]
STRATA = ("unit", "channel", "procedure")


def cells_of(keys: dict[Key, int]) -> Cells:
    """Cells with so many responses for each unit, channel and procedure."""
    rows = [key for key, n in keys.items() for _ in range(n)]
    columns = {name: Column.of([row[k] for row in rows]) for k, name in enumerate(STRATA)}
    return build_cells(ONE, np.full((len(rows), 1), 5, dtype=np.int16), columns)


def frame_of(keys: dict[Key, int]) -> Frame:
    columns = {name: Column.of([key[k] for key in keys]) for k, name in enumerate(STRATA)}
    return Frame(columns, np.array(list(keys.values())))


FRAME = frame_of({("U", c, p): 100 for c in ("counter", "online") for p in ("P1", "P2")})


def test_few_responses_without_a_procedure_are_left_out_and_counted() -> None:
    cells = cells_of({("U", "counter", "P1"): 19, ("U", "counter", None): 1})
    placed = place(cells, FRAME, STRATA)
    assert sorted(placed.stratum.tolist()) == [-1, 0]
    assert placed.n.tolist() == [19, 0, 0, 0]
    assert placed.notes == (UNPLACED(n=1),)


def test_from_a_tenth_on_the_unit_is_weighted_by_service_channel_alone() -> None:
    cells = cells_of({("U", "counter", "P1"): 6, ("U", "online", "P2"): 3, ("U", "counter", None): 1})
    placed = place(cells, FRAME, STRATA)
    assert [placed.names.of(h) for h in range(2)] == [("U", "counter", None), ("U", "online", None)]
    assert placed.n.tolist() == [7, 3]
    assert placed.population.tolist() == [200, 200]
    assert placed.notes == (FEWER_COLUMNS(columns=("procedure",), units=1, names=("U",)),)


def test_a_part_of_a_round_leaves_out_the_very_responses_that_the_whole_does() -> None:
    whole = cells_of({("U", "counter", "P1"): 9, ("U", "counter", None): 1, ("U", "online", "P2"): 10})
    parts = [whole.select(whole.column("channel").equals(level)) for level in ("counter", "online")]
    assert [place(part, FRAME, STRATA, among=whole).n.sum() for part in parts] == [9, 10]
    assert place(whole, FRAME, STRATA).n.sum() == 19
    assert place(parts[0], FRAME, STRATA).n.sum() == 10  # a tenth of its own responses lacks a procedure


def test_a_unit_that_lacks_little_keeps_its_strata_beside_one_that_lacks_much() -> None:
    frame = frame_of({(u, "counter", p): 50 for u in ("U", "V") for p in ("P1", "P2")})
    cells = cells_of({("U", "counter", None): 5, ("U", "counter", "P1"): 5, ("V", "counter", "P2"): 8})
    placed = place(cells, frame, STRATA)
    names = [placed.names.of(h) for h in range(len(placed.n))]
    assert names == [("U", "counter", None), ("V", "counter", "P1"), ("V", "counter", "P2")]
    assert placed.n.tolist() == [10, 0, 8]


def test_the_column_that_lacks_most_goes_first_and_no_more_than_needed() -> None:
    cells = cells_of(
        {
            ("U", "counter", None): 4,
            (("U"), None, "P1"): 1,
            ("U", "counter", "P1"): 10,
            ("U", "online", "P1"): 5,
        }
    )
    placed = place(cells, FRAME, STRATA)
    # Five of twenty are unplaced; without the procedure one of twenty is, and it is left out.
    assert placed.n.tolist() == [14, 5]
    assert len(placed.notes) == 2


def test_a_response_without_a_unit_is_left_out() -> None:
    cells = cells_of({("U", "counter", "P1"): 1, (None, "counter", "P1"): 5})
    assert place(cells, FRAME, STRATA).n.sum() == 1


def test_frame_rows_finer_than_the_strata_are_added_up() -> None:
    cells = cells_of({("U", "counter", "P1"): 2})
    assert place(cells, FRAME, ("unit",)).population.tolist() == [400]


@pytest.mark.parametrize(
    ("count", "shown"), [(-1, "-1"), (float("inf"), "inf"), (2.5, "2.5"), (float("nan"), "nan")]
)
def test_impossible_counts_are_refused_with_their_row(count: float, shown: str) -> None:
    with pytest.raises(StatisticsError, match=f"frame, row 2: the count is {shown}"):
        Frame({}, np.array([1.0, count]))


def test_a_frame_row_without_a_stratum_is_refused_with_its_place() -> None:
    frame = frame_of({("U", "counter", "P1"): 5, ("U", None, "P1"): 5})
    with pytest.raises(StatisticsError, match="frame, row 2, column channel: there is no value"):
        place(cells_of({("U", "counter", "P1"): 1}), frame, STRATA)


def test_strata_columns_must_be_there_in_both() -> None:
    cells = cells_of({("U", "counter", "P1"): 1})
    with pytest.raises(StatisticsError, match="no column 'month'"):
        place(cells, FRAME, ("unit", "month"))
    with_form = replace(cells, columns={**cells.columns, "form": Column.of(["full"])})
    with pytest.raises(StatisticsError, match="the frame has no column 'form'"):
        place(with_form, FRAME, ("unit", "form"))
    with pytest.raises(StatisticsError, match="at least one"):
        place(cells, FRAME, ())


def test_long_lists_are_cut() -> None:
    assert listing(["a", "b"]) == "a, b"
    assert listing([str(k) for k in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
