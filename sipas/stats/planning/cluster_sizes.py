"""How many clusters and households a margin of error takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.planning import given
from sipas.stats.planning.sizes import RELATIVE_ROUNDING_OF_SIZES, margins, sample_sizes


@dataclass(frozen=True)
class ClusterSample:
    """A sample of clusters and the margin to expect of it.

    Parameters
    ----------
    clusters, households : int
        First-stage clusters, and households to visit in all of them.
    expected : float
        Responses.
    deff : float
    margin : float
        Half the width of the interval.
    """

    clusters: int
    households: int
    expected: float
    deff: float
    margin: float


@dataclass(frozen=True)
class ClusterConditions:
    """Expected properties of the answers.

    Parameters
    ----------
    deff : float
        Design effect of the sample, clusters and weights included.
    share : float
        Of satisfied; 0.5 asks for the most.
    level : float
        Of confidence.
    response_rate : float
        Of the visited households; above 0 and at most 1.
    population : float
        People whom the sample stands for; may be infinite.
    """

    deff: float
    share: float = 0.5
    level: float = 0.95
    response_rate: float = 1.0
    population: float = np.inf


def nested_design_effect(
    sizes: Sequence[float], correlations: Sequence[float], weighting: float = 1.0
) -> float:
    """Return the design effect of clusters inside clusters.

    deff = w (1 + Σ_s (n_s − 1) Π_{t<s} n_t roh_s); with one stage w (1 + (b − 1) roh) (Kish 1965, 5.4). roh_s
    is the correlation of two responses that share a cluster of stage s and none of a stage further in.

    Parameters
    ----------
    sizes : sequence of float
        n_s: the innermost first. Responses of a village, then villages of a commune.
    correlations : sequence of float
        roh_s of each.
    weighting : float
        w, the effect of unequal weights, 1 + cv²(w) (Kish 1992).

    Raises
    ------
    StatisticsError
        Sizes below 0, correlations outside [−1, 1], or a weighting effect below 1.
    """
    if len(sizes) != len(correlations):
        raise StatisticsError(f"{len(sizes)} stages have {len(correlations)} correlations")
    given.numbers("the size", sizes)
    roh = np.asarray(correlations, dtype=np.float64)
    given.require("the correlation", roh, np.abs(roh) <= 1, "must lie between -1 and 1")
    given.require(
        "the weighting effect", np.asarray(weighting), np.asarray(weighting >= 1), "must be 1 or more"
    )
    effect, inside = 1.0, 1.0
    for size, one in zip(sizes, correlations, strict=True):
        effect += (size - 1) * inside * one
        inside *= size
    if not effect > 0:
        raise StatisticsError(f"the correlations give a design effect of {effect:g}; it must be above 0")
    return float(weighting * effect)


def optimal_cluster_size(cost_cluster: float, cost_household: float, correlation: float) -> float:
    """Return the responses a cluster that give the smallest variance for a budget.

    b* = √(c₁ / c₂ · (1 − roh) / roh) with the cost c₁ of a cluster and c₂ of a response (Kish 1965, 8.3;
    Cochran 1977, 10.6). The variance changes little around it: half or double b* costs about a tenth.

    Raises
    ------
    StatisticsError
        Costs or a correlation not above 0, or a correlation of 1 or more.
    """
    for name, cost in (("the cost of a cluster", cost_cluster), ("the cost of a household", cost_household)):
        given.require(name, np.asarray(cost), np.asarray(np.isfinite(cost) and cost > 0), "must be above 0")
    given.between("the correlation", correlation, 0, 1)
    return float(np.sqrt(cost_cluster / cost_household * (1 - correlation) / correlation))


def clusters_for_margin(margin: float, households: int, conditions: ClusterConditions) -> ClusterSample:
    """Return the fewest clusters of so many households that reach a margin.

    Responses n by `sample_sizes`; clusters n / (households · response rate), rounded up.

    Parameters
    ----------
    margin : float
        As a fraction.
    households : int
        To visit in each first-stage cluster.
    conditions : ClusterConditions

    Raises
    ------
    StatisticsError
        What `sample_sizes` refuses, or a population too small for the margin at this response rate.
    """
    wanted = sample_sizes(
        conditions.population, margin, conditions.share, level=conditions.level, deff=conditions.deff
    )
    n, most = int(wanted), conditions.population * conditions.response_rate
    if n > most * (1 + RELATIVE_ROUNDING_OF_SIZES):
        raise StatisticsError(
            f"a margin of {margin:g} takes {n} responses, and {conditions.population:g} people at a response"
            f" rate of {conditions.response_rate:g} give {most:.0f}; widen the margin"
        )
    each = households * conditions.response_rate
    clusters = max(int(np.ceil(n / each * (1 - RELATIVE_ROUNDING_OF_SIZES))), 1)
    return margin_of_clusters(clusters, households, conditions)


def margin_of_clusters(clusters: int, households: int, conditions: ClusterConditions) -> ClusterSample:
    """Return the margin to expect of so many clusters of so many households; see `margins`."""
    rate = np.asarray(conditions.response_rate)
    given.require("the response rate", rate, (rate > 0) & (rate <= 1), "must lie above 0 and at most at 1")
    expected = min(clusters * households * conditions.response_rate, conditions.population)
    reached = margins(
        conditions.population, expected, conditions.share, level=conditions.level, deff=conditions.deff
    )
    return ClusterSample(clusters, clusters * households, expected, conditions.deff, float(reached))
