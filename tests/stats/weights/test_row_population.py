"""What rows say of their own population, and what they are not called reliable for."""

from collections.abc import Mapping

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Estimates,
    Frame,
    WeightedCells,
    Weighting,
    against_all,
    build_cells,
    estimate,
    estimate_jointly,
    frame_margins,
    item_measure,
    notes,
    post_stratify,
    rake,
    rank_joint,
    unweighted,
)
from sipas.stats.notes import Note
from sipas.stats.weights.strata import OutOfDate
from tests.stats.surveys import ONE

MEASURE = item_measure(ONE, "q")
# For each stratum its satisfied and its other responses, and its transactions; -1: not in the frame.
Strata = Mapping[tuple[str, ...], tuple[int, int, int]]


def survey(
    names: tuple[str, ...], strata: Strata, out_of_date: OutOfDate = "fail"
) -> tuple[Cells, Weighting]:
    rows = [key for key, (good, bad, _) in strata.items() for _ in range(good + bad)]
    answers = [[point] for good, bad, _ in strata.values() for point in [5] * good + [1] * bad]
    sex = Column.of("FM"[place % 2] for place in range(len(rows)))
    columns = {name: Column.of(row[k] for row in rows) for k, name in enumerate(names)}
    cells = build_cells(ONE, np.array(answers, dtype=np.int16), {**columns, "sex": sex})
    return cells, post_stratify(cells, frame_of(names, strata), names, out_of_date=out_of_date)


def frame_of(names: tuple[str, ...], strata: Strata) -> Frame:
    counted = {key: count for key, (_, _, count) in strata.items() if count >= 0}
    columns = {name: Column.of(key[k] for key in counted) for k, name in enumerate(names)}
    return Frame(columns, np.array(list(counted.values())))


def row(estimates: Estimates, level: str) -> int:
    return next(d for d in range(len(estimates)) if level in estimates.key(d).values())


def codes(found: tuple[Note, ...]) -> set[str]:
    return {note.code for note in found}


UNIT_AND_CHANNEL = ("unit", "channel")
# All counter answers satisfied but six; nobody online; online is 60 % of the transactions.
MISLEADING: Strata = {
    ("U1", "counter"): (90, 6, 400), ("U1", "online"): (0, 4, 600),
    ("U2", "counter"): (30, 10, 400), ("U2", "online"): (33, 27, 600),
}  # fmt: skip


@pytest.mark.parametrize("names", [UNIT_AND_CHANNEL, UNIT_AND_CHANNEL[::-1]], ids=["unit first", "unit last"])
def test_a_thin_stratum_that_is_most_of_the_population_keeps_its_weight(names: tuple[str, ...]) -> None:
    """R: svymean(~q, postStratify(svydesign(~1, data = d), ~unit + channel, frame))."""
    strata = MISLEADING if names[0] == "unit" else {key[::-1]: n for key, n in MISLEADING.items()}
    found = estimate(WeightedCells(*survey(names, strata)), MEASURE, ("unit",))
    assert found.estimate == pytest.approx([0.4 * 90 / 96, 0.4 * 0.75 + 0.6 * 33 / 60])
    assert found.pooled_share.tolist() == [0, 0]
    assert found.coverage.tolist() == [1, 1]
    assert found.reliable.tolist() == [False, True]
    assert notes.FEW in found.notes[0]


def test_what_the_third_step_takes_in_makes_a_row_review_and_leaves_the_others() -> None:
    strata: Strata = {**MISLEADING, ("U1", "online"): (0, 4, 40)}
    cells, weighting = survey(UNIT_AND_CHANNEL, strata)
    found = estimate(WeightedCells(cells, weighting), MEASURE, ("unit",))
    assert found.pooled_share.tolist() == [1, 0]
    assert found.review.tolist() == [True, False]
    assert found.reliable.tolist() == [False, True]
    assert notes.POOLED_FAR(share=round(400 / 440, 4)) in found.notes[0]
    joint = estimate_jointly(WeightedCells(cells, weighting), MEASURE, ("unit",))
    assert joint.reliable.tolist() == [False, True]
    assert np.isnan(rank_joint(joint).rank[0])
    _, pairs = against_all(WeightedCells(cells, weighting), MEASURE, ("unit",), "rest")
    assert pairs.first.reliable.tolist() == [False, True]
    assert pairs.second.reliable.tolist() == [True, False]


def test_strata_that_take_in_little_leave_a_row_reliable() -> None:
    strata: Strata = {
        ("U", "counter"): (500, 100, 9000),
        ("U", "online"): (30, 20, 900),
        ("U", "post"): (1, 1, 100),
    }
    found = estimate(WeightedCells(*survey(UNIT_AND_CHANNEL, strata)), MEASURE, ("unit",))
    assert found.pooled_share.tolist() == [0.1]
    assert found.reliable.tolist() == [True]
    by_channel = estimate(WeightedCells(*survey(UNIT_AND_CHANNEL, strata)), MEASURE, ("channel",))
    assert by_channel.review.tolist() == [False, True, True]


def test_what_has_no_response_lowers_the_row_s_own_coverage() -> None:
    strata: Strata = {**MISLEADING, ("U2", "post"): (0, 0, 150), ("U3", "counter"): (40, 10, 10_000)}
    found = estimate(WeightedCells(*survey(UNIT_AND_CHANNEL, strata)), MEASURE, ("unit",))
    assert found.coverage == pytest.approx([1, 1000 / 1150, 1])
    assert found.reliable.tolist() == [False, False, True]
    assert notes.NOT_COVERED(share=round(150 / 1150, 4)) in found.notes[1]
    whole = estimate(WeightedCells(*survey(UNIT_AND_CHANNEL, strata)), MEASURE)
    assert whole.coverage == pytest.approx([1 - 150 / 12_150])
    assert not whole.review[0]


def test_a_domain_that_the_frame_does_not_know_has_the_coverage_around_it_and_its_weights_share() -> None:
    strata: Strata = {
        ("U", "counter"): (60, 20, 800), ("U", "online"): (4, 0, 100), ("U", "post"): (3, 1, 100),
        ("V", "counter"): (40, 40, 700), ("V", "online"): (0, 0, 300),
    }  # fmt: skip
    found = estimate(WeightedCells(*survey(UNIT_AND_CHANNEL, strata)), MEASURE, ("unit", "sex"))
    assert found.coverage == pytest.approx([1, 1, 0.7, 0.7])
    assert found.pooled_share == pytest.approx([0.2, 0.2, 0, 0], abs=1e-9)


def test_without_a_frame_neither_is_known_and_nothing_is_review() -> None:
    cells, _ = survey(UNIT_AND_CHANNEL, MISLEADING)
    found = estimate(WeightedCells(cells, unweighted(cells, ("unit",))), MEASURE, ("unit",))
    assert np.isnan(found.coverage).all()
    assert np.isnan(found.pooled_share).all()
    assert not found.review.any()


def test_raked_rows_are_covered_where_their_levels_have_responses() -> None:
    strata: Strata = {
        ("U", "counter"): (30, 10, 400),
        ("V", "counter"): (30, 10, 400),
        ("W", "counter"): (0, 0, 200),
    }
    cells, weighting = survey(UNIT_AND_CHANNEL, strata)
    assert weighting.frame is not None
    base, margins = frame_margins(cells, weighting.frame, UNIT_AND_CHANNEL)
    found = estimate(WeightedCells(cells, rake(cells, margins, base)), MEASURE, ("unit",))
    assert found.coverage.tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    "names",
    [("unit", "year", "channel"), ("unit", "channel", "period"), ("thang_khao_sat", "don_vi", "channel")],
)
def test_two_years_in_one_file_are_never_pooled(names: tuple[str, ...]) -> None:
    """A year of four dissatisfied answers beside one of 96 satisfied ones, in each of two units."""
    years = {"2025": (0, 4, 90), "2026": (96, 0, 910)}
    when = next(name for name in names if name not in ("unit", "don_vi", "channel"))
    strata: Strata = {
        tuple({when: year, "channel": "counter"}.get(name, unit) for name in names): n
        for unit in ("A", "B")
        for year, n in years.items()
    }
    cells, weighting = survey(names, strata)
    assert weighting.pools == ()
    found = estimate(WeightedCells(cells, weighting), MEASURE, (when,))
    assert found.estimate.tolist() == [0, 1]


RAISED: Strata = {**MISLEADING, ("U2", "online"): (33, 27, 50), ("U3", "counter"): (40, 10, 100_000)}


@pytest.mark.parametrize("out_of_date", ["raise-count", "review"])
def test_a_frame_that_was_raised_stands_beside_the_rows_that_it_narrows(out_of_date: OutOfDate) -> None:
    found = estimate(
        WeightedCells(*survey(UNIT_AND_CHANNEL, RAISED, out_of_date=out_of_date)), MEASURE, ("unit",)
    )
    assert found.review.tolist() == [False, True, False]
    assert notes.RAISED_SHARE(share=round(60 / 460, 4)) in found.notes[1]
    assert not {"raised-share", "raised-share-small"} & codes(found.notes[2])
    whole = estimate(WeightedCells(*survey(UNIT_AND_CHANNEL, RAISED, out_of_date=out_of_date)), MEASURE)
    assert "raised-share-small" in codes(whole.notes[0])
    assert not whole.review[0]


def test_by_review_no_interval_is_narrowed_by_a_count_that_was_raised() -> None:
    _, raised = survey(UNIT_AND_CHANNEL, RAISED, out_of_date="raise-count")
    _, reviewed = survey(UNIT_AND_CHANNEL, RAISED, out_of_date="review")
    assert raised.fraction[3] == 1
    assert reviewed.fraction[3] == 0
    np.testing.assert_array_equal(np.delete(raised.fraction, 3), np.delete(reviewed.fraction, 3))


def test_by_review_a_unit_with_responses_that_the_frame_does_not_have_leaves_the_others_as_they_are() -> None:
    strata: Strata = {**MISLEADING, ("U2", "post"): (2, 1, -1), ("U9", "counter"): (8, 1, -1)}
    with pytest.raises(StatisticsError, match=r"called unit=U9; there are U1, U2\."):
        survey(UNIT_AND_CHANNEL, strata, "raise-count")
    cells, weighting = survey(UNIT_AND_CHANNEL, strata, out_of_date="review")
    assert weighting.unplaced == 12
    assert notes.NOT_IN_FRAME(n=12, names=("unit=U9",), has=("U1", "U2")) in weighting.notes
    found = estimate(WeightedCells(cells, weighting), MEASURE, ("unit",))
    plain = estimate(WeightedCells(*survey(UNIT_AND_CHANNEL, MISLEADING)), MEASURE, ("unit",))
    np.testing.assert_array_equal(found.estimate[:2], plain.estimate)
    assert notes.UNPLACED(n=3) in found.notes[1]
    assert found.notes[2] == (notes.LEFT_OUT,)
    whole = estimate(WeightedCells(cells, weighting), MEASURE)
    assert not whole.review[0]  # 12 of 212 responses


CODES_OF_A_SPREADSHEET: Strata = {
    ("00070", "counter"): (30, 10, -1), ("70", "counter"): (0, 0, 400), ("71", "counter"): (50, 10, 600),
}  # fmt: skip


def test_by_review_codes_that_do_not_match_are_named_and_their_rows_are_for_review() -> None:
    cells, weighting = survey(UNIT_AND_CHANNEL, CODES_OF_A_SPREADSHEET, out_of_date="review")
    assert notes.NOT_IN_FRAME(n=40, names=("unit=00070",), has=("70", "71")) in weighting.notes
    assert notes.CODES_DIFFER(columns=("unit",), responses="00070", frame="70") in weighting.notes
    assert "fewer-strata-columns" not in codes(weighting.notes)
    whole = estimate(WeightedCells(cells, weighting), MEASURE)
    assert notes.NOT_IN_FRAME_SHARE(share=0.4) in whole.notes[0]
    assert (whole.review[0], whole.reliable[0]) == (True, False)


def test_the_unit_that_responses_under_another_spelling_are_missing_from_is_for_review() -> None:
    strata: Strata = {
        ("U1", "counter"): (30, 10, 400),
        ("U2", "counter"): (95, 90, 400),
        ("u2", "counter"): (40, 5, -1),
    }
    cells, weighting = survey(UNIT_AND_CHANNEL, strata, out_of_date="review")
    found = estimate(WeightedCells(cells, weighting), MEASURE, ["unit"])
    assert [found.key(row)["unit"] for row in range(len(found)) if not found.review[row]] == ["U1"]


def test_frame_margins_leave_out_responses_that_the_frame_does_not_have() -> None:
    cells, _ = survey(UNIT_AND_CHANNEL, CODES_OF_A_SPREADSHEET, out_of_date="review")
    frame = frame_of(UNIT_AND_CHANNEL, CODES_OF_A_SPREADSHEET)
    base, _ = frame_margins(cells, frame, UNIT_AND_CHANNEL, out_of_date="review")
    assert base.unplaced == 40
    assert set(base.weight[base.stratum < 0].tolist()) == {0.0}
    assert [note.code for note in base.notes].count("unplaced") == 1
    assert notes.NOT_IN_FRAME_SHARE(share=0.4) in estimate(WeightedCells(cells, base), MEASURE).notes[0]
    unmatched = cells.select(base.stratum < 0)
    with pytest.raises(StatisticsError, match="'00070' of the responses and '70' of the frame differ"):
        frame_margins(unmatched, frame, UNIT_AND_CHANNEL, out_of_date="review")


def test_by_review_a_unit_that_lacks_many_strata_is_weighted_without_the_last_column() -> None:
    strata: Strata = {("U", "counter"): (30, 10, 400), ("U", "post"): (10, 10, -1)}
    _, weighting = survey(UNIT_AND_CHANNEL, strata, out_of_date="review")
    assert weighting.unplaced == 0
    assert set(weighting.weight.tolist()) == {400 / 60}
    assert "fewer-strata-columns" in codes(weighting.notes)
