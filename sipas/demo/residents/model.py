"""The satisfaction of the residents: chances by commune, answer channel and kind of person.

On the logit scale a chance is the sum of the section, the item, the commune, the person's age and sex,
whether the person used a service, and the answer channel. Answers to an interviewer are more favourable than
those behind a link; those behind a poster are the least favourable.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import expit

from sipas.demo.frame import CITY_SEED, FloatArray, IntArray
from sipas.stats.cells.scoring import IndexNode
from sipas.survey.instruments.instrument import Instrument

ANSWER_CHANNELS = ("sms", "web", "tablet")
SMS, WEB, TABLET = 0, 1, 2
SEXES, AGES = ("M", "F"), ("18-24", "25-34", "35-49", "50-60", "over-60")
_KINDNESS = (0.0, -0.2, 0.15)
_USERS = (0.97, 0.85, 0.45)  # of those who answer over the channel
_WOMEN = (0.5, 0.55, 0.52)
_AGE_SHARES = ((0.14, 0.28, 0.34, 0.16, 0.08), (0.2, 0.32, 0.3, 0.12, 0.06), (0.1, 0.19, 0.28, 0.2, 0.23))
_BY_AGE = (-0.2, -0.1, 0.0, 0.1, 0.25)
_BY_SEX = (0.0, 0.05)
_USER_OF_SERVICES = 0.3  # about services; they know them
_LEVEL = 1.75
_SECTIONS = {
    "accountability": -0.1,
    "participation": -0.35,
    "implementation": 0.0,
    "outcomes": -0.2,
    "access": 0.15,
    "procedures": 0.05,
    "officials": 0.15,
    "results": 0.1,
    "petitions": -0.35,
}
_KINDS = [*product(range(len(SEXES)), range(len(AGES)), (0, 1))]
_COMMUNE_SD, _SECTION_SD, _ITEM_SD = 0.25, 0.12, 0.15  # on the logit scale


@dataclass(frozen=True)
class ResidentModel:
    """items: their ids. kinds: [kinds, 3], sex, age and whether a user. mix: [channels, kinds], shares.

    chances: [communes, channels, kinds, items], of calling the item satisfactory.
    """

    items: tuple[str, ...]
    kinds: IntArray
    mix: FloatArray
    chances: FloatArray

    def truth(self, share: FloatArray, kinds: IntArray | None = None) -> FloatArray:
        """Return [items]: the chance that an answer is a satisfied one.

        share: [communes, channels], what part of the weight stands for each. kinds: those alone.
        """
        mix = self.mix if kinds is None else self.mix * np.isin(np.arange(len(self.kinds)), kinds)
        weight = share[:, :, np.newaxis] * mix
        found: FloatArray = np.einsum("uck,ucki->i", weight / weight.sum(), self.chances)
        return found


def draw_residents_model(communes: int, instrument: Instrument) -> ResidentModel:
    """Drawn with the city's own seed: the truth stays, whichever residents are asked."""
    random = np.random.default_rng(CITY_SEED + 4)
    items = instrument.scoring().items
    tree = instrument.index("tree").tree
    assert tree is not None  # the shipped instrument has it
    of_kind = _by_kind(items, tree)
    base = _LEVEL + _by_commune(communes, items, tree, random)
    kindness = np.array(_KINDNESS)[:, np.newaxis, np.newaxis]
    chances: FloatArray = expit(base[:, np.newaxis, np.newaxis, :] + kindness + of_kind)
    return ResidentModel(items, np.array(_KINDS), _mix(), chances)


def _by_kind(items: tuple[str, ...], tree: IndexNode) -> FloatArray:
    """[kinds, items]"""
    services = next(node for node in tree.nodes() if node.id == "services")
    about_services = np.isin(items, list(services.items()))
    rows = [
        _BY_SEX[sex] + _BY_AGE[age] + _USER_OF_SERVICES * user * about_services for sex, age, user in _KINDS
    ]
    return np.array(rows)


def _by_commune(
    communes: int, items: tuple[str, ...], tree: IndexNode, random: np.random.Generator
) -> FloatArray:
    """[communes, items]"""
    found: FloatArray = np.repeat(random.normal(0.0, _COMMUNE_SD, (communes, 1)), len(items), axis=1)
    found += random.normal(0.0, _ITEM_SD, len(items))
    for node in tree.nodes():
        if node.id in _SECTIONS:
            places = [items.index(item) for item in node.items()]
            found[:, places] += _SECTIONS[node.id] + random.normal(0.0, _SECTION_SD, (communes, 1))
    return found


def _mix() -> FloatArray:
    rows = [
        [
            (women if sex else 1 - women) * ages[age] * (users if user else 1 - users)
            for sex, age, user in _KINDS
        ]
        for women, ages, users in zip(_WOMEN, _AGE_SHARES, _USERS, strict=True)
    ]
    return np.array(rows)
