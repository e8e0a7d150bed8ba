"""Responses from a file. An import never changes a stored response: a file imported again stores
nothing twice, and one that says something else of a stored response is refused."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from sipas.errors import InputError
from sipas.imports.response_columns import read_columns
from sipas.imports.response_rows import incoming_rows
from sipas.postgres.pool import Connection
from sipas.queries.imported import copy_incoming, list_changed, store_incoming
from sipas.survey.catalogue import load_catalogue
from sipas.tables import AnswerTable, read_answers


class ResponseCounts(msgspec.Struct, frozen=True):
    stored: int
    duplicate: int


async def import_responses(
    conn: Connection,
    path: Path,
    round_code: str,
    *,
    rename: Mapping[str, str] | None = None,
    where: Sequence[tuple[str, str]] = (),
    channel: str = "paper",
) -> ResponseCounts:
    """`rename`: our name for a column → the file's. `where`: column and value of the rows to take.
    `channel`: the answer channel where the file has no column of it."""
    catalogue = await load_catalogue(conn)
    round_ = catalogue.get_round(round_code)
    instrument = catalogue.instrument_of(round_)
    items = [item.id for item in instrument.items()]
    table = read_answers(
        path, items, instrument.scale.points, required=("response_id", "unit"), rename=rename
    )
    columns = read_columns(taken(table, where, rename or {}), catalogue, round_, channel)
    async with conn.transaction():
        await copy_incoming(conn, incoming_rows(columns, round_.code))
        stored = await store_incoming(conn, round_.id)
        refuse_changed(path.name, round_.code, await list_changed(conn, round_.id))
    return ResponseCounts(stored, len(columns.answers) - stored)


def taken(table: AnswerTable, where: Sequence[tuple[str, str]], rename: Mapping[str, str]) -> AnswerTable:
    """The rows that `where` selects; it may name columns as the file does or as we do."""
    ours = {theirs: our for our, theirs in rename.items()}
    for column, value in where:
        table = table.where(ours.get(column, column), value)
    return table


def refuse_changed(file: str, round_code: str, names: Sequence[str]) -> None:
    if names:
        raise InputError(
            f"{file}: nothing was imported, for round {round_code} holds other content under the same "
            f"response_id: {', '.join(names)}{' and others' if len(names) == 20 else ''}; a stored response "
            "never changes, so give responses that are new ids of their own"
        )
