"""Answers of a household sample with the weights and clusters of the draw beside them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from sipas.errors import InputError, TableError
from sipas.report.plan.households.sample_files import DESIGN, HOUSEHOLDS, SampleDesign
from sipas.stats.planning import person_weights, response_factors
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_count, parse_number
from sipas.tables.names import same_name
from sipas.tables.writer import csv_bytes

Nonresponse = Literal["none", "village"]

_QUESTIONNAIRE, _WEIGHT = "questionnaire", "household_weight"
_ADDED = ("household", "variance_stratum", "psu", "weight")


@dataclass(frozen=True)
class Answered:
    """A file of responses to weight. questionnaire, adults: its columns; adults_most: that count at most."""

    responses: Path
    questionnaire: str = _QUESTIONNAIRE
    adults: str = "adults"
    adults_most: float = np.inf
    nonresponse: Nonresponse = "none"


@dataclass(frozen=True)
class _Sample:
    design: SampleDesign
    households: Mapping[str, TableRow]

    def village(self, row: TableRow) -> tuple[str, ...]:
        return tuple(row.get(column) for column in self.design.village)


def weighted_csv(folder: Path, answered: Answered) -> bytes:
    """Return the responses as a CSV with columns for `sipas estimate`; errors name file and row."""
    sample = _read_sample(folder)
    one_person = sample.design.person != "all"
    required = (answered.questionnaire, *((answered.adults,) if one_person else ()))
    table = read_table(answered.responses, required)
    found = [_household_of(sample, row, answered) for row in table.rows]
    if one_person:
        _refuse_repeated(table, answered)
    weights = [row.get_as(_WEIGHT, parse_number) for row in found]
    factors = _nonresponse_factors(sample, found) if answered.nonresponse == "village" else [1.0] * len(found)
    weight = np.array(weights) * np.array(factors)
    if one_person:
        adults = [_adults(row, answered.adults) for row in table.rows]
        weight = person_weights(weight, adults, answered.adults_most)
    return csv_bytes(*_columns(sample, table, found, weight.tolist()))


def _read_sample(folder: Path) -> _Sample:
    try:
        design = msgspec.json.decode((folder / DESIGN).read_bytes(), type=SampleDesign)
        table = read_table(folder / HOUSEHOLDS, (_QUESTIONNAIRE, "household", _WEIGHT))
    except FileNotFoundError as error:
        raise InputError(
            f"sample: {folder} has no {Path(error.filename).name}; name the folder of `sipas plan households`"
        ) from None
    except msgspec.MsgspecError as error:
        raise TableError(DESIGN, f"is not as `sipas plan households` writes it: {error}") from None
    return _Sample(design, {_key(row.get(_QUESTIONNAIRE)): row for row in table.rows})


def _key(questionnaire: str) -> str:
    """A spreadsheet takes the zeros in front away."""
    return questionnaire.removesuffix(".0").lstrip("0") or "0"


def _household_of(sample: _Sample, row: TableRow, answered: Answered) -> TableRow:
    number = row.get(answered.questionnaire)
    household = sample.households.get(_key(number))
    if household is None:
        raise row.error(
            answered.questionnaire, f"{number} is no questionnaire of the sample; correct the number"
        )
    for column in sample.design.place:
        theirs = row.find(column)
        if theirs is not None and not same_name(theirs, household.get(column)):
            raise row.error(
                column,
                f"{theirs} is not the {column} of questionnaire {number}, which is {household.get(column)};"
                " correct one of them",
            )
    return household


def _refuse_repeated(table: Table, answered: Answered) -> None:
    seen: dict[str, int] = {}
    for row in table.rows:
        number = row.get(answered.questionnaire)
        if (first := seen.setdefault(_key(number), row.number)) != row.number:
            raise row.error(
                answered.questionnaire,
                f"{number} is in row {first} too, and one person of a household answers; keep one of them",
            )


def _adults(row: TableRow, column: str) -> int:
    adults = row.get_as(column, parse_count)
    if not adults:
        raise row.error(column, "is 0, and one of them answered; write how many adults the household has")
    return adults


def _nonresponse_factors(sample: _Sample, found: list[TableRow]) -> list[float]:
    """Return for each answer how many households its household stands for in its village."""
    drawn = Counter(sample.village(row) for row in sample.households.values())
    answered = Counter(sample.village(row) for row in {row.number: row for row in found}.values())
    villages = list(answered)
    factors = response_factors([drawn[name] for name in villages], [answered[name] for name in villages])
    factor = dict(zip(villages, factors.tolist(), strict=True))
    return [factor[sample.village(row)] for row in found]


def _columns(
    sample: _Sample, table: Table, found: list[TableRow], weight: list[float]
) -> tuple[list[str], Iterator[list[str]]]:
    """Return the header and the rows: the responses' own columns, then those that they lack."""
    taken = [name for name in _ADDED if name in table.header]
    if taken:
        raise TableError(
            table.file, f"has a column {taken[0]} already; rename it", row=table.header_row, column=taken[0]
        )
    place = [column for column in sample.design.place if column not in table.header]
    rows = (
        [
            *(row.cells[name] for name in table.header),
            *(household.get(name) for name in (*place, *_ADDED[:-1])),
            repr(one),
        ]
        for row, household, one in zip(table.rows, found, weight, strict=True)
    )
    return [*table.header, *place, *_ADDED], rows
