"""Edges: where there is little or nothing to estimate from."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    IndexDefinition,
    Measure,
    Options,
    Scoring,
    WalkUp,
    WeightedCells,
    Weighting,
    build_cells,
    estimate,
    estimate_each,
    factor_measure,
    item_measure,
    notes,
    overall_measure,
    post_stratify,
    unweighted,
)
from sipas.stats.estimates.distribution import distribute
from tests.stats.surveys import (
    ONE,
    POOLED,
    QUESTION,
    SMALL,
    UNEQUAL,
    one_column_frame,
    one_item_cells,
    random_answers,
    satisfied,
)

ITEM = item_measure(ONE, "q")
KINDS = ["wilson", "beta", "logit", "wald"]


@pytest.mark.parametrize("ci", KINDS)
@pytest.mark.parametrize("sign", ["+", "-"])
def test_everybody_agreeing_still_leaves_an_interval(ci: Any, sign: str) -> None:
    cells = one_item_cells({"A": sign * 12, "B": sign * 8})
    ours = estimate(
        WeightedCells(cells, post_stratify(cells, one_column_frame(A=50, B=50), ("h",))),
        ITEM,
        options=Options(ci=ci),
    )
    assert ours.estimate[0] == (sign == "+")
    assert ours.se[0] == 0
    assert 0 <= ours.low[0] < ours.high[0] <= 1
    assert (notes.BETA_INSTEAD in ours.notes[0]) == (ci in ("logit", "wald"))


@pytest.mark.parametrize("ci", KINDS)
def test_a_variance_of_zero_by_luck_still_leaves_an_interval(ci: Any) -> None:
    cells = one_item_cells({"A": "+" * 12, "B": "-" * 8})
    ours = estimate(
        WeightedCells(cells, post_stratify(cells, one_column_frame(A=50, B=50), ("h",))),
        ITEM,
        options=Options(ci=ci),
    )
    assert (ours.estimate[0], ours.se[0]) == (0.5, 0)
    assert 0 < ours.low[0] < 0.5 < ours.high[0] < 1


def test_korn_graubard_on_n_pays_for_strata() -> None:
    cells = one_item_cells({"A": "+" * 12, "B": "+" * 8})
    ours = estimate(WeightedCells(cells, unweighted(cells, ("h",))), ITEM, options=Options(ci="logit"))
    size = 20 * (stats.t.ppf(0.975, 19) / stats.t.ppf(0.975, 18)) ** 2
    np.testing.assert_allclose([ours.low[0], ours.high[0]], [stats.beta.ppf(0.025, size, 1), 1], rtol=1e-9)


def test_a_single_response_has_no_interval() -> None:
    cells = one_item_cells({"A": "+"})
    ours = estimate(WeightedCells(cells, post_stratify(cells, one_column_frame(A=50), ("h",))), ITEM)
    assert (ours.estimate[0], ours.n[0], ours.df[0], ours.lonely[0]) == (1, 1, 0, 1)
    assert np.isnan(ours.low[0])
    assert np.isnan(ours.high[0])
    assert ours.notes[0] == (notes.LONELY(n=1), notes.NO_FREEDOM)
    assert not ours.reliable[0]


def test_where_nobody_answered_there_is_no_estimate() -> None:
    cells = one_item_cells({"A": "+-+-+", "B": "....."})
    weighting = post_stratify(cells, one_column_frame(A=50, B=50), ("h",))
    for measure in (ITEM, factor_measure(ONE, "f")):
        ours = estimate(WeightedCells(cells, weighting), measure, ("h",))
        assert np.isnan([ours.estimate[1], ours.se[1], ours.low[1], ours.n_effective[1], ours.deff[1]]).all()
        assert notes.NOT_ANSWERED in ours.notes[1]
        assert ours.n_answered[1] == 0
        assert ours.population[1] == 50


@pytest.mark.parametrize("ci", KINDS)
def test_a_complete_count_has_an_interval_without_width(ci: Any) -> None:
    cells = one_item_cells({"A": "+-+-+", "B": "+"})
    weighting = post_stratify(cells, one_column_frame(A=5, B=1), ("h",))
    ours = estimate(WeightedCells(cells, weighting), ITEM, ("h",), options=Options(ci=ci))
    assert ours.low.tolist() == ours.high.tolist() == ours.estimate.tolist() == [0.6, 1.0]
    assert ours.lonely.tolist() == [0, 0]
    without = estimate(WeightedCells(cells, weighting), ITEM, ("h",), options=Options(ci=ci, fpc=False))
    assert without.low[0] < 0.6 < without.high[0]
    assert np.isnan(without.low[1])


def test_certainty_about_a_lonely_stratum_is_not_a_complete_count() -> None:
    cells = one_item_cells({"A": "++++++", "B": "-"})
    weighting = post_stratify(cells, one_column_frame(A=60, B=10), ("h",))
    ours = estimate(WeightedCells(cells, weighting), ITEM, options=Options(lonely="certainty"))
    assert ours.se[0] == 0
    assert ours.low[0] < ours.estimate[0] < ours.high[0]


def test_lonely_strata_can_be_refused() -> None:
    cells = one_item_cells({"A": "+-+-+-", "B": "-"}, sex=["F"] * 6 + ["M"])
    weighting = post_stratify(cells, one_column_frame(A=60, B=10), ("h",))
    with pytest.raises(StatisticsError, match="strata with one response: 1, such as h=B; choose"):
        estimate(WeightedCells(cells, weighting), ITEM, options=Options(lonely="fail"))
    women = cells.columns["sex"].equals("F")
    assert (
        estimate(WeightedCells(cells, weighting).keep(women), ITEM, options=Options(lonely="fail")).lonely[0]
        == 0
    )


def test_averaging_over_lonely_strata_needs_another_stratum() -> None:
    cells = one_item_cells({"A": "+-+-+-", "B": "-"})
    ours = estimate(
        WeightedCells(cells, post_stratify(cells, one_column_frame(A=60, B=10), ("h",))),
        ITEM,
        ("h",),
        options=Options(lonely="average"),
    )
    assert ours.se[0] > 0
    assert np.isnan(ours.se[1])


def test_a_mean_on_which_all_agree_has_no_interval() -> None:
    cells = one_item_cells({"A": "+" * 12})
    ours = estimate(
        WeightedCells(cells, post_stratify(cells, one_column_frame(A=50), ("h",))),
        ITEM,
        options=Options(statistic="mean"),
    )
    assert ours.estimate[0] == pytest.approx(5, rel=1e-15)
    assert ours.se[0] == 0
    assert np.isnan(ours.low[0])
    assert notes.NO_VARIANCE in ours.notes[0]
    counted = estimate(
        WeightedCells(cells, post_stratify(cells, one_column_frame(A=12), ("h",))),
        ITEM,
        options=Options(statistic="mean"),
    )
    assert counted.low[0] == counted.high[0] == counted.estimate[0]


def test_the_interval_of_a_mean_stays_on_the_scale() -> None:
    cells = one_item_cells({"A": "+-", "B": "+-+-++" * 9})
    ours = estimate(
        WeightedCells(cells, unweighted(cells, ("h",))), ITEM, ("h",), options=Options(statistic="mean")
    )
    assert ours.ci == "wald"
    assert (ours.estimate[0], ours.low[0], ours.high[0]) == (3, 1, 5)
    assert 1 < ours.low[1] < ours.estimate[1] < ours.high[1] < 5
    assert ours.high[1] - ours.estimate[1] == pytest.approx(ours.estimate[1] - ours.low[1])


def test_n_of_an_index_counts_everybody_and_n_answered_those_who_answered() -> None:
    answers = np.array(
        [[5, 5, -1, -1, -1, -1], [-1, -1, -1, 4, 4, 4], [5, -1, -1, -1, -1, -1]] * 4, dtype=np.int16
    )
    cells = build_cells(SMALL, answers, {"h": Column.of(["A"] * 12)})
    weighting = unweighted(cells, ("h",))
    found = {
        m.name: estimate(WeightedCells(cells, weighting), m)
        for m in (POOLED, QUESTION, factor_measure(SMALL, "a"), item_measure(SMALL, "a1"))
    }
    counts = {name: (int(e.n[0]), int(e.df[0]), int(e.n_answered[0])) for name, e in found.items()}
    assert counts == {
        "overall:pooled": (12, 11, 8),
        "overall:question": (12, 11, 8),
        "factor:a": (12, 11, 4),
        "item:a1": (4, 3, 4),
    }


def test_an_index_of_factors_needs_every_factor() -> None:
    answers = np.array([[5, 5, 4, -1, -1, -1]] * 6, dtype=np.int16)
    cells = build_cells(SMALL, answers, {"h": Column.of(["A"] * 6)})
    weighting = unweighted(cells, ("h",))
    unequal = estimate(WeightedCells(cells, weighting), UNEQUAL)
    assert np.isnan(unequal.estimate[0])
    assert unequal.notes[0] == (notes.FACTOR_NOT_ANSWERED,)
    assert estimate(WeightedCells(cells, weighting), POOLED).estimate[0] == 1


def test_where_every_factor_is_at_its_end_so_is_the_index() -> None:
    thirds = overall_measure(SMALL, IndexDefinition("x", "factors", {"a": 1 / 3, "b": 2 / 3}))
    for answer, share in ((5, 1), (1, 0)):
        cells = build_cells(
            SMALL, np.full((9, 6), answer, dtype=np.int16), {"h": Column.of(list("AAABBBCCC"))}
        )
        frame = one_column_frame(A=7, B=11, C=31)
        ours = estimate(
            WeightedCells(cells, post_stratify(cells, frame, ("h",), collapse="none")),
            thirds,
            options=Options(ci="beta"),
        )
        assert (ours.estimate[0], ours.se[0]) == (share, 0)
        assert (ours.low[0] if share == 0 else ours.high[0]) == share


def test_several_measures_at_once_are_those_one_by_one() -> None:
    generator = np.random.default_rng(3)
    cells = build_cells(
        SMALL, random_answers(generator, 80), {"h": Column.of(generator.choice(["A", "B"], 80).tolist())}
    )
    weighting = unweighted(cells, ("h",))
    both = estimate_each(
        WeightedCells(cells, weighting), (POOLED, UNEQUAL), ("h",), options=Options(ci="beta")
    )
    assert [e.measure for e in both] == ["overall:pooled", "overall:unequal"]
    assert (
        both[1].low.tolist()
        == estimate(WeightedCells(cells, weighting), UNEQUAL, ("h",), options=Options(ci="beta")).low.tolist()
    )


def test_options_that_do_not_go_together_are_refused() -> None:
    cells = one_item_cells({"A": "+-+"})
    weighting = unweighted(cells, ("h",))
    with pytest.raises(StatisticsError, match="a mean has no wilson interval"):
        estimate(WeightedCells(cells, weighting), ITEM, options=Options(statistic="mean", ci="wilson"))
    with pytest.raises(StatisticsError, match="between 0 and 1"):
        estimate(WeightedCells(cells, weighting), ITEM, options=Options(level=95))


TWO = Scoring(items=("q1", "q2"), factors={"f": (0, 1)}, points=(1, 2, 3, 4, 5), satisfied=4)
BOTH = factor_measure(TWO, "f")
POOLED_TWO = overall_measure(TWO, IndexDefinition("pooled", "pooled"))


def complete_count_of_two(*respondents: str) -> tuple[Cells, Weighting]:
    """In stratum a these respondents, in b three who answer both items; nobody else was served."""
    answers = satisfied(*respondents, "++", "+-", "++")
    cells = build_cells(TWO, answers, {"h": Column.of("a" * len(respondents) + "bbb")})
    return cells, post_stratify(cells, one_column_frame(a=len(respondents), b=3), ("h",), collapse="none")


@pytest.mark.parametrize("ci", KINDS)
@pytest.mark.parametrize("measure", [BOTH, POOLED_TWO])
@pytest.mark.parametrize("respondents", [("++", "+-", "+.", "-."), ("++", "+-", ".+", "-."), ("+.",) * 4])
def test_who_skips_one_item_of_several_in_a_complete_count_leaves_the_index_uncertain(
    respondents: tuple[str, ...], measure: Measure, ci: Any
) -> None:
    cells, weighting = complete_count_of_two(*respondents)
    ours = estimate(WeightedCells(cells, weighting), measure, ("h",), options=Options(ci=ci))
    answers = "".join(respondents)
    assert ours.estimate[0] == answers.count("+") / (8 - answers.count("."))
    assert ours.n_answered[0] == 4
    assert ours.high[0] - ours.low[0] > 0.3
    assert notes.NOT_ALL_ANSWERED in ours.notes[0]
    assert ours.low[1] == ours.estimate[1] == ours.high[1] == pytest.approx(5 / 6)
    assert notes.NOT_ALL_ANSWERED not in ours.notes[1]
    whole = estimate(WeightedCells(cells, weighting), measure, options=Options(ci=ci))
    assert whole.low[0] < whole.high[0]
    assert notes.NOT_ALL_ANSWERED in whole.notes[0]
    mean = estimate(WeightedCells(cells, weighting), measure, ("h",), options=Options(statistic="mean"))
    assert np.isnan(mean.low[0])
    assert mean.low[1] == mean.estimate[1] == mean.high[1]
    points = distribute(WeightedCells(cells, weighting), measure, ("h",), options=Options(ci=ci))
    assert (points.low[0] < points.high[0]).all()
    np.testing.assert_array_equal(points.low[1], points.high[1])


def test_each_measure_of_several_goes_by_its_own_items() -> None:
    """Factors share what they weigh; what was skipped is each one's own."""
    answers = np.full((5, 6), 5, dtype=np.int16)
    answers[:2, 2], answers[:, 3] = -1, 1
    cells = build_cells(SMALL, answers, {"h": Column.of("hhhhh")})
    weighting = post_stratify(cells, one_column_frame(h=5), ("h",))
    measures = [factor_measure(SMALL, "b"), factor_measure(SMALL, "a"), POOLED, UNEQUAL, QUESTION]
    for order in (measures, measures[::-1]):
        ours = estimate_each(WeightedCells(cells, weighting), order)
        wide = {one.measure: bool(one.low[0] < one.high[0]) for one in ours}
        assert {name for name, has_width in wide.items() if has_width} == {
            "factor:a", POOLED.name, UNEQUAL.name
        }  # fmt: skip


def answered_or_not(strata: dict[str, str], domain: dict[str, str | None]) -> int:
    """The respondents of the whole, or of one stratum."""
    return sum(len(signs) for h, signs in strata.items() if domain.get("h") in (None, h))


@pytest.mark.parametrize("ci", KINDS)
def test_who_leaves_a_question_out_of_a_complete_count_leaves_it_uncertain(ci: Any) -> None:
    cells = one_item_cells({"a": "+++-..", "b": "++-"})
    weighting = post_stratify(cells, one_column_frame(a=6, b=3), ("h",), collapse="none")
    ours = estimate(WeightedCells(cells, weighting), ITEM, ("h",), options=Options(ci=ci))
    assert ours.low[0] < ours.estimate[0] == 0.75 < ours.high[0]
    assert ours.low[1] == ours.estimate[1] == ours.high[1]
    assert notes.NOT_ALL_ANSWERED in ours.notes[0]
    assert notes.NOT_ALL_ANSWERED not in ours.notes[1]
    mean = estimate(WeightedCells(cells, weighting), ITEM, ("h",), options=Options(statistic="mean"))
    assert np.isnan(mean.low[0])
    assert notes.NOT_ALL_ANSWERED in mean.notes[0]


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from("ABCDEF"), st.text("+-.", min_size=1, max_size=9), min_size=1),
    st.sampled_from(KINDS),
    st.sampled_from(["robust", "design"]),
    st.integers(1, 3),
)
def test_intervals_are_right_or_missing(
    strata: dict[str, str], ci: Any, effective_n: Any, factor: int
) -> None:
    cells = one_item_cells(strata)
    frame = one_column_frame(**{h: len(signs) * factor for h, signs in strata.items()})
    for by in ((), ("h",)):
        weighting = post_stratify(cells, frame, ("h",))
        ours = estimate(
            WeightedCells(cells, weighting), ITEM, by, options=Options(ci=ci, effective_n=effective_n)
        )
        for d in range(len(ours)):
            low, share, high = ours.low[d], ours.estimate[d], ours.high[d]
            if np.isnan(low):
                assert ours.notes[d]
            elif factor == 1 and ours.n_answered[d] == answered_or_not(strata, ours.key(d)):
                assert low == share == high
            else:
                assert 0 <= low <= share <= high <= 1
                assert low < high


def test_a_complete_count_but_for_rounding_has_no_design_effect() -> None:
    """Where counts are raised to the responses, weights of nearly 1 add up to slightly more than n."""
    cells = build_cells(ONE, np.array([[5], [1], [5]] * 7, dtype=np.int16), {"h": Column.of(["A"] * 21)})
    weighting = post_stratify(cells, one_column_frame(A=21), ("h",))
    nearly = replace(weighting, weight=weighting.weight * (1 + 1e-15), fraction=weighting.fraction * 0)
    assert np.isnan(estimate(WeightedCells(cells, nearly), ITEM).deff).all()


def test_weights_below_one_leave_no_design_effect_and_a_note_says_so() -> None:
    """R: svymean(deff = TRUE) gives NA for the kiosk, whose weights add up to 60 for 80 responses."""
    channels = ["kiosk"] * 80 + ["sms"] * 20
    columns = {"channel": Column.of(channels), "h": Column.of(["A"] * 100)}
    cells = build_cells(ONE, np.array([[5], [1]] * 50, dtype=np.int16), columns)
    walk_up = cells.column("channel").codes == cells.column("channel").levels.index("kiosk")
    weighting = post_stratify(cells, one_column_frame(A=120), ("h",), walk_up=WalkUp(walk_up))
    found = estimate(WeightedCells(cells, weighting), ITEM, ("channel",))
    assert found.population.tolist() == pytest.approx([60, 60])
    assert np.isnan(found.deff).tolist() == [True, False]
    assert np.isfinite(found.deff_replace).all()
    assert [notes.NO_DESIGN_EFFECT in row for row in found.notes] == [True, False]
