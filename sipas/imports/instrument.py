"""Instruments from TOML files. Publishing is final."""

import unicodedata
from pathlib import Path

from sipas.errors import InputError, TableError
from sipas.imports.counts import ImportCounts
from sipas.postgres.pool import Connection
from sipas.queries.instruments import find_instrument_source, insert_instrument
from sipas.survey.instruments.reading import read_instrument


async def import_instrument(conn: Connection, path: Path) -> ImportCounts:
    source = _read_source(path)
    instrument = read_instrument(source, path.name)
    async with conn.transaction():
        published = await find_instrument_source(conn, instrument.id, instrument.version)
        if published is None:
            await insert_instrument(conn, instrument.id, instrument.version, source)
            return ImportCounts(1, 0, 0)
    if read_instrument(published) != instrument:
        raise InputError(
            f"{path.name}: {instrument.name} is published with other content, and a published version "
            f"never changes; raise version to {instrument.version + 1} or above"
        )
    return ImportCounts(0, 0, 1)


def _read_source(path: Path) -> str:
    """Return the text in NFC, so that item ids match the headers of files."""
    content = path.read_bytes()
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise TableError(
            path.name, f"byte {error.start + 1} is not UTF-8; save the file as UTF-8", row=row
        ) from None
