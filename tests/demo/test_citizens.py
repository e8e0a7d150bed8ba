"""Citizens' answers: seeded, never more than there were transactions, and as the forms ask."""

import numpy as np
import pytest

from sipas.demo.citizens import Citizens, draw_citizens, say
from sipas.demo.city import CITY_FOLDER, read_city
from sipas.demo.frame import draw_frame
from sipas.demo.model import COUNTER, KIOSK, SMS, Model, draw_model
from sipas.errors import InputError
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.intake.answer_coding import NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED
from tests.demo.hamlet import hamlet

INSTRUMENT = read_instrument((CITY_FOLDER / "instrument.toml").read_bytes())
ITEMS = [item.id for item in INSTRUMENT.items()]


@pytest.fixture(scope="module")
def model() -> Model:
    return draw_model(draw_frame(read_city()), INSTRUMENT)


@pytest.fixture(scope="module")
def citizens(model: Model) -> Citizens:
    return draw_citizens(model, INSTRUMENT, 20_000, 1)


def test_the_same_seed_gives_the_same_answers_and_another_seed_others(model: Model) -> None:
    one, same, other = (draw_citizens(model, INSTRUMENT, 500, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.answers, same.answers)
    assert np.array_equal(one.stratum, same.stratum)
    assert not np.array_equal(one.stratum, other.stratum)


def test_a_stratum_never_answers_more_often_than_it_was_served() -> None:
    everybody = draw_citizens(hamlet(), INSTRUMENT, 149, 1)
    assert np.bincount(everybody.stratum).tolist() == [60, 30, 10, 20, 20, 9]


def test_more_citizens_than_transactions_are_refused() -> None:
    with pytest.raises(InputError, match="150 responses are more than the city's 149 transactions"):
        draw_citizens(hamlet(), INSTRUMENT, 150, 1)


def test_kiosks_stand_at_counters_and_both_channels_are_used(model: Model, citizens: Citizens) -> None:
    at_kiosk = citizens.channel == KIOSK
    assert (model.strata.service_channel[citizens.stratum[at_kiosk]] == COUNTER).all()
    assert 0.35 < at_kiosk.mean() < 0.65


def test_a_few_at_kiosks_name_no_procedure(citizens: Citizens) -> None:
    assert citizens.placed[citizens.channel == SMS].all()
    assert 0.01 < np.mean(~citizens.placed[citizens.channel == KIOSK]) < 0.05


def test_a_kiosk_asks_the_overall_question_and_one_of_each_factor(citizens: Citizens) -> None:
    asked = citizens.answers[citizens.channel == KIOSK] != NOT_ASKED
    assert asked[:, 0].all()
    for factor in INSTRUMENT.factors:
        of_factor = asked[:, [ITEMS.index(item.id) for item in factor.items]]
        assert (of_factor.sum(axis=1) == 1).all()
        assert of_factor.mean(axis=0) == pytest.approx(1 / len(factor.items), abs=0.02)


def test_a_link_asks_everything(citizens: Citizens) -> None:
    assert (citizens.answers[citizens.channel == SMS] != NOT_ASKED).all()


def test_everybody_answers_something_and_some_skip_or_leave(citizens: Citizens) -> None:
    answers = citizens.answers
    assert ((answers >= 1).sum(axis=1) >= 1).all()
    assert 0.02 < np.mean(~citizens.complete) < 0.12
    assert 0.005 < np.mean(answers[:, 0] == NOT_ANSWERED) < 0.03
    assert (answers == NOT_APPLICABLE).any()
    assert set(np.unique(answers)) == {NOT_ASKED, NOT_APPLICABLE, NOT_ANSWERED, 1, 2, 3, 4, 5}


def test_who_leaves_answers_nothing_after(citizens: Citizens) -> None:
    left = citizens.answers[(citizens.channel == SMS) & ~citizens.complete]
    last = [ITEMS.index(item.id) for item in INSTRUMENT.factors[-1].items]
    assert (left[:, last] == NOT_ANSWERED).all()


def test_readiness_to_answer_differs_by_unit(model: Model, citizens: Citizens) -> None:
    heard = np.bincount(model.strata.unit[citizens.stratum], minlength=154)
    rate = heard / np.bincount(model.strata.unit, model.strata.transactions)
    assert np.quantile(rate, 0.9) > 1.3 * np.quantile(rate, 0.1)


def test_citizens_are_satisfied_with_the_chance_given_and_alike_in_all_items() -> None:
    chances = np.repeat([[0.2, 0.5, 0.95]], 50_000, axis=0)
    points = say(chances, np.random.default_rng(1))
    assert set(np.unique(points)) == {1, 2, 3, 4, 5}
    assert (points >= 4).mean(axis=0) == pytest.approx([0.2, 0.5, 0.95], abs=0.01)
    assert np.corrcoef(points[:, 0] >= 4, points[:, 1] >= 4)[0, 1] > 0.2
