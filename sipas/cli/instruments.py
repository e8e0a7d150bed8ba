"""sipas instrument: questionnaires in, out, listed and previewed."""

from pathlib import Path

import click
import msgspec

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.output import OUTPUT_FILE, format_option, show
from sipas.errors import InputError, NotFound
from sipas.imports.instrument import (
    InstrumentFile,
    find_instrument_file,
    publish_instrument,
    read_instrument_file,
    refuse_unread,
)
from sipas.imports.questionnaires.xlsform_writing import xlsform_bytes
from sipas.instruments import find_shipped, list_shipped
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import list_instruments
from sipas.queries.instruments import find_instrument_source
from sipas.survey.instruments.outline import outline
from sipas.survey.instruments.reading import decode_instrument

_VERSION_MAX = 2**31 - 1
PREVIEW_PORT = 8010  # kiosks store by address: not that of the service


@click.group(cls=StrictGroup)
def instrument() -> None:
    """Questionnaires: import, list, show, preview and export them."""


@instrument.command("import")
@click.argument("name", metavar="FILE")
@click.option("--partial", is_flag=True, help="publish the parts that could be read, without the rest")
@format_option
def import_instrument(name: str, partial: bool, format_: str) -> None:
    """Publish an instrument: TOML, an XLSForm (XLSX), SurveyJS (JSON), or the id of one that ships.

    Features of XLSForm and SurveyJS that are not understood are listed, and nothing is published. A published
    version never changes.
    """
    path = find_instrument_file(name)
    read = read_instrument_file(path)
    _list_notes(path, read)
    if not partial:
        refuse_unread(path.name, read)
    show(in_database(lambda conn: publish_instrument(conn, read, path.name)), format_)


def _list_notes(path: Path, read: InstrumentFile) -> None:
    for feature in read.unread:
        click.echo(f"not understood: {path.name}, {feature}", err=True)
    for assumed in read.assumed:
        click.echo(f"assumed: {assumed}", err=True)


class _Listed(msgspec.Struct, frozen=True):
    id: str
    version: int
    title: str
    items: int
    forms: tuple[str, ...]
    published: bool
    note: str | None


@instrument.command("list")
@format_option
def list_(format_: str) -> None:
    """List the published instruments, and those that ship with the package."""
    published = [decode_instrument(source) for _, source in in_database(list_instruments)]
    names = {one.name for one in published}
    shipped = [decode_instrument(path.read_bytes()) for path in list_shipped()]
    found = [*((one, True) for one in published), *((o, False) for o in shipped if o.name not in names)]
    listed = [
        _Listed(
            one.id,
            one.version,
            one.title[one.languages[0]],
            len(list(one.items())),
            tuple(form.id for form in one.all_forms()),
            is_published,
            one.note[one.languages[0]] if one.note else None,
        )
        for one, is_published in found
    ]
    show(sorted(listed, key=lambda one: (one.id, one.version)), format_)


@instrument.command("show")
@click.argument("name", metavar="I@V|FILE")
@format_option
def show_(name: str, format_: str) -> None:
    """Show items and index trees of an instrument, in the order of the form."""
    shown = outline(_find(name).instrument)
    show(shown if format_ == "json" else shown.items, format_)


@instrument.command("export")
@click.argument("name", metavar="I@V|FILE")
@click.option(
    "-o", "--output", "file", type=OUTPUT_FILE, required=True, metavar="FILE", help="FILE.toml or FILE.xlsx"
)
def export(name: str, file: Path) -> None:
    """Write an instrument as TOML, or as an XLSForm that reads back as the same instrument."""
    found = _find(name)
    match file.suffix.lower():
        case ".toml":
            file.write_text(found.source, encoding="utf-8")
        case ".xlsx":
            file.write_bytes(xlsform_bytes(found.instrument))
        case _:
            raise InputError(f"{file.name}: name a file that ends in .toml or .xlsx")


@instrument.command("preview")
@click.argument("name", metavar="I@V|FILE")
@click.option("--form", "form", metavar="F", help="show only this form, on the kiosk too")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), help=f"default: the first free one from {PREVIEW_PORT}"
)
def preview(name: str, form: str | None, host: str, port: int | None) -> None:
    """Show an instrument as citizens will see it, on phone and kiosk, until stopped.

    Answers are checked and dropped. An instrument from a file, or one that ships, needs no database.
    """
    from sipas.cli.instrument_preview import serve_preview  # the web framework takes a while to load

    serve_preview(_find(name, shipped_first=True).instrument, form, host, port)


def _find(name: str, *, shipped_first: bool = False) -> InstrumentFile:
    """Return a published instrument, a file's, or one that ships.

    shipped_first: read no database for a version that ships.
    """
    code, _, version = name.partition("@")
    if Path(name).is_file() or (find_shipped(name) and not version):
        path = find_instrument_file(name)
        read = read_instrument_file(path)
        _list_notes(path, read)
        return read
    if not version.isdecimal() or int(version) > _VERSION_MAX:
        shipped_ids = ", ".join(one.stem for one in list_shipped())
        raise InputError(
            f"there is no file {name}; name an instrument by id and version, such as {code}@1,"
            f" or one that ships: {shipped_ids}"
        )
    shipped = _find_shipped_version(name, f"{code}@{int(version)}")
    if shipped and shipped_first:
        return shipped
    source = in_database(lambda conn: _find_source(conn, code, int(version)))
    if source is not None:
        return InstrumentFile(decode_instrument(source), source)
    if shipped:
        return shipped
    raise NotFound(f"no instrument {name} is published; `sipas instrument list` shows those that are")


def _find_shipped_version(name: str, wanted: str) -> InstrumentFile | None:
    shipped = find_shipped(name)
    read = read_instrument_file(shipped) if shipped else None
    return read if read and read.instrument.name == wanted else None


async def _find_source(conn: Connection, code: str, version: int) -> str | None:
    return await find_instrument_source(conn, code, version)
