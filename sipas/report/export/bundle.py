"""The bundle of a round: every format, codebooks, the questionnaire, the frame, scripts, and a manifest."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec

from sipas.report.export.codebook import build_codebook
from sipas.report.export.codebook_files import CODEBOOK_FORMATS
from sipas.report.export.export_facts import ExportFacts
from sipas.report.export.export_table import ExportTable
from sipas.report.export.exporting import TABLE_FORMATS, side_note, write_table
from sipas.report.export.reproduction import (
    Settings,
    asking_csv,
    expected_csv,
    frame_csv,
    measures_csv,
    read_settings,
)
from sipas.report.export.text_files import Advance
from sipas.report.indices.index_table import SOFTWARE
from sipas.report.request import EstimateRequest
from sipas.report.sources.snapshot import Snapshot
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.writing import instrument_toml

BUNDLE_FORMAT: Final = "zip"
BUNDLE_MEDIA_TYPE: Final = "application/zip"
EXPORT_FORMATS: Final = (*TABLE_FORMATS, BUNDLE_FORMAT)
_SCRIPTS = Path(__file__).with_name("bundle_files")
_CHUNK_BYTES = 1 << 20
_PACKED = ("xlsx", "parquet")  # these formats are compressed themselves

Write = Callable[[BinaryIO], object]


class BundleFile(msgspec.Struct, frozen=True):
    """rows: of a file of responses."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None


class Versions(msgspec.Struct, frozen=True):
    """instrument, frame: the name or the size, and the SHA-256 of their files; None where there is none."""

    software: str
    instrument: str
    instrument_sha256: str
    index: str
    frame_sha256: str | None


class Manifest(msgspec.Struct, frozen=True):
    """files: all but the manifest itself."""

    facts: ExportFacts
    versions: Versions
    settings: Settings
    files: tuple[BundleFile, ...]


def rows_written(table: ExportTable, format_: str) -> int:
    """Return how many rows are written in all files, for a bar of progress."""
    return len(table) * (len(TABLE_FORMATS) if format_ == BUNDLE_FORMAT else 1)


def write_export(
    snapshot: Snapshot,
    request: EstimateRequest,
    table: ExportTable,
    format_: str,
    file: BinaryIO,
    advance: Advance = lambda rows: None,
) -> None:
    """Write an export in any format. For a bundle, the table holds the whole round."""
    if format_ == BUNDLE_FORMAT:
        write_bundle(snapshot, request, table, file, advance)
    else:
        write_table(table, format_, file, advance)


def write_bundle(
    snapshot: Snapshot, request: EstimateRequest, table: ExportTable, file: BinaryIO, advance: Advance
) -> None:
    """Write the archive of a table that holds the whole round."""
    settings = read_settings(snapshot, request, table)
    files: list[BundleFile] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _small_files(snapshot, request, table, settings):
            files.append(_add(archive, name, lambda part, content=content: part.write(content)))  # type: ignore[misc]
        for format_ in TABLE_FORMATS:
            name = f"data/responses.{format_}"
            added = _add(archive, name, lambda part, one=format_: write_table(table, one, part, advance))  # type: ignore[misc]
            files.append(msgspec.structs.replace(added, rows=len(table)))
        manifest = Manifest(
            table.facts, _versions(snapshot.instrument, settings, files), settings, tuple(files)
        )
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
        _add(archive, "manifest.json", lambda part: part.write(content))


def _small_files(
    snapshot: Snapshot, request: EstimateRequest, table: ExportTable, settings: Settings
) -> Iterator[tuple[str, bytes]]:
    instrument, language = snapshot.instrument, table.facts.language
    yield "README.md", (_SCRIPTS / f"README.{language}.md").read_bytes()
    yield "notes.txt", side_note(table)
    yield "instrument.toml", instrument_toml(instrument).encode()
    book = build_codebook(snapshot, table)
    for format_, write in CODEBOOK_FORMATS.items():
        yield "codebook." + format_, write(book, language)
    yield "data/asking.csv", asking_csv(instrument)
    if (frame := frame_csv(snapshot, settings.strata)) is not None:
        yield "data/frame.csv", frame
    if settings.index:
        yield from _scripts(snapshot, request, settings)


def _scripts(snapshot: Snapshot, request: EstimateRequest, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Yield what computes the figures again; a questionnaire without an index has none."""
    for script in ("reproduce.R", "reproduce.py"):
        yield script, (_SCRIPTS / script).read_bytes()
    yield "data/settings.csv", settings.as_csv()
    yield "data/measures.csv", measures_csv(snapshot.instrument, settings.index)
    yield "tables/expected.csv", expected_csv(snapshot, request, settings)


def _versions(instrument: Instrument, settings: Settings, files: list[BundleFile]) -> Versions:
    hashes = {one.name: one.sha256 for one in files}
    return Versions(
        SOFTWARE, instrument.name, hashes["instrument.toml"], settings.index, hashes.get("data/frame.csv")
    )


def _add(archive: zipfile.ZipFile, name: str, write: Write) -> BundleFile:
    """Write a file aside first: some formats go back to their beginning."""
    with tempfile.TemporaryFile() as aside:
        write(cast(BinaryIO, aside))
        size, digest = aside.seek(0, 2), sha256()
        aside.seek(0)
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        packed = name.rpartition(".")[2] in _PACKED
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with archive.open(entry, "w", force_zip64=True) as part:
            while chunk := aside.read(_CHUNK_BYTES):
                digest.update(chunk)
                part.write(chunk)
    return BundleFile(name, size, digest.hexdigest())
