"""Instruments from files: TOML, XLSForm and SurveyJS, or one that ships. Publishing is final."""

import unicodedata
from pathlib import Path

import msgspec

from sipas.errors import InputError, TableError
from sipas.imports.counts import ImportCounts
from sipas.imports.questionnaires.foreign import ForeignQuestionnaire, Unread
from sipas.imports.questionnaires.surveyjs import read_surveyjs
from sipas.imports.questionnaires.xlsform import read_xlsform
from sipas.instruments import find_shipped, list_shipped
from sipas.postgres.pool import Connection
from sipas.queries.instruments import find_instrument_source, insert_instrument
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument, refuse_problems
from sipas.survey.instruments.writing import instrument_toml

_WORKBOOK = b"PK\x03\x04"


class InstrumentFile(msgspec.Struct, frozen=True):
    """source: TOML. unread: features of another program's file that are left out. assumed: what the file
    does not say.
    """

    instrument: Instrument
    source: str
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()


def find_instrument_file(name: str) -> Path:
    """Return the file of that path, or of the shipped instrument with that id."""
    path = Path(name)
    if path.is_file():
        return path
    shipped = find_shipped(name)
    if shipped is None:
        known = ", ".join(one.stem for one in list_shipped())
        raise InputError(f"there is no file {name}, and no instrument of that id ships; these ship: {known}")
    return shipped


async def import_instrument(conn: Connection, path: Path) -> ImportCounts:
    """Publish an instrument. InputError: the file has features that are not understood."""
    read = read_instrument_file(path)
    refuse_unread(path.name, read)
    return await publish_instrument(conn, read, path.name)


def refuse_unread(file: str, read: InstrumentFile) -> None:
    """Refuse a file with features that are not understood."""
    if read.unread:
        features = "1 feature is" if len(read.unread) == 1 else f"{len(read.unread)} features are"
        raise InputError(
            f"{file}: {features} not understood, and nothing was published; change them, or add --partial"
            " to publish the rest"
        )


async def publish_instrument(conn: Connection, read: InstrumentFile, file: str) -> ImportCounts:
    instrument = read.instrument
    async with conn.transaction():
        published = await find_instrument_source(conn, instrument.id, instrument.version)
        if published is None:
            await insert_instrument(conn, instrument.id, instrument.version, read.source)
            return ImportCounts(1, 0, 0)
    if read_instrument(published) != instrument:
        raise InputError(
            f"{file}: {instrument.name} is published with other content, and a published version "
            f"never changes; raise version to {instrument.version + 1} or above"
        )
    return ImportCounts(0, 0, 1)


def read_instrument_file(path: Path) -> InstrumentFile:
    """Read an instrument in any of the formats. InputError names all that keeps it from being published."""
    content = path.read_bytes()
    if content.startswith(_WORKBOOK) or path.suffix.lower() in (".xlsx", ".xlsm"):
        return _from_foreign(path.name, read_xlsform(path.name, content))
    if path.suffix.lower() == ".json":
        return _from_foreign(path.name, read_surveyjs(path.name, content))
    if path.suffix.lower() != ".toml":
        raise InputError(
            f"{path.name}: a file of an instrument ends with .toml, .xlsx (XLSForm) or .json (SurveyJS)"
        )
    source = _decoded(path.name, content)
    return InstrumentFile(read_instrument(source, path.name), source)


def _from_foreign(file: str, read: ForeignQuestionnaire) -> InstrumentFile:
    source = unicodedata.normalize("NFC", instrument_toml(read.instrument))
    try:
        refuse_problems(read.instrument, file)
    except InputError as problem:
        if not read.unread:
            raise
        raise InputError(f"{problem}; not understood: {'; '.join(map(str, read.unread))}") from None
    return InstrumentFile(read_instrument(source, file), source, tuple(read.unread), tuple(read.assumed))


def _decoded(file: str, content: bytes) -> str:
    """Return the text in NFC, so that item ids match the headers of files."""
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        problem = f"byte {error.start + 1} is not UTF-8; save the file as UTF-8"
        raise TableError(file, problem, row=row) from None
