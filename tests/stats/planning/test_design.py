from itertools import combinations, product
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sipas.errors import StatisticsError
from sipas.stats.planning import (
    AllocationMethod,
    Conditions,
    margins,
    reach_margin,
    sample_sizes,
    stratified_margins,
)

Z = norm.ppf(0.975)
ONE_DEVIATION = 2 * norm.cdf(1.0) - 1


def deviation_of(values: list[int]) -> float:
    return float(np.std(values, ddof=1))


def test_the_margin_is_that_of_all_stratified_samples_there_are() -> None:
    first, second = [1, 1, 0, 0, 0], [1, 1, 1, 0]
    found = [
        (5 * sum(a) / 2 + 4 * sum(b) / 3) / 9
        for a, b in product(combinations(first, 2), combinations(second, 3))
    ]
    expected = stratified_margins(
        [5, 4], [2, 3], [deviation_of(first), deviation_of(second)], level=ONE_DEVIATION
    )
    assert expected.tolist() == pytest.approx([np.std(found)])


def test_one_stratum_is_a_simple_random_sample() -> None:
    spread = np.sqrt(0.2 * 0.8 * 900 / 899)
    assert stratified_margins([900], [300], [spread], deff=1.7) == pytest.approx(
        margins(900, [300], 0.2, deff=1.7)
    )
    (n,) = reach_margin([900], [spread], 0.03, Conditions(deff=1.7))
    assert n == sample_sizes(900, 0.03, 0.2, deff=1.7)


def test_groups_have_their_own_margins() -> None:
    population, responses, spread = [400, 600, 50], [40, 80, 50], [0.5, 0.3, 0.4]
    together = stratified_margins(population, responses, spread, np.array([0, 0, 1]))
    alone = stratified_margins(population[:2], responses[:2], spread[:2])
    assert together.tolist() == pytest.approx([alone[0], 0.0])


def test_a_stratum_that_nobody_is_heard_in_is_stood_for_by_the_others() -> None:
    found = stratified_margins([60, 40], [20, 0], [0.5, 0.5])
    assert found == pytest.approx(Z * np.sqrt((1 - 20 / 100) * 0.25 / 20))
    assert stratified_margins([60, 40], [0, 0], [0.5, 0.5]).tolist() == pytest.approx([nan], nan_ok=True)
    assert stratified_margins([], [], []).tolist() == pytest.approx([nan], nan_ok=True)


def closed_form(population: np.ndarray, spread: np.ndarray, margin: float, method: AllocationMethod) -> float:
    """Cochran 1977, 5.9: the n whose stratified variance is (e / z)², without rounding or bounds."""
    weight, variance = population / population.sum(), (margin / Z) ** 2
    share = {
        "equal": np.full(len(weight), 1 / len(weight)),
        "proportional": weight,
        "neyman": weight * spread / (weight * spread).sum(),
    }[method]
    own = (weight * spread**2).sum() / population.sum()
    return float((weight**2 * spread**2 / share).sum() / (variance + own))


@pytest.mark.parametrize("method", ["equal", "proportional", "neyman"])
def test_the_smallest_allocation_is_that_of_cochran_s_formula(method: AllocationMethod) -> None:
    population, spread = np.array([9000, 12000, 30000]), np.array([0.5, 0.3, 0.4])
    found = reach_margin(population, spread, 0.04, Conditions(method=method))
    assert found.sum() == pytest.approx(closed_form(population, spread, 0.04, method), abs=len(spread))


def test_neyman_takes_fewest_and_equal_most() -> None:
    population, spread = np.array([200, 3000, 9000]), np.array([0.5, 0.45, 0.2])
    sizes = {
        method: int(reach_margin(population, spread, 0.03, Conditions(method=method)).sum())
        for method in ("neyman", "proportional", "equal")
    }
    assert sizes["neyman"] < sizes["proportional"] < sizes["equal"]


strata = st.lists(st.tuples(st.integers(0, 400), st.floats(0.1, 0.5)), min_size=1, max_size=8)
conditions = st.builds(
    Conditions,
    deff=st.floats(0.8, 2),
    response_rate=st.floats(0.2, 1),
    method=st.sampled_from(["equal", "proportional", "neyman"]),
    minimum=st.integers(0, 5),
)


@given(strata, st.floats(0.02, 0.2), conditions)
def test_the_allocation_reaches_the_margin_or_takes_everybody(
    given_strata: list[tuple[int, float]], margin: float, wanted: Conditions
) -> None:
    population, spread = (np.array(column) for column in zip(*given_strata, strict=True))
    found = reach_margin(population, spread, margin, wanted)
    most = wanted.most(population)
    assert (found <= most).all()
    assert (found >= np.minimum(wanted.minimum, most)).all()
    expected = wanted.expected(found, population)
    (reached,) = stratified_margins(population, expected, spread, deff=wanted.deff)
    assert reached <= margin * (1 + 1e-6) or (found == most).all()


def test_even_everybody_may_be_too_few() -> None:
    wanted = Conditions(response_rate=0.3)
    found = reach_margin([20, 30], [0.5, 0.5], 0.05, wanted)
    assert found.tolist() == [6, 9]
    assert wanted.expected(found, np.array([20, 30])).tolist() == pytest.approx([6.0, 9.0])


def test_no_transactions_need_no_responses() -> None:
    assert reach_margin([0, 0], [0.5, 0.5], 0.05).tolist() == [0, 0]


def test_more_responses_than_transactions_are_refused() -> None:
    with pytest.raises(StatisticsError, match="the responses, place 2, is 5; it must not be more than"):
        stratified_margins([10, 4], [1, 5], [0.5, 0.5])
    with pytest.raises(StatisticsError, match="the margin is 1; it must lie between 0 and 1"):
        reach_margin([10], [0.5], 1.0)
