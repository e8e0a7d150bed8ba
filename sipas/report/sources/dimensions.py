"""The columns of a round in the database, by which responses and transactions are grouped."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import TypeVar

import numpy as np

from sipas.errors import InputError
from sipas.queries.catalogue import Unit
from sipas.stats import Column
from sipas.stats.cells.columns import united
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import FLAG, PERIOD_COLUMNS, UNFLAGGED
from sipas.survey.segments.keyed import Keyed

_Key = TypeVar("_Key")
Maker = Callable[[], Column]


@dataclass(frozen=True)
class Keys:
    """The key of each response, or of each row of the frame, which knows no time.

    texts: columns that need no looking up. fields: where only the field of the procedure is kept.
    dates: a day of the month, if the month is known. days: if the day itself is known.
    """

    units: Keyed[int]
    procedures: Keyed[int]
    texts: Mapping[str, Keyed[str]]
    attributes: Mapping[str, Keyed[str]]
    dates: Keyed[date]
    days: Keyed[date]
    fields: Keyed[str]

    def __len__(self) -> int:
        return len(self.units)


@dataclass(frozen=True)
class Dimensions:
    """Columns by name, each made when it is asked for.

    answers: of the answer columns. An attribute of the name of a round's own column does not count: one
    answer could hide the column from all. Only strata and periods are read from attributes first, row by row.
    """

    keys: Keys
    catalogue: Catalogue
    strata: tuple[str, ...]
    answers: Mapping[str, Maker]

    def require(self, names: Iterable[str]) -> None:
        """Refuse a name that no column has."""
        for name in sorted(names):
            if name not in self.makers:
                known = ", ".join(sorted(self.makers))
                raise InputError(f"there is no column {name!r} in the responses; the columns are {known}")

    def columns(self, names: Iterable[str]) -> dict[str, Column]:
        return {name: self.makers[name]() for name in names}

    def former_units(self) -> tuple[str, ...]:
        """Return the labels of units whose code went to another unit of the round."""
        labels = unit_labels(self.keys.units.values, self.catalogue)
        return tuple(sorted(label for i, label in labels.items() if label != self.catalogue.units[i].code))

    @cached_property
    def makers(self) -> dict[str, Maker]:
        attributes: dict[str, Maker] = {
            name: partial(keyed.column, str) for name, keyed in self.keys.attributes.items()
        }
        own = self.own_columns()
        brought = attributes.keys() & own.keys() & (self.own_strata | PERIOD_COLUMNS)
        unknown = partial(_unknown_column, len(self.keys))
        return {
            **self.answers,
            **dict.fromkeys(self.own_strata, unknown),
            **attributes,
            **own,
            **{name: partial(_first_known, attributes[name], own[name]) for name in brought},
        }

    def own_columns(self) -> dict[str, Maker]:
        """Those that every round has, whatever its responses bring."""
        keys, procedures = self.keys, self.catalogue.procedures
        return {
            **_ancestor_makers(keys.units, self.catalogue),
            **month_makers(keys.dates),
            "day": partial(keys.days.column, date.isoformat),
            "field": partial(
                _first_known,
                partial(keys.fields.column, str),
                partial(keys.procedures.column, lambda i: procedures[i].field),
            ),
            "unit": partial(keys.units.column, unit_labels(keys.units.values, self.catalogue).__getitem__),
            "procedure": partial(keys.procedures.column, lambda i: procedures[i].code),
            FLAG: partial(_flag_column, keys),
            **{name: partial(keyed.column, str) for name, keyed in keys.texts.items()},
        }

    @property
    def own_strata(self) -> set[str]:
        """Strata that a frame keeps as attributes."""
        return set(self.strata) - {"unit", "procedure", "service_channel", "form"}


def _flag_column(keys: Keys) -> Column:
    flags = keys.attributes.get(FLAG)
    if flags is None:
        return Column(np.zeros(len(keys), np.int32), ("false",))
    set_ = flags.mask(lambda value: value not in UNFLAGGED)
    return Column(set_.astype(np.int32), ("false", "true"))


def _unknown_column(rows: int) -> Column:
    return Column(np.full(rows, -1, np.int32), ())


def _first_known(attribute: Maker, own: Maker) -> Column:
    """Each row's attribute, or where it has none the round's own column."""
    both = united([attribute(), own()])
    brought, derived = np.split(both.codes, 2)
    return Column(np.where(brought >= 0, brought, derived), both.levels)


def unit_labels(ids: Iterable[int], catalogue: Catalogue) -> dict[int, str]:
    """Codes; a unit whose code went to another one in the same round carries its last day too."""
    bearers: dict[str, list[Unit]] = {}
    for unit in sorted((catalogue.units[i] for i in ids), key=lambda u: u.valid_to or date.max, reverse=True):
        bearers.setdefault(unit.code, []).append(unit)
    return {
        unit.id: unit.code if place == 0 else f"{unit.code} (to {unit.valid_to})"
        for units in bearers.values()
        for place, unit in enumerate(units)
    }


def _ancestor_makers(units: Keyed[int], catalogue: Catalogue) -> dict[str, Maker]:
    """unit_type, and for each type of unit there is: the nearest unit of that type, at or above."""
    nearest = {i: _nearest_by_type(catalogue.units[i], catalogue) for i in units.values}
    types = sorted({unit.type for unit in catalogue.units.values()})
    by_type = {type_: partial(units.column, _lookup(nearest, type_)) for type_ in types}
    return {**by_type, "unit_type": partial(units.column, lambda i: catalogue.units[i].type)}


def _nearest_by_type(unit: Unit, catalogue: Catalogue) -> dict[str, str]:
    codes: dict[str, str] = {}
    for one in (unit, *catalogue.ancestors(unit)):
        codes.setdefault(one.type, one.code)
    return codes


def month_makers(months: Keyed[date]) -> dict[str, Maker]:
    return {
        "month": partial(months.column, lambda day: f"{day:%Y-%m}"),
        "quarter": partial(months.column, lambda day: f"{day.year}-Q{(day.month + 2) // 3}"),
        "year": partial(months.column, lambda day: str(day.year)),
    }


def _lookup(table: Mapping[_Key, Mapping[str, str]], name: str) -> Callable[[_Key], str | None]:
    return lambda key: table[key].get(name)
