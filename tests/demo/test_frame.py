"""The demonstration's frame: as large, uneven and patchy as a city's."""

import numpy as np
import pytest

from sipas.demo.city import read_city
from sipas.demo.frame import TRANSACTIONS, Strata, draw_frame


@pytest.fixture(scope="module")
def strata() -> Strata:
    return draw_frame(read_city())


def test_a_quarter_has_600_000_transactions_in_every_unit_of_today(strata: Strata) -> None:
    assert strata.transactions.sum() == TRANSACTIONS
    assert len(strata.city.units) == 154
    assert set(strata.unit.tolist()) == set(range(154))


def test_it_is_the_same_city_each_time(strata: Strata) -> None:
    again = draw_frame(read_city())
    assert np.array_equal(strata.transactions, again.transactions)
    assert [strata.key(h) for h in range(len(strata))] == [again.key(h) for h in range(len(again))]


def test_no_stratum_is_empty_or_named_twice(strata: Strata) -> None:
    assert strata.transactions.min() > 0
    assert len({strata.key(h) for h in range(len(strata))}) == len(strata)


def test_units_serve_what_the_city_says_and_not_all_of_it(strata: Strata) -> None:
    for h in range(len(strata)):
        unit, procedure, _ = strata.key(h)
        assert procedure in strata.city.shares[unit]
    offered = {strata.key(h)[:2] for h in range(len(strata))}
    assert len(offered) < sum(map(len, strata.city.shares.values()))


def test_sizes_are_skewed_and_small_strata_are_many(strata: Strata) -> None:
    of_unit = np.bincount(strata.unit, strata.transactions)
    assert of_unit.max() > 10 * np.median(of_unit)
    assert np.mean(strata.transactions <= 5) > 0.25
    assert strata.transactions.max() > 1000


def test_every_service_channel_is_used_and_some_units_take_no_post(strata: Strata) -> None:
    counter, online, post = np.bincount(strata.service_channel, strata.transactions) / TRANSACTIONS
    assert counter > online > post > 0.005
    assert len(set(strata.unit[strata.service_channel == 2].tolist())) < 60
