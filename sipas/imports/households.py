"""A drawn household sample, as `sipas plan households` writes it, for the interviewers of a round."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec

from sipas.errors import InputError, TableError
from sipas.postgres.pool import Connection
from sipas.queries.households import NewHousehold, insert_households, list_drawn, lock_sample
from sipas.survey.catalogue import Catalogue, load_catalogue, local_day
from sipas.survey.links.mix_plan import VILLAGE_SEPARATOR
from sipas.tables import Table, TableRow, read_table

_DRAWN_FILE, _DESIGN_FILE = "households.csv", "design.json"
_QUESTIONNAIRE, _HOUSEHOLD = "questionnaire", "household"
_GRID_COLUMN = "adults_"


class ImportedHouseholds(msgspec.Struct, frozen=True):
    """stored: new ones; unchanged: imported before."""

    stored: int
    unchanged: int
    villages: int


class _Design(msgspec.Struct, frozen=True):
    """The part of design.json that says which columns are a place."""

    village: tuple[str, ...]
    place: tuple[str, ...]


async def import_households(
    conn: Connection, folder: Path, round_code: str, unit_column: str | None = None
) -> ImportedHouseholds:
    """Import the sample of a round, whole or not at all. A round has one sample, which does not change."""
    catalogue = await load_catalogue(conn)
    round_ = catalogue.get_round(round_code)
    design, table = _read_sample(folder)
    day = local_day(round_.opens_at)
    column = unit_column or _find_unit_column(table, design, catalogue, day)
    grid = [name for name in table.header if name.startswith(_GRID_COLUMN)]
    rows = [_household(row, design, column, grid, catalogue, day) for row in table.rows]
    _refuse_repeated(table, rows)
    villages = len({row.village for row in rows})
    async with conn.transaction():
        await lock_sample(conn, round_.id)
        known = await list_drawn(conn, round_.id)
        if known:
            _refuse_other_sample(round_code, known, rows)
            return ImportedHouseholds(0, len(rows), villages)
        await insert_households(conn, round_.id, rows)
    return ImportedHouseholds(len(rows), 0, villages)


def _read_sample(folder: Path) -> tuple[_Design, Table]:
    if not (folder / _DRAWN_FILE).is_file() or not (folder / _DESIGN_FILE).is_file():
        raise InputError(
            f"{folder} has no {_DRAWN_FILE} and {_DESIGN_FILE}; name the folder that"
            " `sipas plan households` wrote"
        )
    try:
        design = msgspec.json.decode((folder / _DESIGN_FILE).read_bytes(), type=_Design)
    except msgspec.MsgspecError as error:
        raise TableError(_DESIGN_FILE, f"is not as `sipas plan households` writes it: {error}") from None
    return design, read_table(folder / _DRAWN_FILE, (_QUESTIONNAIRE, _HOUSEHOLD, *design.village))


def _find_unit_column(table: Table, design: _Design, catalogue: Catalogue, day: date) -> str:
    """Return the last column of the place whose cells are all codes of units: the smallest unit."""
    for column in reversed(design.place):
        if all(row.get(column) in catalogue.units_by_code for row in table.rows):
            return column
    raise InputError(
        f"no column of {table.file} holds codes of units ({', '.join(design.place)}); name one with"
        " --unit-column, or put a column of codes into the frame and draw with it in --strata"
    )


def _household(
    row: TableRow, design: _Design, unit_column: str, grid: Sequence[str], catalogue: Catalogue, day: date
) -> NewHousehold:
    code = row.get(unit_column)
    unit = catalogue.unit_at(code, day)
    if unit is None:
        raise row.error(unit_column, f"there is no unit {code!r} on {day}, when the round opens")
    return NewHousehold(
        questionnaire=row.get(_QUESTIONNAIRE),
        village=VILLAGE_SEPARATOR.join(row.get(column) for column in design.village),
        household=row.get(_HOUSEHOLD),
        unit_id=unit.id,
        grid=tuple(row.get_as(name, int) for name in grid) or None,
    )


def _refuse_repeated(table: Table, rows: Sequence[NewHousehold]) -> None:
    seen: dict[str, int] = {}
    for row, household in zip(table.rows, rows, strict=True):
        if household.questionnaire in seen:
            number = seen[household.questionnaire]
            raise row.error(_QUESTIONNAIRE, f"{household.questionnaire} is in row {number} too")
        seen[household.questionnaire] = row.number


def _refuse_other_sample(
    round_code: str, known: Sequence[NewHousehold], rows: Sequence[NewHousehold]
) -> None:
    by_number = {row.questionnaire: row for row in rows}
    changed = [one.questionnaire for one in known if by_number.get(one.questionnaire) != one]
    if changed or len(known) != len(rows):
        example = f", such as questionnaire {changed[0]}" if changed else ""
        raise InputError(
            f"round {round_code} has another sample ({len(known):,} households){example}; a sample in the"
            " field does not change. Open another round for another sample"
        )
