from itertools import combinations
from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sipas.errors import StatisticsError
from sipas.stats.planning import invitations, margins, sample_sizes, slovin

TWO_DEVIATIONS = 2 * norm.cdf(2.0) - 1  # the level at which z is 2, as the textbooks take it
ONE_DEVIATION = 2 * norm.cdf(1.0) - 1

people = st.integers(1, 2_000_000)
fractions = st.floats(0.005, 0.4)
shares = st.floats(0.02, 0.98)


def test_cochran_s_islanders_take_356() -> None:
    """Cochran 1977, 4.4: 3,200 islanders, blood group O within 5 % but for a chance of 1 in 20."""
    assert sample_sizes(inf, 0.05, level=TWO_DEVIATIONS) == 400
    assert sample_sizes(3200, 0.05, level=TWO_DEVIATIONS) == 356


def test_a_standard_error_is_a_margin_at_one_deviation() -> None:
    """Houses of a district of 4,000, half of them owned, with a standard error of 2 %: 541 by hand."""
    n0 = 0.25 / 0.02**2
    assert sample_sizes(4000, 0.02, 0.5, level=ONE_DEVIATION) == np.ceil(n0 / (1 + (n0 - 1) / 4000)) == 541


def test_the_size_everybody_quotes_is_385_without_end_and_278_of_a_thousand() -> None:
    assert sample_sizes([inf, 1000, 100, 10, 1, 0], 0.05).tolist() == [385, 278, 80, 10, 1, 0]


def test_a_design_effect_multiplies_before_the_population_limits() -> None:
    assert sample_sizes(inf, 0.05, deff=1.5) == np.ceil(1.5 * norm.ppf(0.975) ** 2 * 100)
    assert sample_sizes(1000, 0.05, deff=1.5) == 366
    assert margins(1000, 366, deff=1.5) == pytest.approx(sqrt(1.5) * margins(1000, 366)[()])


@given(people, fractions, shares, st.floats(0.5, 4))
def test_the_size_reaches_the_margin_and_one_fewer_does_not(
    population: int, margin: float, share: float, deff: float
) -> None:
    size = int(sample_sizes(population, margin, share, deff=deff))
    assert 1 <= size <= population
    assert margins(population, size, share, deff=deff) <= margin * (1 + 1e-6)
    if size > 1:
        assert margins(population, size - 1, share, deff=deff) > margin * (1 - 1e-6)


def test_the_margin_is_that_of_all_samples_there_are() -> None:
    """The deviation of the share over all samples of 3 of 7, of which 3 are satisfied."""
    found = [sum(chosen) / 3 for chosen in combinations([1, 1, 1, 0, 0, 0, 0], 3)]
    assert margins(7, 3, 3 / 7, level=ONE_DEVIATION) == pytest.approx(np.std(found))


def test_a_complete_count_has_no_margin_and_nobody_has_none_to_give() -> None:
    assert margins([5, 1, 5, 0], [5, 1, 0, 0]).tolist() == pytest.approx([0.0, 0.0, nan, nan], nan_ok=True)


def test_slovin_is_n_over_one_plus_n_e_squared() -> None:
    assert slovin([3200, 1000, 1_000_000, 1, 0], 0.05).tolist() == [356, 286, 400, 1, 0]
    assert slovin(1000, 0.1) == 91


@given(people, st.floats(0.01, 0.4))
def test_slovin_is_the_size_for_half_and_two_deviations(population: int, margin: float) -> None:
    """But for N in place of N − 1, which is less than one response."""
    own = sample_sizes(population, margin, level=TWO_DEVIATIONS)
    assert 0 <= own - slovin(population, margin) <= 1


def test_invitations_are_responses_over_rate_and_at_most_everybody() -> None:
    assert invitations([30, 30, 0], [1000, 50, 10], 0.3).tolist() == [100, 50, 0]
    assert invitations(31, 1000, 0.3) == 104
    assert invitations(7, 7) == 7


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sample_sizes(100, 0), "the margin is 0; it must lie between 0 and 1"),
        (lambda: sample_sizes([100, 50], [0.1, 1.5]), "the margin, place 2, is 1.5; it must lie between"),
        (lambda: sample_sizes([100, -1], 0.05), "the population, place 2, is -1; it must be 0 or more"),
        (lambda: sample_sizes(nan, 0.05), "the population is nan; it must be 0 or more"),
        (lambda: sample_sizes(100, 0.05, 1.0), "the share is 1; it must lie between 0 and 1"),
        (lambda: sample_sizes(100, 0.05, level=95), "the level is 95; it must lie between 0 and 1"),
        (lambda: sample_sizes(100, 0.05, deff=0), "the design effect is 0; it must be above 0"),
        (lambda: margins(10, 11), "the responses is 11; it must not be more than the transactions"),
        (lambda: invitations(5, 10, 0), "the response rate is 0; it must lie above 0"),
        (lambda: invitations(5, 10, 1.2), "the response rate is 1.2; it must lie above 0"),
        (lambda: invitations(5.5, 10), "the responses is 5.5; it must be a whole number"),
        (lambda: slovin(10, 1), "the margin is 1; it must lie between 0 and 1"),
    ],
)
def test_what_no_size_can_be_made_from_is_named(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(StatisticsError, match=message.replace("(", r"\(")):
        call()
