import csv
from dataclasses import astuple

import numpy as np
import pytest
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats.ranking import Ranks, rank_domains
from tests.stats.goldens import REFERENCE

Rows = NDArray[np.float64]


def ranges(ranks: Ranks) -> Rows:
    return np.array(astuple(ranks)[:7])


def pisa() -> tuple[list[str], Rows, Rows]:
    """Mathematics in PISA 2018, the example that `csranks` comes with."""
    with (REFERENCE / "csranks/pisa2018.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    score, se = np.array([[float(row["math_score"]), float(row["math_se"])] for row in rows]).T
    return [row["jurisdiction"] for row in rows], score, np.diag(se**2)


def test_ranks_of_pisa_are_those_that_csranks_documents() -> None:
    """Its vignette: the United Kingdom is 13th of 37, between 8 and 23, by 1,000 draws."""
    names, score, covariance = pisa()
    found = rank_domains(score, covariance, draws=1000)
    british = names.index("United Kingdom")
    assert (found.rank[british], found.low[british], found.high[british]) == (13, 8, 23)
    best = [names[place] for place in np.argsort(found.rank)[:5]]
    assert best == ["Japan", "Korea", "Estonia", "Netherlands", "Poland"]


def test_simultaneous_ranks_of_pisa_say_what_csranks_documents() -> None:
    """Chile, Mexico and Colombia overlap no other; Germany and Korea share rank 7 at 95 %, none at 75 %."""
    names, score, covariance = pisa()
    found = rank_domains(score, covariance)
    last = np.array([name in ("Chile", "Mexico", "Colombia") for name in names])
    assert found.low_simultaneous[last].min() > found.high_simultaneous[~last].max()
    germany, korea = names.index("Germany"), names.index("Korea")
    assert found.low_simultaneous[germany] == found.high_simultaneous[korea] == 7
    less = rank_domains(score, covariance, level=0.75)
    assert less.low_simultaneous[germany] > less.high_simultaneous[korea]


def test_those_that_may_be_among_the_best_five_are_the_twelve_of_csranks() -> None:
    names, score, covariance = pisa()
    found = rank_domains(score, covariance)
    best = [name for name, low in zip(names, found.low_simultaneous, strict=True) if low <= 5]
    assert best == [
        "Belgium", "Canada", "Denmark", "Estonia", "Finland", "Japan", "Korea", "Netherlands", "Poland",
        "Slovenia", "Sweden", "Switzerland",
    ]  # fmt: skip


def test_two_domains_rank_as_a_two_sided_test_says() -> None:
    variance = np.diag([0.5, 0.5])
    for difference, last in ((1.9, 2), (2.05, 1)):
        found = rank_domains(np.array([0.0, -difference]), variance, draws=50_000)
        assert found.high.tolist() == [last, 2]
        assert found.high_simultaneous.tolist() == [last, 2]


def test_ranges_widen_from_marginal_to_simultaneous_to_joint_and_hold_the_rank() -> None:
    _, score, covariance = pisa()
    found = rank_domains(score, covariance)
    lows, highs = ranges(found)[[1, 3, 5]], ranges(found)[[2, 4, 6]]
    assert (np.diff(lows, axis=0) <= 0).all()
    assert (np.diff(highs, axis=0) >= 0).all()
    assert (lows[0] <= found.rank).all()
    assert (found.rank <= highs[0]).all()


def correlated() -> tuple[Rows, Rows]:
    random = np.random.default_rng(8)
    pull = random.normal(size=(12, 20)) * 0.01
    return random.uniform(0.7, 0.95, 12), pull @ pull.T


def test_relabelling_the_domains_relabels_their_ranks() -> None:
    estimate, covariance = correlated()
    order = np.random.default_rng(1).permutation(12)
    moved = rank_domains(estimate[order], covariance[np.ix_(order, order)])
    np.testing.assert_array_equal(ranges(moved), ranges(rank_domains(estimate, covariance))[:, order])


def test_ranks_do_not_hang_on_the_scale_or_where_it_begins() -> None:
    estimate, covariance = correlated()
    plain = ranges(rank_domains(estimate, covariance))
    np.testing.assert_array_equal(ranges(rank_domains(estimate + 3, covariance)), plain)
    np.testing.assert_array_equal(ranges(rank_domains(100 * estimate, 100**2 * covariance)), plain)


def test_from_the_other_end_ranks_are_mirrored() -> None:
    estimate, covariance = correlated()
    plain, turned = rank_domains(estimate, covariance), rank_domains(-estimate, covariance)
    np.testing.assert_array_equal(turned.rank, 13 - plain.rank)
    np.testing.assert_array_equal(turned.low_joint, 13 - plain.high_joint)


def test_the_same_seed_gives_the_same_ranges() -> None:
    estimate, covariance = correlated()
    first, second = (ranges(rank_domains(estimate, covariance, draws=100, seed=5)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_equal_estimates_share_a_rank_and_are_never_told_apart() -> None:
    found = rank_domains(np.array([0.9, 0.5, 0.9, 0.5]), np.diag([1e-6, 1e-6, 1e-8, 1e-6]))
    assert found.rank.tolist() == [1, 3, 1, 3]
    assert found.low.tolist() == [1, 3, 1, 3]
    assert found.high.tolist() == [2, 4, 2, 4]


def test_what_cannot_or_shall_not_be_ranked_has_no_rank_and_does_not_count() -> None:
    estimate = np.array([0.9, np.nan, 0.8, 0.7, 0.6, 0.5])
    covariance = np.diag([1e-6, 1e-6, 0, 1e-6, 1e-6, 1e-6])
    df = np.array([50, 50, 50, 50, 50, 0])
    ranked = np.array([True, True, True, False, True, True])
    found = rank_domains(estimate, covariance, df, ranked)
    assert found.ranked.tolist() == [True, False, False, False, True, False]
    assert (found.count, found.rank[0], found.rank[4]) == (2, 1, 2)
    assert np.isnan(ranges(found)[:, [1, 2, 3, 5]]).all()


def test_a_domain_alone_is_first_and_last_and_none_is_nothing() -> None:
    one = rank_domains(np.array([0.5]), np.array([[0.01]]))
    np.testing.assert_array_equal(ranges(one), 1)
    assert rank_domains(np.array([np.nan]), np.array([[np.nan]])).count == 0
    assert len(rank_domains(np.zeros(0), np.zeros((0, 0))).rank) == 0


@pytest.mark.parametrize("df", [None, np.full(8, 12)])
def test_simultaneous_ranges_hold_all_true_ranks_as_often_as_they_say(df: Rows | None) -> None:
    """200 surveys of eight domains, two of them equal; variances estimated where they have few degrees."""
    random = np.random.default_rng(12)
    truth, se = np.array([1.0, 1, 0.9, 0.8, 0.4, 0.3, 0, -0.2]), np.linspace(0.1, 0.3, 8)
    rank, held, alone = 1 + (truth[:, None] < truth).sum(axis=1), 0, 0.0
    for survey in range(200):
        factor = np.ones(8) if df is None else random.chisquare(df) / df
        estimate = truth + se * random.normal(size=8)
        found = rank_domains(estimate, np.diag(se**2 * factor), df, draws=300, seed=survey)
        held += bool(((found.low_simultaneous <= rank) & (rank <= found.high_simultaneous)).all())
        alone += float(((found.low <= rank) & (rank <= found.high)).mean())
    error = 2 * np.sqrt(0.95 * 0.05 / 200)
    assert held / 200 >= 0.95 - error
    assert alone / 200 >= 0.95 - error


@pytest.mark.parametrize(
    ("covariance", "changes", "message"),
    [
        (np.eye(2), {}, "3 estimates need a covariance matrix of 3 × 3"),
        (np.eye(3), {"df": np.ones(2)}, "and 3 degrees of freedom, not 3 × 3 and 2"),
        (np.eye(3), {"level": 0.3}, "the level of ranks must be at least 0.5 and less than 1, not 0.3"),
        (np.eye(3), {"level": 1.0}, "not 1"),
        (np.eye(3), {"draws": 10}, "10 draws are too few for the level 0.95"),
        (np.array([[1, 0.5, 0], [0, 1, 0], [0, 0, 1]]), {}, "not symmetric"),
        (np.array([[1, 2, 0], [2, 1, 0], [0, 0, 1.0]]), {}, "no covariance matrix has the eigenvalue -1"),
        (np.array([[1, np.nan, 0], [np.nan, 1, 0], [0, 0, 1]]), {}, "is missing"),
    ],
)
def test_what_cannot_be_a_survey_is_refused(
    covariance: Rows, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(StatisticsError, match=message):
        rank_domains(np.array([0.7, 0.8, 0.9]), covariance, **changes)  # type: ignore[arg-type]  # bad on purpose


def test_a_range_is_a_matter_of_its_own_level() -> None:
    estimate, covariance = correlated()
    narrow, wide = (rank_domains(estimate, covariance, level=level) for level in (0.8, 0.99))
    assert (narrow.high - narrow.low).sum() < (wide.high - wide.low).sum()
    assert (narrow.low >= wide.low).all()
    assert (narrow.high <= wide.high).all()
    assert narrow.count == wide.count == 12
