"""Responses from a file.

Importing a file again stores nothing twice. A file with other content for stored responses is refused, unless
it is to replace what an earlier import stored.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from sipas.errors import InputError, TableError
from sipas.imports.person_answers import text_columns, with_option_codes
from sipas.imports.response_columns import read_columns
from sipas.imports.response_dates import find_submitted_at
from sipas.imports.response_rows import incoming_rows
from sipas.imports.transaction_dates import DateOrder
from sipas.imports.withdrawing import replace_changed
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Round
from sipas.queries.imported import copy_incoming, list_changed, store_incoming
from sipas.queries.withdrawn import insert_import
from sipas.survey.catalogue import load_catalogue
from sipas.survey.columns import IMPORT_COLUMNS
from sipas.survey.instruments.answer_files import Reading, needed_items, read_answers_to, refuse_look_alikes
from sipas.survey.instruments.instrument import Instrument
from sipas.tables import AnswerTable
from sipas.tables.item_columns import quoted_map
from sipas.tables.records import open_records
from sipas.tables.response_ids import RESPONSE_ID, id_columns, ids_alike


class ResponseCounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """replaced: stored before with other content, and replaced on request."""

    stored: int
    duplicate: int
    replaced: int = 0


@dataclass(frozen=True)
class ImportedResponses:
    """without_column, without_answer: items that the forms in the file ask, whose column is missing or empty.
    other_columns: columns that are neither items nor known, and became attributes."""

    counts: ResponseCounts
    without_column: tuple[str, ...]
    other_columns: tuple[str, ...]
    without_answer: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()  # columns that may name a person, which were not stored
    dates: tuple[str, ...] = ()  # columns of dates, where the file has no day of answer
    ids_alike: tuple[str, ...] = ()  # response ids that differ from others in zeros alone
    incomplete: int = 0  # responses that lack a required answer, and are partial


_DEFAULT_READING = Reading()


@dataclass(frozen=True)
class ResponseFile:
    """where: column and value of the rows to import. channel: the answer channel, without a column for it.
    replace: what earlier imports stored under the same ids. by: who imports. order: of day and month.
    """

    reading: Reading = _DEFAULT_READING
    replace: bool = False
    by: str = "unknown"
    where: Sequence[tuple[str, str]] = ()
    channel: str = "paper"
    order: DateOrder | None = None


_DEFAULT_FILE = ResponseFile()


async def import_responses(
    conn: Connection, path: Path, round_code: str, file: ResponseFile = _DEFAULT_FILE
) -> ImportedResponses:
    catalogue = await load_catalogue(conn)
    round_ = catalogue.get_round(round_code)
    instrument = catalogue.instrument_of(round_)
    table = _read_responses(path, file.reading, instrument, round_)
    needed = needed_items(instrument, table, instrument.all_forms()[0].id)
    missing, rows = table.missing_items(needed), _taken(table, file.where, file.reading.rename)
    coded = with_option_codes(rows, instrument, file.reading.missing)
    columns = read_columns(coded, catalogue, round_, file.channel, file.order)
    async with conn.transaction():
        await copy_incoming(conn, incoming_rows(columns, round_.code))
        replaced = await replace_changed(conn, catalogue, round_.id) if file.replace else 0
        stored = await store_incoming(conn, round_.id) - replaced
        _refuse_changed(path.name, round_.code, await list_changed(conn, round_.id))
        counts = ResponseCounts(stored, len(columns.answers) - stored - replaced, replaced)
        await insert_import(
            conn, round_.id, path.name, _sha256_of(path), file.by, (stored, counts.duplicate, replaced)
        )
    unanswered = tuple(item for item in rows.unanswered() if item in needed)
    others = [name for name in table.expected.others([*table.columns]) if name not in columns.left_out]
    return ImportedResponses(
        counts,
        missing,
        tuple(others),
        unanswered,
        columns.left_out,
        columns.dates,
        ids_alike(rows, RESPONSE_ID),
        columns.incomplete,
    )


def _sha256_of(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _read_responses(path: Path, reading: Reading, instrument: Instrument, round_: Round) -> AnswerTable:
    """Read the responses. Each item of the forms in the file must have a column."""
    named = replace(reading, rename=_with_known_names(path, reading, round_))
    known = IMPORT_COLUMNS | text_columns(instrument)
    table = read_answers_to(instrument, path, named, ("response_id", "unit"), known)
    refuse_look_alikes(table, known, set(round_.strata))
    return table


def _with_known_names(path: Path, reading: Reading, round_: Round) -> Mapping[str, str]:
    """Return the renamings, and those of columns which hold response ids or the day under other names."""
    with open_records(path, rename=reading.rename, place=reading.place) as records:
        header = records.header
    named = {**find_submitted_at(header, {*round_.strata, *reading.rename}), **reading.rename}
    return _with_response_id(path, header, named)


def _with_response_id(path: Path, header: Sequence[str], named: Mapping[str, str]) -> Mapping[str, str]:
    found = id_columns(header)
    if RESPONSE_ID in found or not found:
        return named
    if len(found) > 1:
        options = " or ".join(quoted_map(RESPONSE_ID, name) for name in found)
        raise TableError(path.name, f"has several columns that may be {RESPONSE_ID}; add {options}")
    return {**named, RESPONSE_ID: found[0]}


def _taken(table: AnswerTable, where: Sequence[tuple[str, str]], rename: Mapping[str, str]) -> AnswerTable:
    """Return the rows that `where` selects, by the file's name or ours for the column."""
    ours = {theirs: our for our, theirs in rename.items()}
    for column, value in where:
        table = table.where(ours.get(column, column), value)
    return table


def _refuse_changed(file: str, round_code: str, names: Sequence[str]) -> None:
    if names:
        raise InputError(
            f"{file}: nothing was imported, for round {round_code} holds other content under the same "
            f"response_id: {', '.join(names)}{' and others' if len(names) == 20 else ''}; a stored response "
            "never changes, so give responses that are new ids of their own. If the earlier file was wrong, "
            "correct it with --replace"
        )
