"""The intervals of the demonstration cover the truth as often as they say."""

import numpy as np
import pytest

from sipas.demo.city import read_city
from sipas.demo.frame import draw_frame
from sipas.demo.model import GIVEN, draw_model
from sipas.demo.truth import UnitTruth, unit_truths
from sipas.report.indices.indices import prepare, rows
from sipas.report.request import EstimateRequest
from tests.demo.offline import INSTRUMENT, answered


@pytest.fixture(scope="module")
def truths() -> dict[int, list[UnitTruth]]:
    model = draw_model(draw_frame(read_city()), INSTRUMENT)
    prepared = {seed: prepare(EstimateRequest(), answered(model, seed)) for seed in range(1, 6)}
    return {seed: list(unit_truths(model, one, rows(one, ("unit",)))) for seed, one in prepared.items()}


def test_95_percent_intervals_cover_the_given_truth_in_90_to_99_percent_of_units(
    truths: dict[int, list[UnitTruth]],
) -> None:
    shares = {seed: np.mean([truth.covered for truth in of_seed]) for seed, of_seed in truths.items()}
    assert all(0.90 <= share <= 0.99 for share in shares.values()), shares
    assert 0.93 <= np.mean(list(shares.values())) <= 0.98


def test_the_city_s_given_index_is_the_published_one_within_half_a_point(
    truths: dict[int, list[UnitTruth]],
) -> None:
    for of_seed in truths.values():
        given = [truth.given for truth in of_seed if truth.given is not None]
        assert len(given) == 154
        weights = [truth.transactions for truth in of_seed]
        assert np.average(given, weights=weights) == pytest.approx(GIVEN, abs=0.005)
