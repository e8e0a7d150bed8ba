import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Frame,
    WalkUp,
    Weighting,
    build_cells,
    merge_cells,
    post_stratify,
    unweighted,
)
from sipas.stats.notes import ONE_GROUP, POOLED, RAISED
from tests.stats.surveys import ONE, one_column_frame, one_item_cells


def weights(cells: Cells, weighting: Weighting, column: str = "h") -> dict[str | None, float]:
    return dict(zip(cells.columns[column].labels(), weighting.weight.tolist(), strict=True))


def test_a_response_stands_for_its_stratum_s_transactions_over_responses() -> None:
    cells = one_item_cells({"A": "++--+", "B": "+-+-+-++"})
    weighting = post_stratify(cells, one_column_frame(A=100, B=40), ("h",))
    assert weights(cells, weighting) == {"A": 20.0, "B": 5.0}
    assert weighting.fraction.tolist() == [0.05, 0.2]
    assert weighting.coverage == 1
    assert weighting.strata == ("h",)
    assert weighting.notes == ()


def test_a_unit_without_response_is_not_imputed_but_lowers_the_coverage() -> None:
    cells = one_item_cells({"A": "+++++"})
    assert post_stratify(cells, one_column_frame(A=75, B=25), ("h",)).coverage == 0.75


def grouped_cells(counts: dict[tuple[str, str], int]) -> Cells:
    rows = [key for key, n in counts.items() for _ in range(n)]
    columns = {"unit": Column.of([u for u, _ in rows]), "channel": Column.of([c for _, c in rows])}
    return build_cells(ONE, np.full((len(rows), 1), 5, dtype=np.int16), columns)


UNITS = Frame({"unit": Column.of(["U", "V"])}, np.array([100, 60]))


def test_invited_and_walk_up_answers_each_stand_for_half_the_stratum() -> None:
    cells = grouped_cells({("U", "kiosk"): 20, ("U", "sms"): 5, ("V", "kiosk"): 6, ("V", "sms"): 6})
    weighting = post_stratify(
        cells, UNITS, ("unit",), walk_up=WalkUp(cells.columns["channel"].equals("kiosk"))
    )
    keys = list(zip(cells.columns["unit"].labels(), cells.columns["channel"].labels(), strict=True))
    assert dict(zip(keys, weighting.weight.tolist(), strict=True)) == {
        ("U", "kiosk"): 2.5, ("U", "sms"): 10.0, ("V", "kiosk"): 5.0, ("V", "sms"): 5.0
    }  # fmt: skip
    assert weighting.size.tolist() == [5, 20, 6, 6]
    assert weighting.fraction.tolist() == [0.05, 0.2, 0.1, 0.1]


def test_another_share_for_walk_up_answers() -> None:
    cells = grouped_cells({("U", "kiosk"): 20, ("U", "sms"): 5})
    walk_up = cells.columns["channel"].equals("kiosk")
    weighting = post_stratify(cells, UNITS, ("unit",), walk_up=WalkUp(walk_up, 0.2))
    assert weights(cells, weighting, "channel") == {"kiosk": 1.0, "sms": 16.0}
    for share in (0.0, 1.0, 1.5):
        with pytest.raises(StatisticsError, match="between 0 and 1"):
            post_stratify(cells, UNITS, ("unit",), walk_up=WalkUp(walk_up, share))


def test_what_is_walk_up_must_be_said_of_every_cell() -> None:
    cells = grouped_cells({("U", "kiosk"): 20, ("U", "sms"): 5})
    with pytest.raises(StatisticsError, match="one value per cell"):
        post_stratify(cells, UNITS, ("unit",), walk_up=WalkUp(np.ones(1, dtype=np.bool_)))


def test_a_group_without_answers_leaves_its_share_to_the_other_with_a_note() -> None:
    cells = grouped_cells({("U", "kiosk"): 20, ("V", "kiosk"): 6, ("V", "sms"): 6})
    weighting = post_stratify(
        cells, UNITS, ("unit",), walk_up=WalkUp(cells.columns["channel"].equals("kiosk"))
    )
    assert weighting.weight[0] == 5.0
    assert weighting.notes == (ONE_GROUP(n=1),)


def test_a_survey_with_one_kind_of_answers_needs_no_note() -> None:
    cells = grouped_cells({("U", "kiosk"): 20, ("V", "kiosk"): 6})
    weighting = post_stratify(
        cells, UNITS, ("unit",), walk_up=WalkUp(cells.columns["channel"].equals("kiosk"))
    )
    assert weighting.notes == ()
    assert weighting.weight.tolist() == [5.0, 10.0]


def nested(n: dict[tuple[str, str], int], population: dict[tuple[str, str], int]) -> tuple[Cells, Frame]:
    rows = [key for key, count in n.items() for _ in range(count)]
    names = ("unit", "procedure")
    cells = build_cells(
        ONE,
        np.full((len(rows), 1), 5, dtype=np.int16),
        {name: Column.of([row[k] for row in rows]) for k, name in enumerate(names)},
    )
    columns = {name: Column.of([key[k] for key in population]) for k, name in enumerate(names)}
    return cells, Frame(columns, np.array(list(population.values())))


def test_a_pool_has_the_summed_counts_of_its_strata_and_is_reported() -> None:
    cells, frame = nested(
        {("U", "P1"): 2, ("U", "P2"): 3, ("U", "P3"): 10},
        {("U", "P1"): 30, ("U", "P2"): 60, ("U", "P3"): 50, ("U", "P4"): 10},
    )
    weighting = post_stratify(cells, frame, ("unit", "procedure"))
    assert weights(cells, weighting, "procedure") == {"P1": 20.0, "P2": 20.0, "P3": 5.0}
    (pool,) = weighting.pools
    assert pool.strata == (("U", "P1"), ("U", "P2"), ("U", "P4"))
    assert (pool.n, pool.population) == (5, 100)
    assert weighting.coverage == 1
    assert weighting.names.of(0) == ("U", "P1")
    assert weighting.notes == (POOLED(strata=3, pools=1),)


def test_strata_stay_as_they_are_where_asked() -> None:
    cells, frame = nested(
        {("U", "P1"): 2, ("U", "P2"): 3}, {("U", "P1"): 30, ("U", "P2"): 60, ("U", "P4"): 10}
    )
    weighting = post_stratify(cells, frame, ("unit", "procedure"), collapse="none")
    assert weights(cells, weighting, "procedure") == {"P1": 15.0, "P2": 20.0}
    assert weighting.pools == ()
    assert weighting.coverage == 0.9


def test_responses_left_out_weigh_nothing() -> None:
    cells = one_item_cells({"A": "+" * 20})
    missing = build_cells(ONE, np.full((1, 1), 5, dtype=np.int16), {"h": Column.of([None])})
    merged = merge_cells([cells, missing])
    weighting = post_stratify(merged, one_column_frame(A=100), ("h",))
    assert weights(merged, weighting) == {"A": 5.0, None: 0.0}
    assert weighting.unplaced == 1


def test_more_responses_than_transactions_are_an_error_that_lists_the_strata() -> None:
    cells = one_item_cells({"A": "+++", "B": "++", "C": "+++++"})
    with pytest.raises(StatisticsError) as caught:
        post_stratify(cells, one_column_frame(A=2, B=9, C=0), ("h",))
    assert "h=A (responses: 3, transactions: 2), h=C (responses: 5, transactions: 0)" in str(caught.value)
    assert "Bring the frame up to date" in str(caught.value)


def test_of_many_strata_ten_are_listed() -> None:
    cells = one_item_cells({f"S{k:02}": "+" for k in range(13)})
    with pytest.raises(StatisticsError, match=r"h=S09 \(responses: 1, transactions: 0\) and 3 more"):
        post_stratify(cells, one_column_frame(**{f"S{k:02}": 0 for k in range(13)}), ("h",))


def test_counts_can_be_raised_to_the_responses_with_a_note() -> None:
    cells = one_item_cells({"A": "+++", "C": "+++++"})
    weighting = post_stratify(cells, one_column_frame(A=30, C=2), ("h",), out_of_date="raise-count")
    assert weights(cells, weighting) == {"A": 10.0, "C": 1.0}
    assert weighting.fraction.tolist() == [0.1, 1.0]
    assert weighting.notes == (RAISED(strata=1, names=("h=C",)),)


def test_without_weights_every_response_counts_one_and_strata_remain() -> None:
    cells = one_item_cells({"A": "+++", "B": "++"})
    weighting = unweighted(cells, ("h",))
    assert weighting.weight.tolist() == [1.0, 1.0]
    assert weighting.size.tolist() == [3, 2]
    assert weighting.fraction.tolist() == [0.0, 0.0]
    assert weighting.names.label(1) == "h=B"


def test_no_responses_cover_nothing() -> None:
    weighting = post_stratify(one_item_cells({}), one_column_frame(A=10), ("h",))
    assert weighting.coverage == 0
    assert len(weighting.size) == 0
