"""The columns of a round in the database, by which responses and transactions are grouped."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.errors import InputError
from sipas.queries.catalogue import Unit
from sipas.report.sources.keyed import Keyed
from sipas.stats import Column
from sipas.stats.cells.columns import united
from sipas.survey.catalogue import Catalogue
from sipas.survey.columns import FLAG, PERIOD_COLUMNS, UNFLAGGED

_Key = TypeVar("_Key")
Maker = Callable[[], Column]
ChosenRows = NDArray[np.bool_] | NDArray[np.int64]


@dataclass(frozen=True)
class Keys:
    """The key of each cell, or of each row of the frame, which knows no month.

    `texts`: columns that need no looking up. `fields`: where only the field of the procedure is kept.
    """

    units: Keyed[int]
    procedures: Keyed[int]
    texts: Mapping[str, Keyed[str]]
    attributes: Keyed[str]
    months: Keyed[date]
    fields: Keyed[str]

    def select(self, rows: ChosenRows) -> "Keys":
        return Keys(
            self.units.select(rows),
            self.procedures.select(rows),
            {name: keyed.select(rows) for name, keyed in self.texts.items()},
            self.attributes.select(rows),
            self.months.select(rows),
            self.fields.select(rows),
        )

    def followed_by(self, other: "Keys") -> "Keys":
        return Keys(
            self.units.followed_by(other.units),
            self.procedures.followed_by(other.procedures),
            {name: keyed.followed_by(other.texts[name]) for name, keyed in self.texts.items()},
            self.attributes.followed_by(other.attributes),
            self.months.followed_by(other.months),
            self.fields.followed_by(other.fields),
        )


@dataclass(frozen=True)
class Dimensions:
    """Columns by name, each made when it is asked for.

    An attribute of the name of a round's own column does not count: one answer could hide the column from
    all. Only strata and periods are read from attributes first, and that row by row.
    """

    keys: Keys
    catalogue: Catalogue
    strata: tuple[str, ...]
    made: dict[str, Column] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        if name not in self.makers:
            known = ", ".join(sorted(self.makers))
            raise InputError(f"there is no column {name!r} in the responses; the columns are {known}")
        if name not in self.made:
            self.made[name] = self.makers[name]()
        return self.made[name]

    def columns(self, names: Iterable[str]) -> dict[str, Column]:
        return {name: self.column(name) for name in names}

    @cached_property
    def makers(self) -> dict[str, Maker]:
        attributes, own = _attribute_makers(self.keys.attributes), self.own_columns()
        brought = attributes.keys() & own.keys() & (self.own_strata | PERIOD_COLUMNS)
        unknown = partial(self.keys.attributes.column, lambda _: None)
        return {
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
            **month_makers(keys.months),
            "field": partial(
                _first_known,
                partial(keys.fields.column, str),
                partial(keys.procedures.column, lambda i: procedures[i].field),
            ),
            "unit": partial(keys.units.column, unit_labels(keys.units.values, self.catalogue).__getitem__),
            "procedure": partial(keys.procedures.column, lambda i: procedures[i].code),
            FLAG: partial(keys.attributes.column, _flag_of),
            **{name: partial(keyed.column, str) for name, keyed in keys.texts.items()},
        }

    @property
    def own_strata(self) -> set[str]:
        """Strata that a frame keeps as attributes."""
        return set(self.strata) - {"unit", "procedure", "service_channel", "form"}


def _flag_of(attributes: str) -> str:
    return "true" if json.loads(attributes).get(FLAG, "false") not in UNFLAGGED else "false"


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


def _attribute_makers(attributes: Keyed[str]) -> dict[str, Maker]:
    """attributes: JSON objects of texts."""
    decoded: dict[str, dict[str, str]] = {text: json.loads(text) for text in attributes.values}
    names = sorted({name for attribute in decoded.values() for name in attribute})
    return {name: partial(attributes.column, _lookup(decoded, name)) for name in names}


def _lookup(table: Mapping[_Key, Mapping[str, str]], name: str) -> Callable[[_Key], str | None]:
    return lambda key: table[key].get(name)
