from collections.abc import Callable

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats.planning import (
    ClusterConditions,
    clusters_for_margin,
    margin_of_clusters,
    margins,
    nested_design_effect,
    optimal_cluster_size,
)


def simulated_effect(households: int, villages: int, roh: tuple[float, float]) -> float:
    """The variance of a commune's mean over that of independent answers, from the covariance matrix."""
    village = np.repeat(np.arange(villages), households)
    same = village[:, None] == village
    covariance = np.where(same, roh[0], roh[1]) + np.eye(len(village)) * (1 - roh[0])
    return float(covariance.sum() / len(village))


def test_the_design_effect_is_the_mean_of_all_correlations() -> None:
    assert nested_design_effect([10], [0.05]) == pytest.approx(simulated_effect(10, 1, (0.05, 0.0)))
    assert nested_design_effect([8, 3], [0.06, 0.02]) == pytest.approx(simulated_effect(8, 3, (0.06, 0.02)))
    assert nested_design_effect([10], [0.05], weighting=1.2) == pytest.approx(1.2 * 1.45)


def test_the_optimal_cluster_has_the_smallest_variance_for_its_budget() -> None:
    best = optimal_cluster_size(400, 25, 0.05)
    assert best == pytest.approx(np.sqrt(400 / 25 * 0.95 / 0.05))

    def variance_for_one_unit_of_money(size: float) -> float:
        return nested_design_effect([size], [0.05]) / size * (400 + 25 * size)

    costs = [variance_for_one_unit_of_money(size) for size in (best * 0.8, best, best * 1.25)]
    assert min(costs) == costs[1]
    assert variance_for_one_unit_of_money(best / 2) / costs[1] < 1.15


@pytest.mark.parametrize("population", [np.inf, 5000.0])
@pytest.mark.parametrize("rate", [1.0, 0.7])
def test_the_fewest_clusters_that_reach_the_margin(population: float, rate: float) -> None:
    conditions = ClusterConditions(deff=1.7, share=0.8, response_rate=rate, population=population)
    found = clusters_for_margin(0.03, 12, conditions)
    assert found.households == 12 * found.clusters
    assert found.expected == pytest.approx(found.households * rate)
    assert found.margin <= 0.03 < margin_of_clusters(found.clusters - 1, 12, conditions).margin
    assert found.margin == pytest.approx(float(margins(population, found.expected, 0.8, deff=1.7)))


@pytest.mark.parametrize(
    ("work", "problem"),
    [
        (lambda: nested_design_effect([10], [1.5]), "must lie between -1 and 1"),
        (lambda: nested_design_effect([10], [-0.2]), "a design effect of -0.8; it must be above 0"),
        (lambda: nested_design_effect([10], []), "1 stages have 0 correlations"),
        (lambda: nested_design_effect([10], [0.1], 0.9), "the weighting effect is 0.9; it must be 1 or more"),
        (lambda: optimal_cluster_size(0, 25, 0.05), "the cost of a cluster is 0; it must be above 0"),
        (lambda: optimal_cluster_size(9, 25, 0.0), "the correlation is 0; it must lie between 0 and 1"),
        (
            lambda: clusters_for_margin(0.01, 5, ClusterConditions(1.5, response_rate=0.5, population=900)),
            "900 people at a response rate of 0.5 give 450; widen the margin",
        ),
        (
            lambda: margin_of_clusters(5, 5, ClusterConditions(1.5, response_rate=0.0)),
            "the response rate is 0; it must lie above 0",
        ),
    ],
)
def test_what_no_sample_has_is_refused(work: Callable[[], object], problem: str) -> None:
    with pytest.raises(StatisticsError, match=problem):
        work()
