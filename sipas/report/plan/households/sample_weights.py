"""Adds the draw's weights and clusters to the answers of a household sample."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from sipas.errors import InputError, TableError
from sipas.report.plan.households.sample_files import DESIGN, HOUSEHOLDS, SampleDesign
from sipas.stats.planning import person_weights, response_factors
from sipas.survey.links.mix_plan import VILLAGE, VILLAGE_SEPARATOR
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_count, parse_number
from sipas.tables.names import same_name
from sipas.tables.writer import csv_bytes

Nonresponse = Literal["none", "village"]

_QUESTIONNAIRE, _HOUSEHOLD, _WEIGHT = "questionnaire", "household", "household_weight"
_ADDED = ("variance_stratum", "psu", "weight")
_Key = tuple[str, ...]


@dataclass(frozen=True)
class Answered:
    """A file of responses to weight. questionnaire, adults: its columns; adults_most: that count at most.

    Without a column of questionnaires, the columns of village and household say who answered. Without
    households, as in the responses of tablets and paper forms, the village gives the weight.
    """

    responses: Path
    questionnaire: str = _QUESTIONNAIRE
    adults: str = "adults"
    adults_most: float = np.inf
    nonresponse: Nonresponse = "none"


@dataclass(frozen=True)
class _Sample:
    """key: the columns of responses that name a household, or its village. households: by their values; of
    a village the first. drawn: households by village.
    """

    design: SampleDesign
    key: tuple[str, ...]
    households: Mapping[_Key, TableRow]
    drawn: Counter[_Key]

    @property
    def by_village(self) -> bool:
        return self.key == self.design.village

    @property
    def place(self) -> tuple[str, ...]:
        """The columns that say where a household is."""
        return self.design.place if self.by_village else (*self.design.place, _HOUSEHOLD)


def weighted_csv(folder: Path, answered: Answered) -> bytes:
    """Return the responses as a CSV with columns for `sipas estimate`; errors name file and row."""
    design = _read_design(folder)
    one_person = design.person != "all"
    table = _with_village_columns(
        read_table(answered.responses, (answered.adults,) if one_person else ()), design.village
    )
    sample = _read_sample(folder, design, _key_columns(design, table, answered))
    found = [_household_of(sample, row) for row in table.rows]
    if sample.by_village:
        if not one_person and answered.nonresponse == "village":
            raise InputError("--nonresponse village needs a column questionnaire where all adults answer")
        _refuse_more_than_drawn(sample, table, found)
    elif one_person:
        _refuse_repeated(sample, table)
    weights = [row.get_as(_WEIGHT, parse_number) for row in found]
    factors = _nonresponse_factors(sample, found) if answered.nonresponse == "village" else [1.0] * len(found)
    weight = np.array(weights) * np.array(factors)
    if one_person:
        adults = [_adults(row, answered.adults) for row in table.rows]
        weight = person_weights(weight, adults, answered.adults_most)
    return csv_bytes(*_columns(sample, table, found, weight.tolist()))


def _read_design(folder: Path) -> SampleDesign:
    if not (folder / HOUSEHOLDS).is_file() or not (folder / DESIGN).is_file():
        raise InputError(
            f"sample: {folder} has no {HOUSEHOLDS} and {DESIGN}; name the folder of `sipas plan households`"
        )
    try:
        return msgspec.json.decode((folder / DESIGN).read_bytes(), type=SampleDesign)
    except msgspec.MsgspecError as error:
        raise TableError(DESIGN, f"is not as `sipas plan households` writes it: {error}") from None


def _with_village_columns(table: Table, columns: Sequence[str]) -> Table:
    """Split the column `village` of an export into the columns that name a village in the sample."""
    if len(columns) == 1 or VILLAGE not in table.header:
        return table
    parts = [(row.find(VILLAGE) or "").split(VILLAGE_SEPARATOR) for row in table.rows]
    if any(len(one) != len(columns) for one in parts):
        return table
    rows = (
        replace(row, cells={**row.cells, **dict(zip(columns, one, strict=True))})
        for row, one in zip(table.rows, parts, strict=True)
    )
    header = tuple(dict.fromkeys((*table.header, *columns)))
    return replace(table, header=header, rows=tuple(rows))


def _key_columns(design: SampleDesign, table: Table, answered: Answered) -> tuple[str, ...]:
    """The questionnaire, or else village and household, or else the village."""
    place = (*design.village, _HOUSEHOLD)
    if answered.questionnaire in table.header or not set(design.village) <= set(table.header):
        _require(table, answered.questionnaire, place)
        return (answered.questionnaire,)
    return place if _HOUSEHOLD in table.header else design.village


def _require(table: Table, questionnaire: str, place: tuple[str, ...]) -> None:
    if questionnaire not in table.header:
        raise TableError(
            table.file,
            f"is missing; name the column by --questionnaire, or give the columns {', '.join(place)};"
            " without the household, the village gives the weight",
            row=table.header_row,
            column=questionnaire,
        )


def _read_sample(folder: Path, design: SampleDesign, key: tuple[str, ...]) -> _Sample:
    table = read_table(folder / HOUSEHOLDS, (_QUESTIONNAIRE, _HOUSEHOLD, _WEIGHT))
    theirs = key if set(key) <= {*design.village, _HOUSEHOLD} else (_QUESTIONNAIRE,)
    drawn = Counter(_key(row, design.village) for row in table.rows)
    households: dict[_Key, TableRow] = {}
    for row in table.rows:
        first = households.setdefault(_key(row, theirs), row)
        if first is not row:
            _refuse_unequal(first, row, theirs)
    return _Sample(design, key, households, drawn)


def _refuse_unequal(first: TableRow, row: TableRow, theirs: tuple[str, ...]) -> None:
    """Refuse a village whose households have different weights or clusters, as certain villages have."""
    for column in (_WEIGHT, *_ADDED[:-1]):
        if first.get(column) != row.get(column):
            raise row.error(
                column,
                f"is not that of row {first.number}, and both are {', '.join(map(row.get, theirs))}; give the"
                " responses a column questionnaire",
            )


def _key(row: TableRow, columns: tuple[str, ...]) -> _Key:
    """A spreadsheet takes the zeros in front away."""
    return tuple(row.get(column).removesuffix(".0").lstrip("0") or "0" for column in columns)


def _named(sample: _Sample, row: TableRow) -> str:
    return ", ".join(row.get(column) for column in sample.key)


def _household_of(sample: _Sample, row: TableRow) -> TableRow:
    household = sample.households.get(_key(row, sample.key))
    if household is None:
        names_place = sample.by_village or len(sample.key) > 1
        what = ("village" if sample.by_village else "household") if names_place else "questionnaire"
        raise row.error(sample.key[-1], f"{_named(sample, row)} is no {what} of the sample; correct it")
    for column in sample.place:
        theirs = row.find(column)
        if theirs is not None and not same_name(theirs, household.get(column)):
            raise row.error(
                column,
                f"{theirs} is not the {column} of questionnaire {household.get(_QUESTIONNAIRE)}, which is"
                f" {household.get(column)}; correct one of them",
            )
    return household


def _refuse_repeated(sample: _Sample, table: Table) -> None:
    seen: dict[_Key, int] = {}
    for row in table.rows:
        if (first := seen.setdefault(_key(row, sample.key), row.number)) != row.number:
            raise row.error(
                sample.key[-1],
                f"{_named(sample, row)} is in row {first} too; one person of a household answers; keep one",
            )


def _refuse_more_than_drawn(sample: _Sample, table: Table, found: list[TableRow]) -> None:
    for village, answers in _answered(sample, found).items():
        if sample.design.person != "all" and answers > sample.drawn[village]:
            raise TableError(
                table.file,
                f"has {answers} responses of {', '.join(village)}, where {sample.drawn[village]} households"
                " were drawn; one person of a household answers",
            )


def _adults(row: TableRow, column: str) -> int:
    adults = row.get_as(column, parse_count)
    if not adults:
        raise row.error(column, "is 0, and one of them answered; write how many adults the household has")
    return adults


def _nonresponse_factors(sample: _Sample, found: list[TableRow]) -> list[float]:
    """Return for each answer how many households its household stands for in its village."""
    answered = _answered(sample, found)
    villages = list(answered)
    drawn, answers = [sample.drawn[name] for name in villages], [answered[name] for name in villages]
    factor = dict(zip(villages, response_factors(drawn, answers).tolist(), strict=True))
    return [factor[_key(row, sample.design.village)] for row in found]


def _answered(sample: _Sample, found: list[TableRow]) -> Counter[_Key]:
    """Count the households of each village that answered."""
    rows = found if sample.by_village else {row.number: row for row in found}.values()
    return Counter(_key(row, sample.design.village) for row in rows)


def _columns(
    sample: _Sample, table: Table, found: list[TableRow], weight: list[float]
) -> tuple[list[str], Iterator[list[str]]]:
    """Return the header and the rows: the responses' own columns, then those that they lack."""
    taken = [name for name in _ADDED if name in table.header]
    if taken and not sample.by_village:
        raise TableError(
            table.file, f"has a column {taken[0]} already; rename it", row=table.header_row, column=taken[0]
        )
    kept = [name for name in table.header if name not in taken]  # exports have weights of the round
    place = [column for column in sample.place if column not in table.header]
    rows = (
        [
            *(row.cells[name] for name in kept),
            *(household.get(name) for name in (*place, *_ADDED[:-1])),
            repr(one),
        ]
        for row, household, one in zip(table.rows, found, weight, strict=True)
    )
    return [*kept, *place, *_ADDED], rows
