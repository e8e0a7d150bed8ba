"""The frame of round `demo`: a quarter's completed transactions by unit, procedure and service channel.

The seed is the city's own, not the citizens': whatever --seed says, it is the same city that they live in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sipas.demo.city import City

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

CITY_SEED = 1010  # the year in which the city was founded
TRANSACTIONS = 600_000
SERVICE_CHANNELS = ("counter", "online", "post")
# By type of unit: its share of the city's transactions, and how unequal such units are (sd of log size).
_SIZES = {"commune": (0.50, 0.6), "branch": (0.33, 0.45), "department": (0.17, 0.9)}
_RARE_PROCEDURE_SHARE = (
    0.012  # of a procedure's share: below it a unit may not have been asked for it in the quarter
)
_RARE_NOT_ASKED_FOR_CHANCE = 0.25
_BY_POST = {"commune": 0.0, "branch": 0.5, "department": 0.5}  # chance that a unit of the type takes post


@dataclass(frozen=True)
class Strata:
    """One entry a stratum that has transactions; unit, procedure and service channel by their places."""

    city: City
    unit: IntArray
    procedure: IntArray
    service_channel: IntArray
    transactions: IntArray

    def __len__(self) -> int:
        return len(self.transactions)

    def key(self, stratum: int) -> tuple[str, str, str]:
        """Codes of unit and procedure, and the service channel."""
        return (
            self.city.units[self.unit[stratum]].code,
            self.city.procedures[self.procedure[stratum]].code,
            SERVICE_CHANNELS[self.service_channel[stratum]],
        )


def draw_frame(city: City, transactions: int = TRANSACTIONS) -> Strata:
    random = np.random.default_rng(CITY_SEED)
    unit, procedure, share = _draw_shares(city, random)
    sizes = _draw_sizes(city, transactions, random)
    channels = _draw_channels(city, unit, procedure, random)
    chances = share[:, np.newaxis] * channels
    counts = np.concatenate(
        [random.multinomial(size, chances[unit == u].ravel()) for u, size in enumerate(sizes)]
    ).reshape(chances.shape)
    row, channel = np.nonzero(counts)
    return Strata(city, unit[row], procedure[row], channel, counts[row, channel])


def _draw_shares(city: City, random: np.random.Generator) -> tuple[IntArray, IntArray, FloatArray]:
    """Unit, procedure, and the share of the unit's transactions, units in order: a unit's shares sum to 1."""
    place = {procedure.code: i for i, procedure in enumerate(city.procedures)}
    units, procedures, shares = [], [], []
    for u, unit in enumerate(city.units):
        served = city.shares[unit.code]
        usual = np.array(list(served.values()))
        here = usual * random.lognormal(0.0, 0.4, len(usual))
        if unit.type != "department":
            here[
                (usual < _RARE_PROCEDURE_SHARE) & (random.random(len(usual)) < _RARE_NOT_ASKED_FOR_CHANCE)
            ] = 0.0
        units.append(np.full(len(usual), u))
        procedures.append(np.array([place[code] for code in served]))
        shares.append(here / here.sum())
    return np.concatenate(units), np.concatenate(procedures), np.concatenate(shares)


def _draw_sizes(city: City, transactions: int, random: np.random.Generator) -> IntArray:
    """Transactions of each unit."""
    relative = np.empty(len(city.units))
    for unit_type, (share, inequality) in _SIZES.items():
        mine = np.array([unit.type == unit_type for unit in city.units])
        drawn = random.lognormal(0.0, inequality, len(city.units)) * mine
        relative[mine] = (share * drawn / max(drawn.sum(), 1e-9))[mine]
    return random.multinomial(transactions, relative / relative.sum())


def _draw_channels(
    city: City, unit: IntArray, procedure: IntArray, random: np.random.Generator
) -> FloatArray:
    """For each unit and procedure the shares that came to the counter, online and by post."""
    online = random.normal(-0.2, 0.8, len(city.procedures))[procedure]
    online += random.normal(0.0, 0.35, len(city.units))[unit]
    post = random.normal(-1.8, 0.5, len(city.procedures))[procedure]
    takes_post = random.random(len(city.units)) < [_BY_POST[unit.type] for unit in city.units]
    post[~takes_post[unit]] = -np.inf
    relative = np.exp(np.column_stack([np.zeros(len(unit)), online, post]))
    shares: FloatArray = relative / relative.sum(axis=1, keepdims=True)
    return shares
