"""The study's draws have the properties that it states."""

import numpy as np
import pytest

from sipas.stats import Column, WeightedCells, build_cells, estimate
from sipas.stats.estimates.effective import answers_variance_ratio
from sipas.stats.estimates.moments import Moments
from studies.coverage import telling_sizes
from studies.settings import (
    BETTER,
    EQUAL,
    FEW,
    HARDLY_HEARD,
    ITEM,
    MANY,
    MEASURES,
    SAMPLES,
    TWO_GROUPS,
    UNEQUAL,
    VERY,
    WORSE,
    Answers,
    Sample,
    Setting,
    chances,
    dissatisfied,
    sizes,
)
from studies.surveys import Surveys, draw_respondents, draw_surveys, kinds_of_respondent
from studies.thin_strata import thin_sample


def drawn(answers: Answers, sample: Sample, n: int, share: float, surveys: int) -> Surveys:
    return draw_surveys(
        answers, sample, np.full(surveys, n), np.full(surveys, share), np.random.default_rng(7)
    )


@pytest.mark.parametrize("n", [10, 33, 1000])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_stratum_and_group_has_its_share_of_the_responses(sample: Sample, n: int) -> None:
    wanted = n * np.outer(sample.responses, sample.groups).ravel()
    assert sizes(sample, n).sum() == n
    assert (np.abs(sizes(sample, n) - wanted) < 1).all()


@pytest.mark.parametrize("sample", [EQUAL, TWO_GROUPS, WORSE, BETTER], ids=lambda sample: sample.name)
def test_shares_of_strata_make_up_the_true_share(sample: Sample) -> None:
    by_stratum = dissatisfied(sample, 0.9).reshape(4, -1).mean(axis=1)
    assert by_stratum @ sample.transactions == pytest.approx(0.1)


def test_a_respondent_s_answers_correlate_as_they_should() -> None:
    """Against the definition: of two answers, E[y y'] = q² + ρ q (1 − q)."""
    for answers in (FEW, MANY):
        k, odds, q = np.arange(answers.items + 1), chances(answers, 0.1), 0.1
        both = odds @ (k * (k - 1)) / (answers.items * (answers.items - 1))
        assert odds @ k / answers.items == pytest.approx(q)
        assert (both - q**2) / (q * (1 - q)) == pytest.approx(answers.correlation)


def test_cells_summed_from_kinds_of_respondents_are_those_of_the_respondents_one_by_one() -> None:
    kinds, n = kinds_of_respondent(MANY.items), np.array([40, 60])
    counts = draw_respondents(MANY, n, np.array([0.1, 0.3]), np.random.default_rng(3))
    cell = np.repeat(np.arange(2), n).astype(np.int32)
    kind = np.concatenate([np.repeat(np.arange(MANY.items + 1), row) for row in counts])
    answers = (np.arange(MANY.items) >= kind[:, None]).astype(np.int8)
    each = build_cells(kinds.scoring, answers, {"cell": Column(cell, ("a", "b"))})
    np.testing.assert_array_equal((kinds.sums.T @ counts.T).T, each.sums)


@pytest.mark.parametrize("answers", MEASURES, ids=lambda answers: answers.name)
def test_the_worth_of_the_answers_drawn_is_that_of_the_setting(answers: Answers) -> None:
    surveys = drawn(answers, UNEQUAL, 100, 0.9, 1000)
    everyone = np.arange(len(surveys.cells))
    whole = Moments(WeightedCells(surveys.cells, surveys.weighting), surveys.measure, "share", everyone)
    assert answers_variance_ratio(whole) == pytest.approx(answers.worth, rel=0.03)


@pytest.mark.parametrize("sample", [*SAMPLES, WORSE, BETTER], ids=lambda sample: sample.name)
def test_estimates_scatter_about_the_truth_as_the_effective_sizes_say(sample: Sample) -> None:
    setting, share, count = Setting(FEW, sample, 100), 0.9, 4000
    surveys = drawn(FEW, sample, 100, share, count)
    found = estimate(WeightedCells(surveys.cells, surveys.weighting), surveys.measure, ("unit",))
    kish, telling = telling_sizes(surveys, setting, share)
    variance = share * (1 - share) / telling
    assert found.estimate.mean() == pytest.approx(share, abs=4 * np.sqrt(variance / count))
    assert found.estimate.var() == pytest.approx(variance, rel=0.12)
    np.testing.assert_allclose(found.n / found.kish / FEW.worth, kish)


@pytest.mark.parametrize("gap", [0.3, -0.3])
def test_thin_strata_lie_apart_by_so_many_points(gap: float) -> None:
    sample, n = thin_sample(0.2, 8, 2, gap)
    by_stratum = dissatisfied(sample, 0.65)
    assert sizes(sample, n).tolist() == [32] * 3 + [2] * 8
    assert by_stratum @ sample.transactions == pytest.approx(0.35)
    assert by_stratum[3:] - by_stratum[0] == pytest.approx([gap] * 8)


def test_a_stratum_that_holds_too_much_is_not_pooled() -> None:
    assert Setting(ITEM, *thin_sample(0.05, 1, 4, 0.3)).is_pooled
    assert not Setting(ITEM, *thin_sample(0.2, 1, 4, 0.3)).is_pooled
    assert not Setting(ITEM, HARDLY_HEARD, 40).is_pooled


def test_pooled_strata_are_told_from_those_that_are_not() -> None:
    assert Setting(ITEM, VERY, 20).is_pooled
    assert not Setting(ITEM, VERY, 50).is_pooled
    assert len(drawn(ITEM, VERY, 20, 0.9, 3).weighting.pools) == 3
    assert not drawn(ITEM, VERY, 50, 0.9, 3).weighting.pools
