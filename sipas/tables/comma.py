"""The rows of a CSV file as Excel and others write it: UTF-8, separated by comma, semicolon, tab or |."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sipas.errors import TableError

_SEPARATORS = ",;\t|"
_ADVICE = "save the file as CSV UTF-8"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

NumberedRows = Iterator[tuple[int, Sequence[str]]]


@contextmanager
def comma_rows(file: str, content: bytes, skip_rows: int = 0) -> Iterator[NumberedRows]:
    """Rows with their numbers, without those to skip and without Excel's first line `sep=;`."""
    if content.startswith(_UTF16):
        raise TableError(file, f"is UTF-16, not UTF-8; {_ADVICE}")
    if (place := content.find(b"\0")) >= 0:
        problem = f"byte {place + 1} is NUL, so this is no text; {_ADVICE}"
        raise TableError(file, problem, row=_row_of(content, place))
    try:
        yield _parsed(file, content, skip_rows)
    except UnicodeDecodeError:
        raise _not_utf8(file, content) from None


def _parsed(file: str, content: bytes, skip_rows: int) -> NumberedRows:
    declared = _SEPARATOR_LINE.fullmatch(_line(content, 0))
    skipped = max(skip_rows, 1 if declared else 0)
    separator = _find_separator(
        _line(content, skipped), _line(content, skipped + 1), declared and declared[1]
    )
    reader = csv.reader(_text(content, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for cells in reader:
            if number > skipped:
                yield number, cells
            number += 1
    except csv.Error as error:
        raise TableError(file, f"{error}; is a quote opened and not closed?", row=number) from None


def _text(content: bytes, newline: str | None = None) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=newline)


def _line(content: bytes, number: int) -> str:
    """The line after `number` others, without its end."""
    lines = _text(content)
    for _ in range(number):
        lines.readline()
    return lines.readline().rstrip("\n")


def _find_separator(header: str, below: str, declared: str | None = None) -> str:
    """The one that the header holds most of, outside quotes, and the row below holds too.

    One that was declared counts if the header holds it, or no other.
    """
    in_header, in_row = _bare(header), _bare(below)
    found = sorted(_SEPARATORS, key=in_header.count, reverse=True)
    if declared and (declared in in_header or found[0] not in in_header):
        return declared
    return next((one for one in found if one in in_header and one in in_row), found[0])


def _bare(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _row_of(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _not_utf8(file: str, content: bytes) -> TableError:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        place = error.start
    return TableError(
        file,
        f"byte {place + 1} is not UTF-8; {_ADVICE} (it may be Windows-1258, as older programs write)",
        row=_row_of(content, place),
    )
