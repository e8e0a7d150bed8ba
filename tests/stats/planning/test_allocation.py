import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sipas.errors import StatisticsError
from sipas.stats.planning import AllocationMethod, allocate
from sipas.stats.planning.allocation import filled

# library(stratallo)  # 2.2.1; the numbers are those of its README
# N <- c(3000, 4000, 5000, 2000); S <- c(48, 79, 76, 16); a <- N * S
N = np.array([3000, 4000, 5000, 2000])
S = np.array([48.0, 79.0, 76.0, 16.0])
NONE = np.zeros(4, np.int64)


@pytest.mark.parametrize(
    ("total", "lower", "upper", "expected"),
    [
        # opt(n = 190, a = a)
        (190, NONE, N, [31.376147, 68.853211, 82.798165, 6.972477]),
        # opt(n = 190, a = a, M = c(100, 90, 70, 80))
        (190, NONE, np.array([100, 90, 70, 80]), [35.121951, 77.073171, 70.0, 7.804878]),
        # opt(n = 190, a = a, m = c(50, 120, 1, 2))
        (190, np.array([50, 120, 1, 2]), N, [50.0, 120.0, 18.0, 2.0]),
        # opt(n = 1284, a = a, m = c(100, 90, 500, 50), M = c(300, 400, 800, 90))
        (
            1284,
            np.array([100, 90, 500, 50]),
            np.array([300, 400, 800, 90]),
            [228.9496, 400.0, 604.1727, 50.8777],
        ),
    ],
)
def test_neyman_within_bounds_is_that_of_stratallo(
    total: int, lower: np.ndarray, upper: np.ndarray, expected: list[float]
) -> None:
    assert filled(total, N * S, lower, upper).tolist() == pytest.approx(expected, abs=6e-5)


def test_largest_remainders_are_rounded_up() -> None:
    """31.376, 68.853, 82.798 and 6.972: three of them go up."""
    assert allocate(190, N, "neyman", deviation=S).tolist() == [31, 69, 83, 7]
    assert allocate(190, N, "neyman", deviation=S, most=[100, 90, 70, 80]).tolist() == [35, 77, 70, 8]


def test_cochran_s_two_strata_take_one_and_three() -> None:
    """Cochran 1977, exercise 5.1: values 0, 1, 2 and 4, 6, 11, and a sample of four."""
    deviation = [np.std([0, 1, 2], ddof=1), np.std([4, 6, 11], ddof=1)]
    assert allocate(4, [3, 3], "neyman", deviation=deviation).tolist() == [1, 3]
    assert allocate(4, [3, 3], "proportional").tolist() == [2, 2]


def test_of_equal_remainders_the_first_goes_up() -> None:
    assert allocate(5, [10, 10, 10], "equal").tolist() == [2, 2, 1]
    assert allocate(10, [100, 100, 100]).tolist() == [4, 3, 3]


def test_what_a_small_stratum_cannot_take_goes_to_the_others() -> None:
    assert allocate(30, [3, 100, 100], "equal").tolist() == [3, 14, 13]
    assert allocate(100, [3, 100, 100], "equal", most=[3, 20, 100]).tolist() == [3, 20, 77]


def test_a_minimum_is_all_there_are_where_there_are_fewer() -> None:
    assert allocate(100, [1, 9, 990], minimum=5).tolist() == [1, 5, 94]
    assert allocate(11, [1, 9, 990], minimum=5).tolist() == [1, 5, 5]


def test_where_all_are_alike_neyman_takes_its_minimum_until_the_others_are_full() -> None:
    assert allocate(20, [50, 50], "neyman", deviation=[0.0, 0.4], minimum=2).tolist() == [2, 18]
    assert allocate(60, [50, 50], "neyman", deviation=[0.0, 0.4], minimum=2).tolist() == [10, 50]
    assert allocate(60, [50, 50, 0], "neyman", deviation=[0.0, 0.0, 0.0]).tolist() == [30, 30, 0]


deviations = st.just(0.0) | st.floats(1e-6, 1)
strata = st.lists(st.tuples(st.integers(0, 5000), deviations, st.integers(0, 5000)), min_size=1, max_size=12)


@given(strata, st.sampled_from(["equal", "proportional", "neyman"]), st.integers(0, 6), st.floats(0, 1))
def test_an_allocation_sums_exactly_within_its_bounds_and_near_its_shares(
    given_strata: list[tuple[int, float, int]], method: AllocationMethod, minimum: int, part: float
) -> None:
    population = np.array([count for count, _, _ in given_strata])
    deviation = np.array([spread for _, spread, _ in given_strata])
    upper = np.minimum(population, [most for *_, most in given_strata])
    lower = np.minimum(minimum, upper)
    total = int(lower.sum() + round(part * int((upper - lower).sum())))
    found = allocate(total, population, method, deviation=deviation, minimum=minimum, most=upper)
    assert found.sum() == total
    assert (found >= lower).all()
    assert (found <= upper).all()
    size = {"equal": np.ones(len(upper)), "proportional": population * 1.0, "neyman": population * deviation}
    inside = (found > lower + 1) & (found < upper - 1) & (size[method] > 0)
    assume(inside.sum() > 1)
    factor = found[inside] / size[method][inside]
    slack = 1 / size[method][inside]
    assert (factor - slack).max() <= (factor + slack).min() * (1 + 1e-9)


@given(st.lists(st.tuples(st.integers(1, 8), st.floats(0.1, 1)), min_size=2, max_size=4), st.floats(0, 1))
def test_no_other_real_allocation_varies_less_than_neyman_s(
    given_strata: list[tuple[int, float]], part: float
) -> None:
    """Moving a little from any stratum to any other makes Σ N² S² / n no smaller."""
    population, deviation = (np.array(column) for column in zip(*given_strata, strict=True))
    ones = np.ones(len(population), np.int64)
    total = int(len(population) + round(part * int(population.sum() - len(population))))
    found = filled(total, population * deviation, ones, population)
    assert found.sum() == pytest.approx(total)
    best = ((population * deviation) ** 2 / found).sum()
    for here in range(len(found)):
        for there in range(len(found)):
            moved = found.copy()
            moved[here] -= 0.01
            moved[there] += 0.01
            if here != there and moved[here] >= 1 and moved[there] <= population[there]:
                assert ((population * deviation) ** 2 / moved).sum() >= best * (1 - 1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: allocate(21, [10, 10]), "21 responses cannot be spread over 2 strata that take 0 at least"),
        (lambda: allocate(3, [10, 10], minimum=2), "that take 4 at least and 20 at most"),
        (lambda: allocate(-1, [10]), "-1 responses cannot be spread"),
        (lambda: allocate(5, [10, -2]), "the population, place 2, is -2; it must be 0 or more"),
        (lambda: allocate(5, [10, 2.5]), "the population, place 2, is 2.5; it must be a whole number"),
        (lambda: allocate(5, [10], minimum=-1), "the minimum is -1; it must be 0 or more"),
        (lambda: allocate(5, [10], "neyman"), "needs the deviation of each stratum"),
        (lambda: allocate(5, [10], "neyman", deviation=[np.nan]), "the deviation, place 1, is nan"),
        (lambda: allocate(5, [10], "neyman", deviation=[np.inf]), "is inf; it must be finite"),
        (lambda: allocate(5, [10, 9], "neyman", deviation=[1.0]), "2 strata have 1 deviations"),
        (lambda: allocate(5, [10], "power"), "'power' is not one of equal, proportional, neyman"),  # type: ignore[arg-type]  # what a caller without types may say
    ],
)
def test_what_cannot_be_allocated_is_named(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(StatisticsError, match=message):
        call()
