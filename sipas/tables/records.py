"""The records of a file, whatever kind of table it is: a header, and rows as lists of text."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sipas.errors import TableError
from sipas.tables.cells import clean
from sipas.tables.comma import comma_rows
from sipas.tables.workbook import workbook_rows

SIGNATURES = {
    b"PK\x03\x04": workbook_rows,
    b"": comma_rows,  # anything else
}
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Records:
    """`rows` are numbered as a spreadsheet numbers them: the header is row 1, empty rows count."""

    file: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[str]]]


@contextmanager
def open_records(
    path: Path | str, required: Iterable[str] = (), rename: Mapping[str, str] | None = None
) -> Iterator[Records]:
    """The records of a CSV or XLSX file. `rename`: our name for a column → the file's name for it."""
    path = Path(path)
    with records_of(path.name, path.read_bytes(), required, rename) as records:
        yield records


@contextmanager
def records_of(
    file: str, content: bytes, required: Iterable[str] = (), rename: Mapping[str, str] | None = None
) -> Iterator[Records]:
    """As `open_records`, of a file's content."""
    if content.startswith(OLD_WORKBOOK):
        raise TableError(file, "is an old .xls workbook; save it as XLSX or as CSV UTF-8")
    read = next(reader for signature, reader in SIGNATURES.items() if content.startswith(signature))
    with read(file, content) as raw:
        first = next(raw, None)
        if first is None:
            raise TableError(file, "is empty; its first row must name the columns")
        header = read_header(file, first, rename or {})
        for column in required:
            if column not in header:
                known = ", ".join(header)
                raise TableError(file, f"is missing; the columns are {known}", row=1, column=column)
        yield Records(file, header, checked(file, header, raw))


def read_header(file: str, cells: Sequence[str], rename: Mapping[str, str]) -> tuple[str, ...]:
    names = [clean(cell) for cell in cells]
    ours = {clean(theirs): clean(our) for our, theirs in rename.items()}
    for theirs, our in ours.items():
        if theirs not in names:
            raise TableError(file, f"is missing; {our} was to be taken from it", row=1, column=theirs)
        if our in names and our not in ours:
            problem = (
                f"the file has a column {our} of its own, so {theirs} cannot be taken for it; rename one"
            )
            raise TableError(file, problem, row=1, column=our)
    header = [ours.get(name, name) for name in names]
    for place, name in enumerate(header):
        if not name:
            raise TableError(file, f"column {place + 1} has no name; name it or delete the column", row=1)
        if name in header[:place]:
            raise TableError(file, "stands twice in the header; rename one of the two", row=1, column=name)
    return tuple(header)


def checked(
    file: str, header: tuple[str, ...], raw: Iterator[Sequence[str]]
) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows that are not empty, each as wide as the header; a file without any is an error."""
    width, found = len(header), False
    for number, cells in zip(itertools.count(2), raw, strict=False):
        if len(cells) != width:
            if not any(cells):
                continue
            raise ragged(file, number, header, cells)
        if any(cells):
            found = True
            yield number, cells
    if not found:
        raise TableError(file, "has a header and no rows")


def ragged(file: str, number: int, header: tuple[str, ...], cells: Sequence[str]) -> TableError:
    problem = f"has {len(cells)} cells where the header has {len(header)}; is a quote or a separator missing?"
    first_missing = next(iter(header[len(cells) :]), None)
    return TableError(file, problem, row=number, column=first_missing)
