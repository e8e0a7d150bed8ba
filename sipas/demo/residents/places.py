"""Where the residents live: thirty communes of the city with their villages, and the households drawn.

The communes are drawn with the city's seed. In each, two villages are drawn with probability proportional to
size and households at random, as `sipas plan households` draws them.
"""

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from sipas.demo.city import CityUnit, read_city
from sipas.demo.frame import CITY_SEED, IntArray
from sipas.report.plan.households.household_draw import HouseholdSample, draw_household_sample
from sipas.report.plan.households.household_plan import HouseholdPlan
from sipas.report.plan.households.sample_files import write_sample
from sipas.tables.writer import csv_bytes

COMMUNES = 30
_ADULTS_MEDIAN, _ADULTS_SD_LOG = 45_000, 0.35  # of a commune
_VILLAGES = 24  # of a commune
_ADULTS_PER_HOUSEHOLD = 2.6
_DRAWN_VILLAGES, _DRAWN_HOUSEHOLDS = 2, 12  # in a commune; in a village


@dataclass(frozen=True)
class Places:
    """adults: of each commune. frame: a file of the villages. sample: the households that are visited."""

    communes: tuple[CityUnit, ...]
    adults: IntArray
    frame: bytes
    sample: HouseholdSample


@dataclass(frozen=True)
class Address:
    """A drawn household, by its questionnaire. commune: its place among the communes."""

    commune: int
    village: str
    questionnaire: str

    @staticmethod
    def all_of(places: Places) -> "list[Address]":
        """Return the addresses of the drawn households, in the order of the lists."""
        place = {unit.code: number for number, unit in enumerate(places.communes)}
        return [
            Address(place[at["unit"]], at["village"], household.questionnaire)
            for household in places.sample.households
            for at in [household.unit.village.place]
        ]


@cache
def read_places() -> Places:
    random = np.random.default_rng(CITY_SEED + 3)
    every = [unit for unit in read_city().units if unit.type == "commune"]
    drawn = sorted(random.choice(len(every), COMMUNES, replace=False).tolist())
    communes = tuple(every[place] for place in drawn)
    adults = random.lognormal(np.log(_ADULTS_MEDIAN), _ADULTS_SD_LOG, COMMUNES).astype(np.int64)
    frame = csv_bytes(["unit", "village", "households"], _villages(communes, adults, random))
    with tempfile.TemporaryDirectory() as folder:
        return Places(communes, adults, frame, draw_household_sample(_plan(frame, Path(folder))))


def write_household_sample(places: Places, folder: Path) -> None:
    """Write the sample as `sipas plan households` writes it."""
    write_sample(replace(places.sample, plan=_plan(places.frame, folder)), folder)


def _plan(frame: bytes, folder: Path) -> HouseholdPlan:
    """Return the plan of a draw from a file of villages in the folder."""
    file = folder / "frame.csv"
    file.write_bytes(frame)
    return HouseholdPlan(
        frame=file,
        psu=_DRAWN_VILLAGES * COMMUNES,
        households=_DRAWN_HOUSEHOLDS,
        seed=str(CITY_SEED),
        strata=("unit",),
        village=("village",),
        allocation="equal",
        minimum=_DRAWN_VILLAGES,
    )


def _villages(
    communes: tuple[CityUnit, ...], adults: IntArray, random: np.random.Generator
) -> list[tuple[str, str, int]]:
    found = []
    for unit, count in zip(communes, adults.tolist(), strict=True):
        share = random.dirichlet(np.full(_VILLAGES, 8.0))
        households = np.maximum(share * count / _ADULTS_PER_HOUSEHOLD, 3 * _DRAWN_HOUSEHOLDS).astype(int)
        found += [
            (unit.code, f"Tổ dân phố {n}, {unit.name}", size) for n, size in enumerate(households.tolist(), 1)
        ]
    return found
