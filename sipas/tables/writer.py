"""CSV out: the one writer of every table that leaves, which spreadsheets may open.

A cell that begins like a formula gets an apostrophe in front, which spreadsheets read as "this is text" and
which `sipas.tables` takes away again. Numbers stay numbers.
"""

import re
from collections.abc import Iterable, Sequence

from sipas.tables.cells import is_formula

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8, separated by commas. None is an empty cell."""
    lines = [_line(header), *map(_line, rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def inert(text: str) -> str:
    """As a cell that no spreadsheet takes for a formula."""
    harmless = not is_formula(text) or text == "-" or _NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"


def _line(cells: Sequence[object]) -> str:
    line = ",".join("" if cell is None else csv_cell(str(cell)) for cell in cells)
    return line or '""'  # a line that is empty would be no row


def csv_cell(text: str) -> str:
    """Return a text as CSV holds it: inert, and in quotes where it needs them."""
    safe = inert(text)
    return '"' + safe.replace('"', '""') + '"' if _QUOTED.search(safe) else safe
