"""The satisfaction of the demonstration's citizens: their opinions, and their answers.

On the logit scale a stratum is as good as its unit, field, procedure and service channel together. What
people say is kinder than what they think: a little behind a link, more at a kiosk beside an official.
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from sipas.demo.frame import CITY_SEED, FloatArray, Strata
from sipas.survey.instruments.instrument import Instrument

GIVEN = 0.865  # Hanoi's published index of 2024, and that of the demonstration as citizens give it
ANSWER_CHANNELS = ("kiosk", "sms")
KIOSK, SMS = 0, 1
COUNTER = 0  # kiosks stand there, and only there
_KINDNESS = (0.55, 0.10)  # at a kiosk, behind a link
_KINDER_TO_OFFICIALS = 0.2  # more than that, at a kiosk, about the officials who stand beside it
_BY_SERVICE_CHANNEL = (0.0, 0.12, -0.2)
_FACTORS = {"access": -0.15, "procedures": -0.14, "officials": -0.06, "results": -0.10, "feedback": -0.30}


@dataclass(frozen=True)
class Model:
    """Logits of being satisfied in private. overall: [strata]. items: [items] beside the overall question's,
    0 for that one. aspects: [units, items], where a unit is better or worse than it is on the whole.
    kindness: [answer channels, items].
    """

    strata: Strata
    overall: FloatArray
    items: FloatArray
    aspects: FloatArray
    kindness: FloatArray

    def private(self) -> FloatArray:
        """[strata]: chance that a citizen is satisfied on the whole."""
        return _probability(self.overall)

    def given(self) -> FloatArray:
        """[strata, answer channels]: chance that a citizen says so, wherever asked."""
        return _probability(self.overall[:, np.newaxis] + self.kindness[:, 0])

    def said(self, stratum: NDArray[np.int64], channel: NDArray[np.int64]) -> FloatArray:
        """[citizens, items]: chance that each calls each item satisfactory, asked there."""
        return _probability(
            self.overall[stratum, np.newaxis]
            + self.items
            + self.aspects[self.strata.unit[stratum]]
            + self.kindness[channel]
        )


def _probability(logit: FloatArray) -> FloatArray:
    chance: FloatArray = scipy.special.expit(logit)
    return chance


def draw_model(strata: Strata, instrument: Instrument) -> Model:
    """Drawn with the city's own seed: the truth stays, whichever citizens are asked."""
    random = np.random.default_rng(CITY_SEED + 1)
    items, aspects, kindness = _draw_items(len(strata.city.units), instrument, random)
    overall = _draw_quality(strata, random)
    return Model(strata, overall + _centre(strata, overall), items, aspects, kindness)


def _draw_quality(strata: Strata, random: np.random.Generator) -> FloatArray:
    city = strata.city
    fields = sorted({procedure.field for procedure in city.procedures})
    field = np.array([fields.index(procedure.field) for procedure in city.procedures])
    by_unit = random.normal(0.0, 0.3, len(city.units))
    by_procedure = random.normal(0.0, 0.15, len(fields))[field] + random.normal(0.0, 0.12, len(field))
    quality: FloatArray = (
        by_unit[strata.unit]
        + by_procedure[strata.procedure]
        + np.array(_BY_SERVICE_CHANNEL)[strata.service_channel]
        + random.normal(0.0, 0.1, len(strata))
    )
    return quality


def _draw_items(
    units: int, instrument: Instrument, random: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    ids = [item.id for item in instrument.items()]
    items, aspects = np.zeros(len(ids)), np.zeros((units, len(ids)))
    kindness = np.repeat(np.array(_KINDNESS)[:, np.newaxis], len(ids), axis=1)
    for factor in instrument.factors:
        places = [ids.index(item.id) for item in factor.items]
        items[places] = _FACTORS.get(factor.id, 0.0) + random.normal(0.0, 0.1, len(places))
        aspects[:, places] = random.normal(0.0, 0.2, units)[:, np.newaxis]
        if factor.id == "officials":
            kindness[KIOSK, places] += _KINDER_TO_OFFICIALS
    return items, aspects, kindness


def _centre(strata: Strata, overall: FloatArray) -> float:
    """Return the shift that makes the city's index GIVEN, with half of the counters' answers from kiosks."""
    at_kiosk = np.where(strata.service_channel == COUNTER, 0.5, 0.0)
    split = np.column_stack([at_kiosk, 1 - at_kiosk]) * strata.transactions[:, np.newaxis]
    logits = overall[:, np.newaxis] + np.array(_KINDNESS)
    return float(
        scipy.optimize.brentq(
            lambda shift: np.average(scipy.special.expit(logits + shift), weights=split) - GIVEN, -10, 10
        )
    )
