"""Ranges of ranks hold the true ranks as often as they say: a small form of the study."""

import csv
from pathlib import Path

import numpy as np
import pytest

from sipas.stats.ranking import Ranks
from studies.ranks import City, every_city, find_rank_coverage, judge, least_together
from studies.settings import ITEM, VERY

KEPT = Path(__file__).parents[2] / "docs/explanation/coverage/ranks.csv"


def ranks(low: list[float], high: list[float]) -> Ranks:
    ends = np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
    return Ranks(ends[0], *ends, *ends, *ends, len(low), 0.95, 100, 1)


def test_a_range_must_hold_all_ranks_of_a_tie() -> None:
    shares = np.array([0.9, 0.8, 0.8])
    assert judge(ranks([1, 2, 2], [1, 3, 3]), shares)[:3] == (1, 1, 1)
    assert judge(ranks([1, 2, 3], [1, 2, 3]), shares)[:3] == pytest.approx((0, 0, 1 / 3))
    assert judge(ranks([1, 2, 2], [1, 3, 2]), shares)[:3] == pytest.approx((0, 0, 2 / 3))


def test_units_without_a_rank_do_not_count_among_the_others() -> None:
    shares = np.array([0.9, 0.85, 0.8])
    together, _, alone, width, ranked = judge(ranks([1, np.nan, 2], [1, np.nan, 2]), shares)
    assert (together, alone, width, ranked) == pytest.approx((1, 1, 0.5, 2 / 3))


def test_true_shares_are_mixed_with_sizes_and_the_same_in_every_round() -> None:
    for city in every_city():
        np.testing.assert_array_equal(city.shares, city.shares)
        assert len(city.n) == len(city.shares) == city.units


@pytest.mark.parametrize("truth", ["all alike, 0.85", "five ties, 0.75–0.95"])
def test_simultaneous_ranges_hold_all_ranks_at_once(truth: str) -> None:
    found = find_rank_coverage(City(ITEM, VERY, (100, 200, 800), truth, 10), 40, (4,))
    assert found.together >= least_together(found.rounds)
    assert found.alone >= 0.93
    assert found.joint >= found.together


def test_the_ranges_in_the_document_kept_hold_all_ranks_at_once() -> None:
    with KEPT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(list(every_city()))
    for row in rows:
        assert float(row["simultaneous"]) >= least_together(int(row["rounds"])), row
