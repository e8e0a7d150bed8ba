"""Margins from a file: columns margin, level and a count."""

from collections import defaultdict
from pathlib import Path

from sipas.errors import StatisticsError, TableError
from sipas.stats import Margins
from sipas.tables import parse_table, read_table
from sipas.tables.cells import number
from sipas.tables.rows import Table

COLUMNS = ("margin", "level")


def read_margins(path: Path) -> Margins:
    return margins_of(read_table(path, COLUMNS))


def parse_margins(name: str, content: str) -> Margins:
    """Of a file's content, as an address brings it."""
    return margins_of(parse_table(name, content.encode(), COLUMNS))


def margins_of(table: Table) -> Margins:
    """A margin is named by its column, or by several with | between them: `age|sex`, `18-29|F`."""
    column = count_column(table)
    counts: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in table.rows:
        levels, level = counts[row.get("margin")], row.get("level")
        if level in levels:
            raise row.error("level", f"{level} stands in an earlier row of {row.get('margin')} too")
        levels[level] = row.get_as(column, amount)
    try:
        return Margins(dict(counts))
    except StatisticsError as problem:
        raise TableError(table.file, str(problem)) from None


def count_column(table: Table) -> str:
    """`count`, or the only other column."""
    others = [name for name in table.header if name not in COLUMNS]
    if "count" in others:
        return "count"
    if len(others) != 1:
        raise TableError(table.file, "needs the columns margin, level and count", row=1)
    return others[0]


def amount(text: str) -> float:
    """Published margins may be estimates, with decimals."""
    found = number(text)
    if found < 0:
        raise ValueError(f"{text} is negative; a count is 0 or more")
    return found
