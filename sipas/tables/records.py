"""The records of a file, whatever kind of table it is: a header, and rows as lists of text."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sipas.errors import TableError
from sipas.tables.cells import clean_cell, phrase
from sipas.tables.comma import NumberedRows, comma_rows
from sipas.tables.header_rows import NO_NAMES, HeaderNames, HeaderRow, read_header_rows
from sipas.tables.names import quoted, same_name
from sipas.tables.statistical_files import statistical_kind, statistical_rows
from sipas.tables.workbook import other_sheets, sheet_names, workbook_rows

_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_HEADER_WITHIN_ROWS = 20  # in which a message looks for the header that a file seems to have


LeaveOut = Callable[[TableError, Sequence[str]], None]


@dataclass(frozen=True)
class TablePlace:
    """The place of a table in its file. sheet None: the first of a workbook."""

    sheet: str | None = None
    skip_rows: int = 0


FIRST_SHEET = TablePlace()


@dataclass(frozen=True)
class Records:
    """`rows` are numbered as a spreadsheet numbers them: empty rows and those above the header count.

    find_header: advice on where a header with these names seems to be; empty where there is none."""

    file: str
    header: tuple[str, ...]
    header_row: int
    rows: NumberedRows
    find_header: Callable[[Collection[str]], str]

    def header_error(self, problem: str, column: str | None = None) -> TableError:
        return TableError(self.file, problem, row=self.header_row, column=column)


@contextmanager
def open_records(
    path: Path | str,
    required: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    place: TablePlace = FIRST_SHEET,
    names: HeaderNames = NO_NAMES,
    leave_out: LeaveOut | None = None,
) -> Iterator[Records]:
    """The records of a CSV or XLSX file. `rename`: our name for a column → the file's name for it.

    leave_out: takes rows with a wrong number of cells; without it, the first is an error.
    """
    path = Path(path)
    with records_of(path.name, path.read_bytes(), required, rename, place, names, leave_out) as records:
        yield records


@contextmanager
def records_of(
    file: str,
    content: bytes,
    required: Iterable[str] = (),
    rename: Mapping[str, str] | None = None,
    place: TablePlace = FIRST_SHEET,
    names: HeaderNames = NO_NAMES,
    leave_out: LeaveOut | None = None,
) -> Iterator[Records]:
    """As `open_records`, of a file's content."""
    required, rename = tuple(required), rename or {}
    if content.startswith(_OLD_WORKBOOK):
        raise TableError(file, "is an old .xls workbook; save it as XLSX or as CSV UTF-8")
    if place.sheet is not None and not content.startswith(_WORKBOOK):
        raise TableError(file, f"is no workbook, so it has no sheet {place.sheet!r}; leave --sheet out")
    theirs = {clean_cell(rename.get(name, name)) for name in required}

    def find_header(wanted: Collection[str]) -> str:
        return _header_advice(file, content, place, wanted)

    with _raw_rows(file, content, place) as raw:
        try:
            first = read_header_rows(file, raw, names, theirs)
            header = _read_header(file, first, rename)
            _require(file, first.number, header, required)
        except TableError as problem:
            raise problem.with_advice(find_header(theirs or names.columns)) from None
        yield Records(file, header, first.number, _checked(file, header, first.rows, leave_out), find_header)


def unread_sheets(path: Path, place: TablePlace) -> tuple[str, ...]:
    """Return further sheets with data, where the first was read because no sheet was asked for."""
    if place.sheet is not None:
        return ()
    with path.open("rb") as file:
        if file.read(len(_WORKBOOK)) != _WORKBOOK:
            return ()
    return other_sheets(path.name, path.read_bytes())


def _raw_rows(file: str, content: bytes, place: TablePlace) -> AbstractContextManager[NumberedRows]:
    if content.startswith(_WORKBOOK):
        return workbook_rows(file, content, place.skip_rows, place.sheet)
    if kind := statistical_kind(content):
        return statistical_rows(file, content, kind)
    return comma_rows(file, content, place.skip_rows)


def _require(file: str, row: int, header: Sequence[str], required: Iterable[str]) -> None:
    for column in required:
        if column not in header:
            alike = next((name for name in header if same_name(name, column) and name not in required), None)
            problem = f"is missing; the columns are {', '.join(header)}"
            if alike is not None:
                problem += f"; {alike} looks like it: rename it, or add --map {quoted(f'{column}={alike}')}"
            raise TableError(file, problem, row=row, column=column)


def _header_advice(file: str, content: bytes, place: TablePlace, wanted: Collection[str]) -> str:
    """Say where else in the file a row has the names wanted, or else which sheets there are."""
    sheets = sheet_names(file, content) if content.startswith(_WORKBOOK) else []
    for sheet in [place.sheet, *sheets]:
        with _raw_rows(file, content, TablePlace(sheet)) as raw:
            number = _row_that_names(raw, wanted)
        if number is not None:
            if (sheet, number) == (place.sheet, place.skip_rows + 1):
                return ""
            return f"; the header seems to be row {number}: {_options(place, sheet, number)}"
    others = len(sheets) > 1 and place.sheet is None
    return f"; the sheets are {', '.join(sheets)}: --sheet NAME reads another" if others else ""


def _row_that_names(raw: NumberedRows, wanted: Collection[str]) -> int | None:
    keys = {phrase(name) for name in wanted}
    for number, cells in islice(raw, _HEADER_WITHIN_ROWS):
        if keys and keys <= {phrase(clean_cell(cell)) for cell in cells}:
            return number
    return None


def _options(place: TablePlace, sheet: str | None, number: int) -> str:
    options = [] if sheet == place.sheet else [f"--sheet {quoted(str(sheet))}"]
    if number > 1:
        options.append(f"--skip-rows {number - 1}")
    advice = [f"add {' '.join(options)}"] if options else []
    if number == 1 and place.skip_rows:
        advice.append("leave --skip-rows out")
    return " and ".join(advice)


def _read_header(file: str, first: HeaderRow, rename: Mapping[str, str]) -> tuple[str, ...]:
    row, names = first.number, [clean_cell(cell) for cell in first.cells]
    ours = {clean_cell(theirs): clean_cell(our) for our, theirs in rename.items()}
    for theirs, our in ours.items():
        if theirs not in names:
            raise TableError(file, f"is missing; {our} was to be taken from it", row=row, column=theirs)
        if our in names and our not in ours:
            problem = (
                f"the file has a column {our} of its own, so {theirs} cannot be taken for it; rename one"
            )
            raise TableError(file, problem, row=row, column=our)
    header = [ours.get(name, name) for name in names]
    for place, name in enumerate(header):
        if not name:
            problem = f"column {place + 1} has no name; name it or delete the column"
            raise TableError(file, problem, row=row)
        if name in header[:place]:
            raise TableError(file, "stands twice in the header; rename one of the two", row=row, column=name)
    return tuple(header)


def _checked(
    file: str, header: tuple[str, ...], raw: NumberedRows, leave_out: LeaveOut | None = None
) -> NumberedRows:
    """The rows that are not empty, each as wide as the header; a file without any is an error."""
    width, found = len(header), False
    for number, cells in raw:
        if len(cells) != width:
            if not any(cells):
                continue
            problem = _ragged(file, number, header, cells)
            if leave_out is None:
                raise problem
            found = True
            leave_out(problem, cells)
            continue
        if any(cells):
            found = True
            yield number, cells
    if not found:
        raise TableError(file, "has a header and no rows")


def _ragged(file: str, number: int, header: tuple[str, ...], cells: Sequence[str]) -> TableError:
    problem = f"has {len(cells)} cells where the header has {len(header)}; is a quote or a separator missing?"
    first_missing = next(iter(header[len(cells) :]), None)
    return TableError(file, problem, row=number, column=first_missing)
