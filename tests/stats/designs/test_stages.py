"""What a design by row refuses, and what it makes of stages."""

from typing import Any

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Column
from sipas.stats.designs.stages import row_design
from tests.stats.designs.continuous import row_means


def of(*values: str | None) -> Column:
    return Column.of(values)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"weight": np.array([1, -2, 1.0])}, "row 2: the weight is -2.0; it must be a number, 0 or more"),
        ({"weight": np.array([1, 1, np.inf])}, "row 3: the weight is inf"),
        ({"weight": np.array([np.nan, 1, 1])}, "row 1: the weight is nan"),
        ({"weight": np.ones(2)}, "there are 2 weights for 3 rows"),
        ({}, "rows need weights, or the population of every stage"),
        ({"weight": np.ones(3), "strata": of("a", None, "b")}, "row 2 has no value in strata"),
        ({"weight": np.ones(3), "strata": of("a", "b")}, "strata: 2 codes for 3 rows"),
        (
            {"weight": np.ones(3), "clusters": [of("k", None, "k")]},
            "row 2 has no value in the clusters of stage 1",
        ),
        (
            {"weight": np.ones(3), "strata": of("a", "b", "b"), "clusters": [of("k", "k", "m")]},
            "a cluster must lie in one stratum; in several lie: k.",
        ),
        (
            {"strata": of("a", "b", "b"), "populations": [np.array([5, 1, 1])]},
            "row 2: the population of b, 1, is smaller than what was drawn from it (2 drawn)",
        ),
        (
            {"strata": of("a", "b", "b"), "populations": [np.array([5, 8, 9])]},
            "row 2: the population of b, 8, has two values",
        ),
        ({"populations": [np.array([0, 5, 5])]}, "row 1: the population of the whole, 0, is not above 0"),
        ({"populations": [np.array([5, np.nan, 5])]}, "row 2: the population of the whole, nan, is not"),
        ({"populations": [np.array([5, 5])]}, "give populations for all 3 rows"),
    ],
)
def test_what_cannot_be_a_design_is_refused_by_name(given: dict[str, Any], message: str) -> None:
    with pytest.raises(StatisticsError) as refused:
        row_design(3, **given)
    assert message in str(refused.value)


def test_weights_come_from_the_populations_of_all_stages() -> None:
    design = row_design(
        3,
        clusters=[of("k", "k", "m"), of("1", "2", "1")],
        populations=[np.full(3, 10.0), np.array([4, 4, 7.0])],
    )
    assert design.weight.tolist() == [10, 10, 35]


def test_clusters_of_a_later_stage_may_share_names() -> None:
    design = row_design(4, weight=np.ones(4), clusters=[of("k", "k", "m", "m"), of("1", "2", "1", "2")])
    assert design.stages[1].size.tolist() == [2, 2]
    assert row_means(design, np.array([0, 1, 1, 1.0])).df.tolist() == [1]
