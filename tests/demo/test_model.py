"""The satisfaction of the demonstration's citizens, and their answers."""

import numpy as np
import pytest

from sipas.demo.city import CITY_FOLDER, read_city
from sipas.demo.frame import draw_frame
from sipas.demo.model import COUNTER, GIVEN, KIOSK, SMS, Model, draw_model
from sipas.survey.instruments.reading import read_instrument
from tests.demo.hamlet import AT_KIOSK, PRIVATE, hamlet

INSTRUMENT = read_instrument((CITY_FOLDER / "instrument.toml").read_bytes())


@pytest.fixture(scope="module")
def model() -> Model:
    return draw_model(draw_frame(read_city()), INSTRUMENT)


def test_the_city_is_centred_on_the_published_index(model: Model) -> None:
    at_kiosk = np.where(model.strata.service_channel == COUNTER, 0.5, 0.0)
    given = model.given()
    mixed = at_kiosk * given[:, KIOSK] + (1 - at_kiosk) * given[:, SMS]
    assert np.average(mixed, weights=model.strata.transactions) == pytest.approx(GIVEN, abs=1e-9)


def test_what_is_said_is_kinder_than_what_is_thought_most_of_all_at_a_kiosk(model: Model) -> None:
    private, given = model.private(), model.given()
    assert (private < given[:, SMS]).all()
    assert (given[:, SMS] < given[:, KIOSK]).all()
    assert 0.02 < np.average(given[:, KIOSK] - private, weights=model.strata.transactions) < 0.10


def test_units_differ_as_provinces_do(model: Model) -> None:
    strata = model.strata
    satisfied = np.bincount(strata.unit, strata.transactions * model.given()[:, SMS])
    of_unit = satisfied / np.bincount(strata.unit, strata.transactions)
    assert 0.60 < of_unit.min() < 0.80
    assert 0.90 < of_unit.max() < 0.97


def test_what_citizens_say_of_the_overall_question_is_the_given_share(model: Model) -> None:
    stratum, channel = np.array([3, 3, 77]), np.array([KIOSK, SMS, SMS])
    said = model.said(stratum, channel)
    assert said.shape == (3, 23)
    assert said[:, 0] == pytest.approx(model.given()[stratum, channel])


def test_kindness_is_added_on_the_scale_of_log_odds() -> None:
    model = hamlet()
    assert model.private() == pytest.approx(PRIVATE)
    assert model.given()[:, KIOSK] == pytest.approx(AT_KIOSK)
    assert model.given()[:, SMS] == pytest.approx(PRIVATE)
