"""The rows of a CSV file as Excel and others write it: UTF-8, separated by comma, semicolon or tab."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sipas.errors import TableError

SEPARATORS = ",;\t"
ADVICE = "save the file as CSV UTF-8"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def comma_rows(file: str, content: bytes) -> Iterator[Iterator[Sequence[str]]]:
    if content.startswith(UTF16):
        raise TableError(file, f"is UTF-16, not UTF-8; {ADVICE}")
    if (place := content.find(b"\0")) >= 0:
        problem = f"byte {place + 1} is NUL, so this is no text; {ADVICE}"
        raise TableError(file, problem, row=row_of(content, place))
    try:
        yield parsed(file, content)
    except UnicodeDecodeError:
        raise not_utf8(file, content) from None


def parsed(file: str, content: bytes) -> Iterator[Sequence[str]]:
    separator = find_separator(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig").readline())
    reader = csv.reader(
        io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""), delimiter=separator, strict=True
    )
    number = 1
    try:
        for cells in reader:
            yield cells
            number += 1
    except csv.Error as error:
        raise TableError(file, f"{error}; is a quote opened and not closed?", row=number) from None


def find_separator(header: str) -> str:
    """The one that the header holds most of, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(SEPARATORS, key=bare.count)


def row_of(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def not_utf8(file: str, content: bytes) -> TableError:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        place = error.start
    return TableError(file, f"byte {place + 1} is not UTF-8; {ADVICE}", row=row_of(content, place))
