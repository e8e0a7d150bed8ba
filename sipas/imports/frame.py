"""A round's frame: the number of completed transactions in each stratum. A new file replaces the old
frame.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec

from sipas.imports.fields import one_of_words
from sipas.imports.lookup import procedure_called, unit_during
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Round
from sipas.queries.frame import FrameStratum, delete_frame, insert_frame
from sipas.survey.catalogue import Catalogue, load_catalogue
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import clean_cell, parse_count

FRAME_KEY_COLUMNS = ("unit", "procedure", "service_channel")  # other strata columns are attributes


class FrameCounts(msgspec.Struct, frozen=True):
    strata: int
    transactions: int


async def import_frame(
    conn: Connection, path: Path, round_code: str, count_column: str, rename: Mapping[str, str] | None = None
) -> FrameCounts:
    catalogue = await load_catalogue(conn)
    round_ = catalogue.get_round(round_code)
    counted = clean_cell(count_column)
    table = read_table(path, (*round_.strata, counted), rename)
    strata = _read_strata(table, catalogue, round_, counted)
    async with conn.transaction():
        await delete_frame(conn, round_.id)
        await insert_frame(conn, round_.id, strata)
    return FrameCounts(len(strata), sum(stratum.transactions for stratum in strata))


def _read_strata(table: Table, catalogue: Catalogue, round_: Round, counted: str) -> list[FrameStratum]:
    seen: dict[tuple[object, ...], int] = {}
    strata = []
    for row in table.rows:
        stratum = _read_stratum(row, catalogue, round_, counted)
        key = msgspec.structs.astuple(stratum)[:-1]
        if key in seen:
            raise row.error(round_.strata[-1], f"row {seen[key]} is of the same stratum; each has one row")
        seen[key] = row.number
        strata.append(stratum)
    return strata


def _read_stratum(row: TableRow, catalogue: Catalogue, round_: Round, counted: str) -> FrameStratum:
    unit_id = procedure_id = service_channel = None
    if "unit" in round_.strata:
        unit_id = row.get_as("unit", lambda code: unit_during(catalogue, code, round_).id)
    if "procedure" in round_.strata:
        procedure_id = row.get_as("procedure", lambda code: procedure_called(catalogue, code).id)
    if "service_channel" in round_.strata:
        service_channel = row.get_as("service_channel", one_of_words(SERVICE_CHANNELS))
    others = {column: row.get(column) for column in round_.strata if column not in FRAME_KEY_COLUMNS}
    return FrameStratum(
        unit_id=unit_id,
        procedure_id=procedure_id,
        service_channel=service_channel,
        attributes=json.dumps(others, sort_keys=True, ensure_ascii=False),
        transactions=row.get_as(counted, parse_count),
    )
