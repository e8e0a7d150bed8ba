import numpy as np
import pytest

from sipas.stats import (
    Column,
    IndexDefinition,
    Options,
    Scoring,
    WeightedCells,
    build_cells,
    estimate,
    item_measure,
    overall_measure,
    post_stratify,
    unweighted,
)
from sipas.stats.estimates.effective import shrink_towards_one
from tests.stats.surveys import ONE, one_column_frame, one_item_cells, satisfied

MEASURE = item_measure(ONE, "q")


def test_robust_effective_n_of_an_item_by_hand() -> None:
    """Two strata whose answers happen to be constant within: V is 0 and says nothing, the weights do."""
    cells = one_item_cells({"A": "+" * 6, "B": "-" * 5})
    weighting = post_stratify(cells, one_column_frame(A=60, B=10), ("h",))
    # Weights 10 and 2, f = 0.1 and 0.5: (6·10 + 5·2)² / (6·100·0.9 + 5·4·0.5) = 4900 / 550.
    robust = estimate(WeightedCells(cells, weighting), MEASURE)
    assert robust.se[0] == 0
    np.testing.assert_allclose(robust.n_effective[0], 4900 / 550, rtol=1e-12)
    design = estimate(WeightedCells(cells, weighting), MEASURE, options=Options(effective_n="design"))
    assert design.n_effective[0] == 11
    # Without finite-population factors (Σw)² / Σw² = 4900 / 620.
    without = estimate(WeightedCells(cells, weighting), MEASURE, options=Options(fpc=False))
    np.testing.assert_allclose(without.n_effective[0], 4900 / 620, rtol=1e-12)


def test_robust_effective_n_of_an_index_by_hand() -> None:
    """What several answers of one respondent are worth is found over the whole round."""
    scoring = Scoring(("p", "q"), {"f": (0, 1)}, (1, 2, 3, 4, 5), 4)
    pooled = overall_measure(scoring, IndexDefinition("pooled", "pooled"))
    answers = satisfied("++", "++", "+-", "--")
    cells = build_cells(scoring, answers, {})
    # R = 5/8, u = (y − R x) / 2 = 3/8, 3/8, −1/8, −5/8; Var = 11/64; R (1 − R) = 15/64; d = 11/15.
    ours = estimate(WeightedCells(cells, unweighted(cells, ())), pooled)
    d = shrink_towards_one(11 / 15, 4 * 3 / 8)
    np.testing.assert_allclose(ours.n_effective[0], min(4 / d, 15 / 64 / ours.se[0] ** 2), rtol=1e-12)
    # V = 4/3 Σ (u/4)² = 11/192, so that n_V is 45/11 and the smaller one.
    np.testing.assert_allclose(ours.n_effective[0], 45 / 11, rtol=1e-12)


def test_where_few_are_dissatisfied_answers_are_worth_less_than_they_seem() -> None:
    assert shrink_towards_one(0.3, 0) == 1
    assert shrink_towards_one(0.3, 1) == pytest.approx(0.3 + 0.7 * (29 / 30) / 5)
    assert shrink_towards_one(0.3, 29.9) == pytest.approx(0.3, rel=1e-4)
    assert shrink_towards_one(0.3, 30) == shrink_towards_one(0.3, 1e6) == 0.3
    assert shrink_towards_one(1.0, 0.5) == 1


def test_a_domain_is_judged_by_what_answers_are_worth_in_the_round() -> None:
    scoring = Scoring(("p", "q"), {"f": (0, 1)}, (1, 2, 3, 4, 5), 4)
    pooled = overall_measure(scoring, IndexDefinition("pooled", "pooled"))
    answers = satisfied("++", "++", "+-", "--", "+-", "+-", "+-")
    cells = build_cells(scoring, answers, {"day": Column.of(["1"] * 4 + ["2"] * 3)})
    weighting = unweighted(cells, ())
    second = estimate(WeightedCells(cells, weighting).keep(cells.columns["day"].equals("2")), pooled)
    # All three agree: V within the day is 0 or nearly, so that n_K / d decides, with d of all seven.
    share, u = 8 / 14, np.array([1, 1, 0, -1, 0, 0, 0]) / 2
    u = u + 0.5 - share
    d = shrink_towards_one(float(np.mean(u**2)) / (share * (1 - share)), 7 * (1 - share))
    assert second.se[0] == 0
    np.testing.assert_allclose(second.n_effective[0], np.minimum(3.0, 3 / d), rtol=1e-12)
    with_others = estimate(WeightedCells(cells, weighting), pooled, ("day",))
    np.testing.assert_allclose(with_others.n_effective[1], second.n_effective[0], rtol=1e-12)


def test_the_effect_of_weighting_is_kish_s() -> None:
    cells = one_item_cells({"A": "++-+-+", "B": "-+-+-"})
    ours = estimate(WeightedCells(cells, post_stratify(cells, one_column_frame(A=60, B=10), ("h",))), MEASURE)
    np.testing.assert_allclose(ours.kish[0], 11 * 620 / 4900, rtol=1e-12)
