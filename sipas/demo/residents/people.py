"""Residents who answer: where they live, over which channel they answer, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sipas.demo.citizens import Answers, say
from sipas.demo.frame import FloatArray, IntArray
from sipas.demo.residents.model import AGES, SEXES, SMS, TABLET, WEB, ResidentModel
from sipas.demo.residents.places import Address, Places
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.intake.answer_coding import AnswerValue

_WEB_SHARE, _TABLET_SHARE = 0.3, 0.2  # of the answers; the others come behind links
_KINH = 0.985
_EDUCATION: Final = {  # by age, of the levels in the order of the form
    0: (0.0, 0.01, 0.09, 0.45, 0.44, 0.01),
    1: (0.0, 0.01, 0.1, 0.3, 0.52, 0.07),
    2: (0.0, 0.03, 0.2, 0.33, 0.38, 0.06),
    3: (0.01, 0.08, 0.34, 0.34, 0.2, 0.03),
    4: (0.03, 0.2, 0.37, 0.25, 0.13, 0.02),
}
_OCCUPATION: Final = {
    0: (0.03, 0.3, 0.03, 0.12, 0.45, 0.0, 0.07),
    1: (0.06, 0.42, 0.14, 0.24, 0.02, 0.0, 0.12),
    2: (0.12, 0.33, 0.16, 0.27, 0.0, 0.01, 0.11),
    3: (0.18, 0.18, 0.12, 0.26, 0.0, 0.14, 0.12),
    4: (0.12, 0.02, 0.01, 0.12, 0.0, 0.6, 0.13),
}
_CHANNELS_OF_NEWS: Final = {  # q2 by age
    0: (0.2, 0.35, 0.08, 0.72, 0.9, 0.12, 0.12),
    1: (0.28, 0.45, 0.1, 0.74, 0.86, 0.2, 0.16),
    2: (0.4, 0.58, 0.14, 0.62, 0.75, 0.35, 0.22),
    3: (0.55, 0.72, 0.2, 0.45, 0.56, 0.52, 0.28),
    4: (0.68, 0.84, 0.26, 0.25, 0.34, 0.62, 0.32),
}
_TROUBLED = {
    "q5": (0.09, 0.11),
    "q6": (0.07, 0.09),
}  # share of users with some trouble; and how much mood moves it
_OFTEN = 0.2  # of those
_YES = {"q8_1": 0.45, "q8_2": 0.55, "q8_5": 0.3, "q8_6": 0.12, "q8_7": 0.08}
_HIGH = {"interest": 0.74, "suitability": 0.72, "willingness": 0.66, "expectation": 0.88}  # by scale
_ADULTS = (0.1, 0.44, 0.24, 0.16, 0.06)  # households of 1 to 5 adults


@dataclass(frozen=True)
class Residents:
    """One entry a person. address: of those whom an interviewer visited. answers: by item, of all items."""

    commune: IntArray
    channel: IntArray
    kind: IntArray
    addresses: Mapping[int, Address]
    adults: IntArray
    answers: list[dict[str, AnswerValue]]
    rated: Answers

    def __len__(self) -> int:
        return len(self.commune)

    def over(self, channel: int) -> list[int]:
        return np.flatnonzero(self.channel == channel).tolist()


def draw_residents(
    model: ResidentModel, places: Places, instrument: Instrument, people: int, seed: int
) -> Residents:
    random = np.random.default_rng((seed, 2))
    households = Address.all_of(places)
    on_tablet = min(int(people * _TABLET_SHARE), len(households))
    on_web = int(people * _WEB_SHARE)
    channel = np.repeat([SMS, WEB, TABLET], [people - on_web - on_tablet, on_web, on_tablet])
    visited = random.choice(len(households), on_tablet, replace=False).tolist()
    addresses = {people - on_tablet + i: households[place] for i, place in enumerate(visited)}
    commune = random.choice(len(places.communes), people, p=places.adults / places.adults.sum())
    commune[list(addresses)] = [address.commune for address in addresses.values()]
    kind = _draw_each(model.mix[channel], random)
    mood = random.standard_normal((people, 1))
    rated = say(model.chances[commune, channel, kind], random, mood)
    adults = 1 + random.choice(len(_ADULTS), people, p=_ADULTS)
    answers = _answers(instrument, model, kind, mood[:, 0], rated, random)
    return Residents(commune, channel, kind, addresses, adults, answers, rated)


def _draw_each(shares: FloatArray, random: np.random.Generator) -> IntArray:
    """Draw a column for each row, by the row's shares."""
    bounds = np.cumsum(shares, axis=1)
    found: IntArray = (random.random((len(shares), 1)) * bounds[:, -1:] > bounds).sum(axis=1)
    return found


def _answers(
    instrument: Instrument,
    model: ResidentModel,
    kind: IntArray,
    mood: FloatArray,
    rated: Answers,
    random: np.random.Generator,
) -> list[dict[str, AnswerValue]]:
    sex, age, user = model.kinds[kind].T
    columns: dict[str, list[AnswerValue]] = {
        "sex": [SEXES[code] for code in sex],
        "age": [AGES[code] for code in age],
        "ethnicity": np.where(random.random(len(kind)) < _KINH, "kinh", "other").tolist(),
    }
    for item, shares in (("education", _EDUCATION), ("occupation", _OCCUPATION)):
        chosen = _draw_each(np.array([shares[code] for code in age.tolist()]), random)
        columns[item] = _codes(instrument, item, chosen)
    for item, share in _YES.items():
        columns[item] = (random.random(len(kind)) < share).tolist()
    branch = random.random(len(kind)) < 0.6
    columns["q8_3"] = (branch & (user == 1)).tolist()
    columns["q8_4"] = ((~branch | (random.random(len(kind)) < 0.4)) & (user == 1)).tolist()
    for item, (level, slope) in _TROUBLED.items():
        met = (random.random(len(kind)) < np.clip(level - slope * mood, 0, 1)) & (user == 1)
        columns[item] = _codes(instrument, item, met * (1 + (random.random(len(kind)) < _OFTEN)))
    columns |= _other_ratings(instrument, mood, random)
    columns |= dict(zip(model.items, rated.T.tolist(), strict=True))
    found = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for answers, channels in zip(found, _news(instrument, age, random), strict=True):
        answers["q2"] = channels
    return found


def _codes(instrument: Instrument, item: str, chosen: IntArray) -> list[AnswerValue]:
    options = instrument.items_by_id[item].options
    return [options[place].code for place in chosen.tolist()]


def _news(instrument: Instrument, age: IntArray, random: np.random.Generator) -> list[AnswerValue]:
    """Return the channels from which each learns of policies: at least one."""
    chance = np.array([_CHANNELS_OF_NEWS[code] for code in age.tolist()])
    chosen = random.random(chance.shape) < chance
    chosen[np.arange(len(chance)), chance.argmax(axis=1)] |= ~chosen.any(axis=1)
    options = [option.code for option in instrument.items_by_id["q2"].options]
    return [[options[place] for place in np.flatnonzero(row)] for row in chosen]


def _other_ratings(
    instrument: Instrument, mood: FloatArray, random: np.random.Generator
) -> dict[str, list[AnswerValue]]:
    """Answers on the scales of four points. They depend on the mood a little."""
    found: dict[str, list[AnswerValue]] = {}
    for item in instrument.items():
        if item.kind == "rating" and not instrument.is_rated(item):
            high = np.clip(_HIGH[item.scale or ""] + random.normal(0.0, 0.05) + 0.04 * mood, 0.05, 0.97)
            rank = random.random(len(mood))
            low = 1 - high
            found[item.id] = (
                1 + (rank > 0.25 * low).astype(int) + (rank > low) + (rank > low + 0.6 * high)
            ).tolist()
    return found
