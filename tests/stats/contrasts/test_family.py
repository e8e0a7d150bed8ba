"""Families of comparisons: adjusted as R's p.adjust does, and read as a person would."""

import numpy as np
import pytest
from scipy import stats

from sipas.errors import StatisticsError
from sipas.stats.contrasts import Differences, adjust, all_pairs, findings, with_reference

P = np.array([0.01, 0.04, 0.03, 0.005, 0.8, 0.04])


def test_p_values_are_adjusted_as_by_r() -> None:
    """p.adjust(c(.01, .04, .03, .005, .8, .04), "holm") and "BH"."""
    np.testing.assert_allclose(adjust(P), [0.05, 0.12, 0.12, 0.03, 0.8, 0.12])
    np.testing.assert_allclose(adjust(P, "bh"), [0.03, 0.048, 0.048, 0.03, 0.8, 0.048])


def test_benjamini_hochberg_is_that_of_scipy() -> None:
    p = np.random.default_rng(1).uniform(0, 1, 200) ** 3
    np.testing.assert_allclose(adjust(p, "bh"), stats.false_discovery_control(p), rtol=1e-12)


def test_a_comparison_that_could_not_be_made_is_not_one_of_the_family() -> None:
    with_gap = adjust(np.array([0.01, np.nan, 0.04]))
    np.testing.assert_allclose(with_gap, [0.02, np.nan, 0.04])
    assert len(adjust(np.array([]))) == 0
    assert np.isnan(adjust(np.array([np.nan]), "bh")).all()


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(StatisticsError, match=r"between 0 and 1, not 1\.2"):
        adjust(np.array([0.5, 1.2]))


def test_every_two_are_compared_once_and_a_reference_with_every_other() -> None:
    first, second = all_pairs(4)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [
        (0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3),
    ]  # fmt: skip
    first, second = with_reference(3, 1)
    assert (first.tolist(), second.tolist()) == ([0, 2], [1, 1])
    assert len(all_pairs(1)[0]) == len(all_pairs(0)[0]) == 0
    with pytest.raises(StatisticsError, match="one of 3 domains, not number 3"):
        with_reference(3, 3)


def test_a_finding_needs_an_adjusted_p_below_what_the_level_leaves() -> None:
    numbers = np.array([0.1, -0.1, 0.1, np.nan])
    found = Differences(
        0.95, numbers, *(np.full(4, np.nan),) * 5, np.ones(4, np.int64), np.ones(4, np.bool_), ((),) * 4
    )
    assert findings(found, np.array([0.01, 0.049, 0.051, np.nan])) == (
        "better",
        "worse",
        "cannot_tell",
        "cannot_tell",
    )
