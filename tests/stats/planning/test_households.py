"""Household samples: probabilities over seeds, and what follows from them."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from hashlib import blake2b

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats.planning import (
    ClusterOrder,
    base_weights,
    certain_clusters,
    draw,
    draw_clusters,
    kish_grid,
    person_weights,
    response_factors,
)

SIZES = np.array([12, 30, 8, 25, 90, 17, 40, 9, 22, 33, 14, 20])
NAMES = [f"V{place:02}" for place in range(len(SIZES))]
STRATUM = np.array([0] * 6 + [1] * 6)
COUNT = np.array([3, 2])
SEEDS = 600


def inclusion() -> np.ndarray:
    """In the first stratum V04 (90 of 182, interval 61) is certain, and the others share 2 of 92."""
    expected = np.where(STRATUM == 0, 2 * SIZES / 92, 2 * SIZES / 138)
    expected[4] = 1.0
    return expected


@pytest.mark.parametrize("order", ["listed", "random"])
def test_villages_are_drawn_as_often_as_their_size_says(order: ClusterOrder) -> None:
    times, chance = np.zeros(len(SIZES)), inclusion()
    for seed in range(SEEDS):
        drawn = draw_clusters(NAMES, SIZES, STRATUM, COUNT, str(seed), order=order)
        assert np.bincount(STRATUM[drawn.rows]).tolist() == [3, 2]
        np.testing.assert_allclose(drawn.probability, chance[drawn.rows])
        times[drawn.rows] += 1
    error = np.sqrt(chance * (1 - chance) / SEEDS)
    assert (np.abs(times / SEEDS - chance) <= 4 * error).all()
    assert times[4] == SEEDS


def test_the_estimator_is_unbiased_over_seeds() -> None:
    """Villages, five households in each, one adult in each: totals weighted by 1 / Π p."""
    rng = np.random.default_rng(1)
    village = np.repeat(np.arange(len(SIZES)), SIZES)
    adults = rng.integers(1, 5, len(village))
    satisfied = (rng.random((len(village), 4)) < 0.4 + 0.04 * (village % 6)[:, None]) & (
        np.arange(4) < adults[:, None]
    )
    names = [f"{NAMES[v]}-{h}" for h, v in enumerate(village)]
    totals = np.array(
        [_estimated_totals(str(seed), village, names, adults, satisfied) for seed in range(250)]
    )
    truth = np.array([adults.sum(), satisfied.sum()])
    error = totals.std(axis=0, ddof=1) / np.sqrt(len(totals))
    assert (np.abs(totals.mean(axis=0) - truth) < 3 * error).all()
    assert (error < 0.02 * truth).all()


def _estimated_totals(
    seed: str, village: np.ndarray, names: list[str], adults: np.ndarray, satisfied: np.ndarray
) -> tuple[float, float]:
    drawn = draw_clusters(NAMES, SIZES, STRATUM, COUNT, seed)
    size = np.zeros(len(SIZES), dtype=np.int64)
    size[drawn.rows] = 5
    households = draw(names, village, size, seed)
    chance = np.zeros(len(SIZES))
    chance[drawn.rows] = drawn.probability
    rows = households.rows
    weight = person_weights(base_weights(chance[village[rows]], households.probability), adults[rows])
    grid = kish_grid([names[row] for row in rows], seed)
    chosen = grid[np.arange(len(rows)), adults[rows] - 1] - 1
    return float(weight.sum()), float(weight @ satisfied[rows, chosen])


def test_a_draw_is_what_it_was_when_this_was_written() -> None:
    """A draw published once can be repeated by every later version, on every machine."""
    drawn = draw_clusters(NAMES, SIZES, STRATUM, COUNT, "Hà Nội 2026", label="AB".__getitem__)
    assert [NAMES[row] for row in drawn.rows] == [
        *by_hand([0, 1, 2, 3, 5], 2, "A", "V04"),
        *by_hand(range(6, 12), 2, "B"),
    ]
    u = number("adult", "V01-7")
    assert kish_grid(["V01-7"], "Hà Nội 2026").tolist() == [[int(u * k) + 1 for k in range(1, 11)]]


def number(*parts: str) -> Fraction:
    """The permanent random number of a text, as docs/guides/households.md tells anybody to compute it."""
    key = blake2b("Hà Nội 2026".encode()).digest()
    digest = blake2b("\x1f".join(parts).encode(), key=key, digest_size=16).digest()
    return Fraction(int.from_bytes(digest), 2**128)


def by_hand(rows: Sequence[int], count: int, label: str, *certain: str) -> list[str]:
    """Villages in which a point falls, in exact fractions."""
    total = int(SIZES[list(rows)].sum())
    points = [(k + number("start", label)) * total / count for k in range(count)]
    found, end = list(certain), 0
    for row in rows:
        found += [NAMES[row] for point in points if end <= point < end + int(SIZES[row])]
        end += int(SIZES[row])
    return sorted(found)


def test_the_order_of_the_list_plays_no_part_if_it_is_random() -> None:
    backwards = np.arange(len(SIZES))[::-1]
    first = draw_clusters(NAMES, SIZES, STRATUM, COUNT, "s", order="random")
    second = draw_clusters(
        [NAMES[row] for row in backwards], SIZES[backwards], STRATUM[backwards], COUNT, "s", order="random"
    )
    assert [NAMES[row] for row in first.rows] == [NAMES[backwards[row]] for row in second.rows]


def test_sizes_as_large_as_the_interval_are_certain_one_after_the_other() -> None:
    """100 of 160 is certain for two; then 30 of 60 is not for one, but 60 of 60 is."""
    assert certain_clusters(np.array([100, 30, 30]), 2).tolist() == [True, False, False]
    assert certain_clusters(np.array([100, 60]), 2).tolist() == [True, True]
    assert certain_clusters(np.array([50, 30, 10, 10]), 2).tolist() == [True, False, False, False]
    assert certain_clusters(np.array([50, 40, 5, 5]), 3).tolist() == [True, True, False, False]


def test_each_adult_has_the_same_chance_for_every_number_of_adults() -> None:
    grid = kish_grid([str(place) for place in range(6000)], "s")
    assert (grid[:, 0] == 1).all()
    for k in range(2, 11):
        share = np.bincount(grid[:, k - 1], minlength=k + 1)[1:] / len(grid)
        assert (np.abs(share - 1 / k) < 4 * np.sqrt(1 / k * (1 - 1 / k) / len(grid))).all()


def test_weights_are_the_inverse_of_all_stages_times_the_adults() -> None:
    weight = base_weights([0.5, 1.0], [0.1, 0.25], 0.5)
    np.testing.assert_allclose(weight, [40, 8])
    np.testing.assert_allclose(person_weights(weight, [3, 6], most=4), [120, 32])
    np.testing.assert_allclose(response_factors([10, 10], [8, 0]), [1.25, np.nan])


@pytest.mark.parametrize(
    ("work", "problem"),
    [
        (
            lambda: draw_clusters(NAMES, SIZES * 0, STRATUM, COUNT, "s"),
            "the size, place 1, is 0; it must be above 0",
        ),
        (
            lambda: draw_clusters(["V"] * 12, SIZES, STRATUM, COUNT, "s"),
            "two clusters have the same identifier",
        ),
        (lambda: draw_clusters(NAMES, SIZES, STRATUM, [7, 2], "s"), r"than there are: 0 \(7 of 6\)"),
        (lambda: draw_clusters(NAMES, SIZES, STRATUM, COUNT, ""), "the seed is empty"),
        (lambda: base_weights([0.5, 0.0]), "the probability of stage 1, place 2, is 0"),
        (lambda: base_weights(), "at least one stage"),
        (lambda: person_weights([10.0], [0]), "must be 1 or more where one was interviewed"),
        (lambda: response_factors([3], [4]), "must not be more than the households drawn"),
    ],
)
def test_what_no_household_sample_has_is_refused(work: Callable[[], object], problem: str) -> None:
    with pytest.raises(StatisticsError, match=problem):
        work()
