"""Citizens who answer: which transactions are heard of, over which channel, and what is said of them.

Everything here follows from the model and one seed.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from sipas.demo.frame import CITY_SEED, FloatArray, IntArray
from sipas.demo.model import ANSWER_CHANNELS, COUNTER, KIOSK, SMS, Model
from sipas.errors import InputError
from sipas.survey.instruments.forms import Form
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.intake.answer_coding import NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED

_KIOSK_LIKELIHOOD_RATIO = (
    1.6  # how much likelier a counter's customer is to answer at the kiosk than behind a link
)
_ITEM_CORRELATION = 0.5  # correlation between what one citizen thinks of two items
_SKIPS_OVERALL, _SKIPS = 0.012, 0.04
_LEAVING_CHANCE = 0.07  # before the last question
_NO_PROCEDURE_CHANCE = 0.03  # at a kiosk, who does not choose one
_NOT_MINE = {"procedures4": 0.08}  # no fee was due
_NO_FEEDBACK_CHANCE = 0.03  # had none to give

Answers = NDArray[np.int16]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Citizens:
    """One entry a respondent: stratum, answer channel, whether a procedure was named, answers in instrument
    order, and whether the survey was followed to its end.
    """

    stratum: IntArray
    channel: IntArray
    placed: Mask
    answers: Answers
    complete: Mask

    def __len__(self) -> int:
        return len(self.stratum)


def draw_citizens(model: Model, instrument: Instrument, responses: int, seed: int) -> Citizens:
    total = int(model.strata.transactions.sum())
    if responses > total:
        raise InputError(f"{responses} responses are more than the city's {total} transactions; take fewer")
    random = np.random.default_rng(seed)
    stratum, channel = _draw_respondents(model, responses, random)
    placed = (channel == SMS) | (random.random(responses) >= _NO_PROCEDURE_CHANCE)
    said = say(model.said(stratum, channel), random)
    leaves, complete = _draw_leaving(instrument, channel, random)
    answers = _keep_asked(said, instrument, channel, leaves, random)
    return Citizens(stratum, channel, placed, answers, complete)


def _draw_respondents(model: Model, responses: int, random: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Each transaction races to answer, at the kiosk and behind a link; the first come are heard.

    So no citizen answers twice, and a stratum's respondents are a random sample of it.
    """
    rates = _draw_rates(model)
    stratum = np.repeat(np.arange(len(model.strata)), model.strata.transactions)
    with np.errstate(divide="ignore"):
        arrival = random.exponential(1.0, (len(stratum), len(ANSWER_CHANNELS))) / rates[stratum]
    first = np.argsort(arrival.min(axis=1))[:responses]
    return stratum[first], arrival[first].argmin(axis=1)


def _draw_rates(model: Model) -> FloatArray:
    """[strata, answer channels]: readiness to answer; by unit, procedure and, a little, how well it went."""
    random = np.random.default_rng(CITY_SEED + 2)
    strata = model.strata
    by_unit = random.normal(0.0, 0.3, (len(strata.city.units), len(ANSWER_CHANNELS)))
    by_procedure = random.normal(0.0, 0.15, (len(strata.city.procedures), len(ANSWER_CHANNELS)))
    went_well = model.overall - np.average(model.overall, weights=strata.transactions)
    rates: FloatArray = np.exp(
        by_unit[strata.unit] + by_procedure[strata.procedure] + 0.15 * went_well[:, np.newaxis]
    )
    rates[:, KIOSK] *= np.where(strata.service_channel == COUNTER, _KIOSK_LIKELIHOOD_RATIO, 0.0)
    return rates


def say(chances: FloatArray, random: np.random.Generator, mood: FloatArray | None = None) -> Answers:
    """Points 1 to 5: satisfied with just the chance given, a citizen's answers alike (Gaussian copula).

    mood: [citizens, 1], standard normal; drawn if it is not given.
    """
    citizens, items = chances.shape
    mood = random.standard_normal((citizens, 1)) if mood is None else mood
    latent = np.sqrt(_ITEM_CORRELATION) * mood + np.sqrt(1 - _ITEM_CORRELATION) * random.standard_normal(
        (citizens, items)
    )
    rank = scipy.special.ndtr(latent)
    below = rank / (1 - chances)  # place among the dissatisfied
    above = (rank - (1 - chances)) / chances  # place among the satisfied
    points = 1 + (below > 0.12) + (below > 0.38) + (below > 1) + (above > 0.58)
    whole: Answers = points.astype(np.int16)
    return whole


def _draw_leaving(
    instrument: Instrument, channel: IntArray, random: np.random.Generator
) -> tuple[IntArray, Mask]:
    """After how many of the form's steps each citizen stops, and whether that is the end."""
    steps = np.array([len(instrument.form_for(name).steps) for name in ANSWER_CHANNELS])[channel]
    stays = random.random(len(channel)) >= _LEAVING_CHANCE
    return np.where(stays, steps, random.integers(1, steps)), stays


def _keep_asked(
    said: Answers, instrument: Instrument, channel: IntArray, leaves: IntArray, random: np.random.Generator
) -> Answers:
    """Keep the answers given. Forms draw items, people skip items or leave, and some items do not apply."""
    skip, not_mine = _chances_to_miss(instrument)
    answers = np.where(random.random(said.shape) < not_mine, NOT_APPLICABLE, said).astype(np.int16)
    silent = random.random(said.shape) < skip
    silent[:, 0] &= leaves > 1  # who leaves after one question has answered it
    answers[silent] = NOT_ANSWERED
    for code, name in enumerate(ANSWER_CHANNELS):
        here = np.flatnonzero(channel == code)
        asked, reached = _follow_form(instrument, instrument.form_for(name), leaves[here], random)
        answers[here] = np.where(asked, np.where(reached, answers[here], NOT_ANSWERED), NOT_ASKED)
    return answers


def _follow_form(
    instrument: Instrument, form: Form, leaves: IntArray, random: np.random.Generator
) -> tuple[Mask, Mask]:
    """[citizens, items]: what the form asks each, by its draws, and what they reach before they leave."""
    ids = [item.id for item in instrument.items()]
    asked, reached = np.zeros((2, len(leaves), len(ids)), bool)
    for number, step in enumerate(form.steps):
        places = np.array([ids.index(item.id) for item in instrument.asked_by(step)])
        order = np.argsort(random.random((len(leaves), len(places))), axis=1)
        np.put_along_axis(asked, places[order[:, : step.draw or len(places)]], True, axis=1)
        reached[np.ix_(leaves > number, places)] = True
    return asked, reached


def _chances_to_miss(instrument: Instrument) -> tuple[FloatArray, FloatArray]:
    """By item: of being skipped, of not applying."""
    ids = [item.id for item in instrument.items()]
    skip = np.full(len(ids), _SKIPS)
    skip[: len(instrument.questions)] = _SKIPS_OVERALL
    not_mine = np.array([_NOT_MINE.get(item, 0.0) for item in ids])
    for factor in instrument.factors:
        if factor.id == "feedback":
            not_mine[[ids.index(item.id) for item in factor.items]] = _NO_FEEDBACK_CHANCE
    return skip, not_mine
