from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Estimates,
    Options,
    WeightedCells,
    build_cells,
    estimate,
    item_measure,
    overall_measure,
    unweighted,
)
from sipas.stats.estimates.targets import Targets, judge_target
from sipas.stats.options import IntervalKind
from tests.stats.surveys import SMALL, read_survey


def answers(*units: tuple[int, int]) -> Cells:
    """k of n satisfied with item a1 in each unit; nobody answered anything else."""
    scores = [score for k, n in units for score in [5] * k + [1] * (n - k)]
    unit = [str(place) for place, (_, n) in enumerate(units) for _ in range(n)]
    table = np.full((len(scores), 6), -1, dtype=np.int16)
    table[:, 1] = scores
    return build_cells(SMALL, table, {"unit": Column.of(unit)})


def held_against(
    target: float, *units: tuple[int, int], ci: IntervalKind = "wilson", level: float = 0.95
) -> tuple[Targets, Estimates]:
    cells = answers(*units)
    found = estimate(
        WeightedCells(cells, unweighted(cells, ["unit"])),
        item_measure(SMALL, "a1"),
        ["unit"],
        options=Options(ci=ci, level=level, fpc=False),
    )
    return judge_target(found, target), found


def test_a_target_is_met_missed_or_still_open() -> None:
    found, _ = held_against(0.8, (195, 200), (100, 200), (162, 200))
    assert found.verdict == ("met", "not_met", "cannot_tell")
    assert (found.low[0], found.high[1]) == (pytest.approx(0.948, abs=2e-3), pytest.approx(0.558, abs=2e-3))
    assert found.still_needed.tolist()[:2] == [0, 0]
    assert found.still_needed[2] > 0


@pytest.mark.parametrize("ci", ["wilson", "beta", "logit", "wald"])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_verdict_the_bound_and_the_p_value_agree(ci: IntervalKind, level: float) -> None:
    """Where the bound stands p is 1 − level; it is the end of a two-sided interval at 2 · level − 1."""
    units = [(k, 40) for k in (0, 1, 12, 20, 33, 39, 40)]
    _, two_sided = held_against(0.5, *units, ci=ci, level=2 * level - 1)
    at, _ = held_against(0.5, *units, ci=ci, level=level)
    for domain in range(len(units)):
        for end in {at.low[domain], at.high[domain]} - {0, 1}:
            found, _ = held_against(float(end), *units, ci=ci, level=level)
            assert found.p[domain] == pytest.approx(1 - level, rel=1e-7)
    np.testing.assert_array_equal([at.low, at.high], [two_sided.low, two_sided.high])


def test_the_p_value_of_wilson_is_that_of_the_score_test() -> None:
    """As R's prop.test(170, 200, 0.8, alternative = "greater", correct = FALSE), but with Student's t."""
    found, _ = held_against(0.8, (170, 200))
    t = (0.85 - 0.8) / np.sqrt(0.8 * 0.2 / 200)
    # Unweighted the effective n is n_V, n − 1 of n.
    t *= np.sqrt(199 / 200)
    assert found.p[0] == pytest.approx(stats.t.sf(t, 199), rel=1e-9)


@pytest.mark.parametrize("k", [20, 35, 40])
def test_the_p_value_of_korn_and_graubard_is_exact_in_a_simple_random_sample(k: int) -> None:
    """With one stratum t_{n−1} is t_df, and n* is the effective n: at k = n that is n itself."""
    found, estimates = held_against(0.7, (k, 40), ci="beta")
    size = estimates.n_effective[0]
    p, side = estimates.estimate[0], "greater" if k > 28 else "less"
    beta = stats.beta(size * p, size * (1 - p) + 1) if side == "greater" and k < 40 else None
    expected = {
        20: stats.beta.sf(0.7, size * p + 1, size * (1 - p)),
        35: beta.cdf(0.7) if beta is not None else np.nan,
        40: stats.binomtest(40, 40, 0.7, "greater").pvalue,
    }[k]
    assert found.p[0] == pytest.approx(expected, rel=1e-8)


def test_tiny_p_values_are_not_rounded_away() -> None:
    found, _ = held_against(0.5, (398, 400), ci="beta")
    assert 0 < found.p[0] < 1e-90


@pytest.mark.parametrize(("k", "target"), [(163, 0.85), (166, 0.8), (100, 0.55)])
def test_with_so_many_more_the_target_would_be_told_with_power_0_8(k: int, target: float) -> None:
    """By counting the outcomes of a binomial sample of that size."""
    found, _ = held_against(target, (k, 200))
    assert found.verdict == ("cannot_tell",)
    share, size = k / 200, 200 + int(found.still_needed[0])
    outcomes = np.arange(size + 1)
    z = (outcomes / size - target) / np.sqrt(target * (1 - target) / size)
    told = z >= stats.norm.ppf(0.95) if share > target else z <= -stats.norm.ppf(0.95)
    assert stats.binom.pmf(outcomes, size, share)[told].sum() == pytest.approx(0.8, abs=0.02)


def test_no_number_of_responses_tells_an_estimate_from_itself() -> None:
    found, _ = held_against(0.8, (160, 200))
    assert found.verdict == ("cannot_tell",)
    assert np.isnan(found.still_needed[0])
    assert found.p[0] == pytest.approx(0.5)


def test_what_is_not_reliable_neither_misses_nor_meets_a_target() -> None:
    found, estimates = held_against(0.7, (0, 40), (40, 40), (0, 12), (17, 35), (60, 400))
    assert estimates.reliable.tolist() == [False, False, False, False, True]
    assert found.verdict == (*("cannot_tell",) * 4, "not_met")
    assert found.p.max() < 0.01
    assert found.still_needed[-1] == 0


def test_few_respondents_leave_the_verdict_open_and_need_an_effective_n_of_30() -> None:
    found, _ = held_against(0.5, (2, 2), (3, 4))
    assert found.verdict == ("cannot_tell", "cannot_tell")
    assert found.p.min() > 0.05
    assert found.still_needed.tolist() == [28, 36]


def test_nobody_and_one_respondent_give_neither_verdict_nor_p() -> None:
    cells = answers((1, 1), (8, 40))
    measures = [item_measure(SMALL, item) for item in ("a1", "b1")]
    for measure in measures:
        found = estimate(
            WeightedCells(cells, unweighted(cells, ["unit"])), measure, ["unit"], options=Options(fpc=False)
        )
        judged = judge_target(found, 0.5)
        assert judged.verdict[0] == "cannot_tell"
        assert np.isnan([judged.p[0], judged.low[0], judged.still_needed[0]]).all()


def test_the_design_effect_counts_in_what_is_needed() -> None:
    _, found = held_against(0.8, (162, 200))
    worth_half = replace(found, n_effective=found.n_effective / 2, se=found.se * np.sqrt(2))
    plain, twice = judge_target(found, 0.8), judge_target(worth_half, 0.8)
    assert twice.still_needed[0] + 200 == pytest.approx(2 * (plain.still_needed[0] + 200), rel=1e-3)


def test_a_mean_is_held_against_a_target_on_its_scale() -> None:
    """R: t.test(c(rep(5, 30), rep(1, 10)), mu = 3.6, alternative = "greater")$p.value."""
    cells = answers((30, 40), (40, 40))
    found = estimate(
        WeightedCells(cells, unweighted(cells, ["unit"])),
        item_measure(SMALL, "a1"),
        ["unit"],
        options=Options(statistic="mean", fpc=False),
    )
    judged = judge_target(found, 3.6)
    theirs = stats.ttest_1samp([5] * 30 + [1] * 10, 3.6, alternative="greater")
    assert judged.p[0] == pytest.approx(theirs.pvalue, rel=1e-9)
    assert judged.verdict == ("cannot_tell", "cannot_tell")
    assert np.isnan(judged.p[1])


def test_the_bounds_and_the_target_of_a_mean_lie_on_its_scale() -> None:
    cells = answers((1, 2), (2, 3))
    weighting, item = unweighted(cells, ["unit"]), item_measure(SMALL, "a1")
    found = estimate(
        WeightedCells(cells, weighting), item, ["unit"], options=Options(statistic="mean", fpc=False)
    )
    judged = judge_target(found, 4.5)
    np.testing.assert_array_equal([judged.low, judged.high], [[1, 1], [5, 5]])
    assert judged.verdict == ("cannot_tell", "cannot_tell")
    for target in (1, 5, 85):
        with pytest.raises(StatisticsError, match=f"a mean lies between 1 and 5, not at {target}"):
            judge_target(found, target)


def test_the_reference_index_meets_a_target_below_its_bound_alone() -> None:
    survey = read_survey("sipas")
    measure = overall_measure(survey.scoring, survey.instrument.index("pooled"))
    found = estimate(
        WeightedCells(survey.cells, unweighted(survey.cells, [])), measure, options=Options(fpc=False)
    )
    low = float(judge_target(found, 0.5).low[0])
    assert judge_target(found, low - 1e-9).verdict == ("met",)
    assert judge_target(found, low + 1e-9).verdict == ("cannot_tell",)


@pytest.mark.parametrize("target", [0.0, 1.0, -0.1, 85.0, np.nan])
def test_a_target_that_no_share_can_miss_or_reach_is_refused(target: float) -> None:
    with pytest.raises(StatisticsError, match="the target of a share lies between 0 and 1, not at"):
        held_against(target, (10, 40))


def test_a_verdict_needs_a_level_above_a_half() -> None:
    with pytest.raises(StatisticsError, match=r"must lie between 0\.5 and 1, not at 0\.5"):
        held_against(0.8, (10, 40), level=0.5)
