"""Margins from a file: columns margin, level and a count, a share or a percentage."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sipas.errors import StatisticsError, TableError
from sipas.stats import Margins
from sipas.tables import parse_table, read_table
from sipas.tables.cells import may_be_thousands, parse_number, refuse_thousands
from sipas.tables.rows import Table, TableRow

_COLUMNS = ("margin", "level")
_PARTS = (1.0, 100.0)  # what shares and percentages add up to
_AGREE_WITHIN = 1e-3  # of their total, whatever they are written with
_LARGEST_ROUNDING = 0.02  # of the total, in shares written with few digits
_SEPARATORS = ".,"


@dataclass
class _Levels:
    """The levels of one margin. unit: the last digit that its numbers are written with.

    decimal: separators that are decimal beyond doubt. doubtful: numbers such as 3.200, with their rows.
    """

    counts: dict[str, float] = field(default_factory=dict)
    unit: float = 1.0
    decimal: set[str] = field(default_factory=set)
    doubtful: list[tuple[TableRow, str]] = field(default_factory=list)
    percent: bool = False

    @property
    def total(self) -> float:
        return sum(self.counts.values())

    @property
    def rounding(self) -> float:
        """Return how far a total may be off if each number was rounded, and 1e-9 for computing."""
        return max(len(self.counts) * self.unit / 2, 1e-9 * self.total)

    def adds_up_to(self, total: float) -> bool:
        rounding = min(self.rounding * (1 + 1e-9), _LARGEST_ROUNDING * total)
        return abs(self.total - total) <= max(rounding, _AGREE_WITHIN * total)


def read_margins(path: Path) -> Margins:
    return _margins_of(read_table(path, _COLUMNS))


def parse_margins(name: str, content: str) -> Margins:
    """Parse the content of a file, as an HTTP parameter brings it."""
    return _margins_of(parse_text(name, content, _COLUMNS))


def parse_text(name: str, content: str, required: Sequence[str]) -> Table:
    """CSV alone: a workbook of a few bytes may claim millions of columns."""
    if content.startswith("PK"):
        raise TableError(name, "is a workbook; send the text of a CSV file")
    return parse_table(name, content.encode(errors="replace"), required)


def _margins_of(table: Table) -> Margins:
    """A margin is named by its column, or by several with | between them: `age|sex`, `18-29|F`."""
    column = _count_column(table)
    margins: defaultdict[str, _Levels] = defaultdict(_Levels)
    for row in table.rows:
        _add_level(margins[row.get("margin")], row, column)
    for name, margin in margins.items():
        _refuse_thousands(margin, column)
        _refuse_other_percentages(table, name, margin)
    try:
        return _agreeing(margins)
    except StatisticsError as problem:
        raise TableError(table.file, str(problem)) from None


def _add_level(margin: _Levels, row: TableRow, column: str) -> None:
    level = row.get("level")
    if level in margin.counts:
        raise row.error("level", f"{level} stands in an earlier row of {row.get('margin')} too")
    text = row.get(column).removesuffix("%").rstrip()
    margin.counts[level] = row.parsed(column, text, _amount)
    margin.percent |= row.get(column).endswith("%")
    _add_writing(margin, row, text)


def _add_writing(margin: _Levels, row: TableRow, text: str) -> None:
    """Keep how a number is written: with how many decimals, and with which separator."""
    _, _, decimals = text.replace(",", ".").partition(".")
    margin.unit = min(margin.unit, 10.0 ** -len(decimals))
    if may_be_thousands(text):
        margin.doubtful.append((row, text))
    else:
        margin.decimal |= set(_SEPARATORS) & set(text)


def _refuse_thousands(margin: _Levels, column: str) -> None:
    """Refuse 3.200 unless its separator is decimal elsewhere, or the numbers add up to 1 or 100."""
    if any(margin.adds_up_to(part) for part in _PARTS):
        return
    for row, text in margin.doubtful:
        if not margin.decimal & set(text):
            whole = text.replace(".", "").replace(",", "")
            raise row.error(
                column,
                f"{text!r} may be {whole} or a decimal number; write {whole} without a separator, or"
                f" {text}0 if it is a decimal number",
            )


def _refuse_other_percentages(table: Table, name: str, margin: _Levels) -> None:
    """Percentages of a margin are of all its levels, and add up to 100."""
    if margin.percent and not margin.adds_up_to(100.0):
        problem = f"the percentages of margin {name} add up to {margin.total:.10g}, not to 100"
        raise TableError(table.file, f"{problem}; give every level its percentage")


def _agreeing(margins: Mapping[str, _Levels]) -> Margins:
    """With one total: 1 for shares and percentages, that of the first margin for counts."""
    part = next((part for part in _PARTS if all(m.adds_up_to(part) for m in margins.values())), None)
    total = part or next(iter(margins.values())).total
    near = all(abs(m.total - total) <= _AGREE_WITHIN * total for m in margins.values())
    if part is None and not near:
        return Margins({name: margin.counts for name, margin in margins.items()})
    return Margins(
        {name: _scaled(margin, 1.0 if part else total) for name, margin in margins.items()},
        relative=part is not None,
        rescaled=tuple(name for name, m in margins.items() if abs(m.total - total) > 1e-9 * total),
    )


def _scaled(margin: _Levels, total: float) -> dict[str, float]:
    if margin.total in (0, total):
        return margin.counts
    return {level: count * (total / margin.total) for level, count in margin.counts.items()}


def _count_column(table: Table) -> str:
    """`count`, or the only other column."""
    others = [name for name in table.header if name not in _COLUMNS]
    if "count" in others:
        return "count"
    if len(others) != 1:
        raise TableError(table.file, "needs the columns margin, level and count", row=table.header_row)
    return others[0]


def _amount(text: str) -> float:
    """Published margins may be estimates, with decimals."""
    refuse_thousands(text)
    found = parse_number(text)
    if found < 0:
        raise ValueError(f"{text} is negative; a count is 0 or more")
    return found
