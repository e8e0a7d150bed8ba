"""A household sample as files: villages, households, the design, and lists to print."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader

import sipas
from sipas.errors import InputError
from sipas.messages import column_name, texts
from sipas.report.indices.index_table import SOFTWARE
from sipas.report.plan.households.household_draw import ClusterUnit, DrawnHousehold, HouseholdSample
from sipas.report.plan.households.household_plan import HouseholdPlan, PersonRule
from sipas.stats.planning.households import ADULTS_LISTED_MOST
from sipas.tables.writer import csv_bytes

HOUSEHOLDS, DESIGN = "households.csv", "design.json"
_VILLAGES, _LISTS = "villages.csv", "lists.html"
_FILES = (_VILLAGES, HOUSEHOLDS, DESIGN, _LISTS)
_TEMPLATES = Path(sipas.__file__).parent / "templates"


class InputFile(msgspec.Struct, frozen=True):
    """The file that a draw was made from."""

    name: str
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "InputFile":
        return cls(path.name, sha256(path.read_bytes()).hexdigest())


class SampleDesign(msgspec.Struct, frozen=True, kw_only=True):
    """Files, options and the seed, which repeat the draw. place: the columns of villages."""

    software: str = SOFTWARE
    seed: str
    frame: InputFile
    lists: InputFile | None
    strata: tuple[str, ...]
    commune: str | None
    village: tuple[str, ...]
    place: tuple[str, ...]
    count: str
    size: str
    psu: int
    villages: int
    households: int
    allocation: str
    minimum: int
    order: str
    person: PersonRule


def require_new_folder(folder: Path) -> None:
    """Refuse a folder that holds a draw: lists that are out in the field must not change."""
    held = [name for name in _FILES if (folder / name).exists()]
    if held:
        raise InputError(f"output: {folder} holds {', '.join(held)} of an earlier draw; name a new folder")


def write_sample(sample: HouseholdSample, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _VILLAGES).write_bytes(_villages_csv(sample))
    (folder / HOUSEHOLDS).write_bytes(_households_csv(sample))
    design = msgspec.json.format(msgspec.json.encode(_design(sample.plan)), indent=1)
    (folder / DESIGN).write_bytes(design + b"\n")
    (folder / _LISTS).write_text(_lists_html(sample), encoding="utf-8")


def _design(plan: HouseholdPlan) -> SampleDesign:
    return SampleDesign(
        seed=plan.seed,
        frame=InputFile.of(plan.frame),
        lists=None if plan.lists is None else InputFile.of(plan.lists),
        strata=plan.strata,
        commune=plan.commune,
        village=plan.village,
        place=plan.place_columns,
        count=plan.count,
        size=plan.size,
        psu=plan.psu,
        villages=plan.villages,
        households=plan.households,
        allocation=plan.allocation,
        minimum=plan.minimum,
        order=plan.order,
        person=plan.person,
    )


def _villages_csv(sample: HouseholdSample) -> bytes:
    header = [
        *sample.plan.place_columns,
        *("households_in_frame", "households_listed", "size", *_chances(sample.plan), "certain"),
        *("households_drawn", "p_household", "variance_stratum", "psu"),
    ]
    rows = []
    for unit, listed in zip(sample.units, sample.listed, strict=True):
        village, drawn = unit.village, sample.plan.households
        sizes = (village.households, listed, village.size)
        last = (drawn, repr(drawn / listed), unit.stratum, unit.psu or "")
        certain = "yes" if unit.certain else "no"
        rows.append([*village.place.values(), *sizes, *_chances_of(sample.plan, unit), certain, *last])
    return csv_bytes(header, rows)


def _chances(plan: HouseholdPlan) -> tuple[str, ...]:
    return ("p_village",) if plan.commune is None else ("p_commune", "p_village")


def _chances_of(plan: HouseholdPlan, unit: ClusterUnit) -> list[str]:
    return [repr(getattr(unit, name)) for name in _chances(plan)]


def _households_csv(sample: HouseholdSample) -> bytes:
    plan = sample.plan
    header = [
        *("questionnaire", *plan.place_columns, "household", "order"),
        *(*_chances(plan), "p_household", "household_weight", "variance_stratum", "psu"),
        *(_grid_columns() if plan.person == "kish" else ()),
    ]
    return csv_bytes(header, [list(_household_cells(plan, one)) for one in sample.households])


def _household_cells(plan: HouseholdPlan, one: DrawnHousehold) -> Iterator[object]:
    yield from (one.questionnaire, *one.unit.village.place.values(), one.name, one.order)
    yield from (*_chances_of(plan, one.unit), repr(one.p_household), repr(one.weight))
    yield from (one.unit.stratum, one.psu)
    if plan.person == "kish":
        yield from one.grid


def _grid_columns() -> list[str]:
    return [f"adults_{number}" for number in range(1, ADULTS_LISTED_MOST + 1)]


def _lists_html(sample: HouseholdSample) -> str:
    """Return a page of each village, Vietnamese above English."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    plan, per_village = sample.plan, sample.plan.households
    pages = [
        (unit, listed, sample.households[place * per_village : (place + 1) * per_village])
        for place, (unit, listed) in enumerate(zip(sample.units, sample.listed, strict=True))
    ]
    return environment.get_template("household_lists.html").render(
        pages=pages,
        plan=plan,
        adults=range(1, ADULTS_LISTED_MOST + 1),
        name=partial(column_name, "vi"),
        vi=texts("vi"),
        en=texts("en"),
    )
