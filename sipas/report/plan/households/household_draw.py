"""The draw of a household sample, stage by stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import InputError
from sipas.report.plan.households.household_lists import Household, find_households, require_enough
from sipas.report.plan.households.household_plan import HouseholdPlan
from sipas.report.plan.households.village_frame import LABEL_SEPARATOR, Village, read_villages
from sipas.stats.arrays import IntArray
from sipas.stats.planning import allocate, base_weights, draw, draw_clusters, kish_grid
from sipas.stats.planning.clusters import NUMBER_SEPARATOR

_WHOLE = "all"  # the stratum of a sample without strata


@dataclass(frozen=True)
class ClusterUnit:
    """A village, or a commune with its villages, and the probability of each stage that drew it.

    stratum, psu: of the analysis by ultimate clusters. A unit that is certain is a stratum, and its parts
    are the clusters: psu is None where these are the households.
    """

    label: str
    stratum: str
    psu: str | None
    villages: list[Village]
    p_commune: float = 1.0
    p_village: float = 1.0
    certain: bool = False

    @property
    def village(self) -> Village:
        (only,) = self.villages
        return only


@dataclass(frozen=True)
class DrawnHousehold:
    """questionnaire: a number of its own. order: its place in the printed list. grid: Kish's, by adults."""

    questionnaire: str
    order: int
    unit: ClusterUnit
    name: str
    shown: tuple[str, ...]
    p_household: float
    weight: float
    grid: tuple[int, ...]

    @property
    def psu(self) -> str:
        return self.unit.psu or _joined(self.unit.label, self.name)


@dataclass(frozen=True)
class HouseholdSample:
    """units: the drawn villages. listed: the households of each."""

    plan: HouseholdPlan
    frame: list[Village]
    units: list[ClusterUnit]
    listed: list[int]
    households: list[DrawnHousehold]


def draw_household_sample(plan: HouseholdPlan) -> HouseholdSample:
    frame = read_villages(plan)
    if plan.lists is None:
        require_enough(plan, frame, [village.households for village in frame])
    units = _draw_first_stage(plan, frame)
    if plan.commune is not None:
        units = [village for commune in units for village in _draw_villages(plan, commune)]
    lists = find_households(plan, [unit.village for unit in units])
    return HouseholdSample(plan, frame, units, list(map(len, lists)), _draw_households(plan, units, lists))


def _draw_first_stage(plan: HouseholdPlan, frame: Sequence[Village]) -> list[ClusterUnit]:
    groups: dict[str, list[Village]] = {}
    for village in frame:
        groups.setdefault(village.label if plan.commune is None else village.commune, []).append(village)
    units = [ClusterUnit(label, of[0].stratum or _WHOLE, label, of) for label, of in groups.items()]
    strata = list(dict.fromkeys(unit.stratum for unit in units))
    stratum = np.array([strata.index(unit.stratum) for unit in units], dtype=np.int64)
    count = _spread_over_strata(plan, strata, stratum, _sizes(units))
    found = _draw_units(plan, units, stratum, count, strata.__getitem__)
    if plan.commune is None:
        return [replace(unit, p_village=chance) for unit, chance in found]
    return [replace(unit, p_commune=chance) for unit, chance in found]


def _spread_over_strata(
    plan: HouseholdPlan, strata: Sequence[str], stratum: IntArray, size: IntArray
) -> IntArray:
    """Return int64[strata]: how many units of the first stage to draw in each."""
    there = np.bincount(stratum, minlength=len(strata)).astype(np.int64)
    units = "villages" if plan.commune is None else "communes"
    if plan.psu > len(stratum):
        raise InputError(f"psu: {plan.psu} {units} are to be drawn, and the frame has {len(stratum)}")
    fewest = int(np.minimum(there, plan.minimum).sum())
    if plan.psu < fewest:
        raise InputError(
            f"psu: {plan.psu} {units} are too few for {len(strata)} strata with {plan.minimum} in each;"
            f" draw {fewest} or more, or lower --minimum"
        )
    households = np.bincount(stratum, size, len(strata)).astype(np.int64)
    share = np.minimum(households, np.iinfo(np.int64).max)
    return allocate(plan.psu, share, plan.allocation, minimum=plan.minimum, most=there)


def _draw_villages(plan: HouseholdPlan, commune: ClusterUnit) -> list[ClusterUnit]:
    """Draw the villages of a drawn commune."""
    villages = [
        replace(
            commune,
            label=village.label,
            psu=village.label if commune.psu is None else commune.psu,
            villages=[village],
        )
        for village in commune.villages
    ]
    everyone = np.zeros(len(villages), dtype=np.int64)
    of = f"{commune.villages[0].stratum or _WHOLE}{LABEL_SEPARATOR}{commune.label}"
    found = _draw_units(plan, villages, everyone, np.array([plan.villages]), lambda _: of)
    return [replace(unit, p_village=chance) for unit, chance in found]


def _draw_units(
    plan: HouseholdPlan,
    units: Sequence[ClusterUnit],
    group: IntArray,
    count: IntArray,
    label: Callable[[int], str],
) -> list[tuple[ClusterUnit, float]]:
    names = [unit.label for unit in units]
    found = draw_clusters(names, _sizes(units), group, count, plan.seed, order=plan.order, label=label)
    drawn = zip(found.rows.tolist(), found.probability.tolist(), found.certain.tolist(), strict=True)
    return [(_as_stratum(units[row]) if certain else units[row], chance) for row, chance, certain in drawn]


def _as_stratum(unit: ClusterUnit) -> ClusterUnit:
    """A unit that is certain is no cluster by chance; one inside a cluster that is one stays in it."""
    if unit.psu != unit.label:
        return unit
    return replace(unit, stratum=_joined(unit.stratum, unit.label), psu=None, certain=True)


def _sizes(units: Sequence[ClusterUnit]) -> IntArray:
    return np.array([sum(village.size for village in unit.villages) for unit in units], dtype=np.int64)


def _draw_households(
    plan: HouseholdPlan, units: Sequence[ClusterUnit], lists: Sequence[Sequence[Household]]
) -> list[DrawnHousehold]:
    """Draw at random in each village, and number the questionnaires in the order of the lists."""
    village = np.repeat(np.arange(len(units)), [len(households) for households in lists])
    households = [household for of_village in lists for household in of_village]
    names = [
        _number_name(units[place].label, one.name)
        for place, one in zip(village.tolist(), households, strict=True)
    ]
    size = np.full(len(units), plan.households, dtype=np.int64)
    found = draw([f"household{NUMBER_SEPARATOR}{name}" for name in names], village, size, plan.seed)
    rows = np.sort(found.rows).tolist()
    grids = kish_grid([names[row] for row in rows], plan.seed).tolist()
    digits = len(str(len(rows)))
    made = []
    for place, (row, grid) in enumerate(zip(rows, grids, strict=True)):
        unit, one = units[int(village[row])], households[row]
        chance = plan.households / len(lists[int(village[row])])
        made.append(
            DrawnHousehold(
                questionnaire=str(place + 1).zfill(digits),
                order=place % plan.households + 1,
                unit=unit,
                name=one.name,
                shown=tuple(one.shown.values()),
                p_household=chance,
                weight=float(base_weights(unit.p_commune, unit.p_village, chance)),
                grid=tuple(grid),
            )
        )
    return made


def _number_name(village: str, household: str) -> str:
    """Return what a household's random numbers are drawn for."""
    return f"{village}{NUMBER_SEPARATOR}{household}"


def _joined(*labels: str) -> str:
    return LABEL_SEPARATOR.join(labels)
