"""Shares of an earlier round to plan with, as `sipas estimate --by … -o pilot.csv` writes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sipas.errors import TableError
from sipas.tables import Table, TableRow, read_table
from sipas.tables.cells import parse_number

_ESTIMATE, N, _MEASURE, _STATISTIC = "estimate", "n_effective", "measure", "statistic"


@dataclass(frozen=True)
class Pilot:
    """shares: by the levels of `columns`."""

    file: str
    columns: tuple[str, ...]
    shares: Mapping[tuple[str, ...], float]

    def share(self, by: Mapping[str, str | None]) -> float | None:
        return self.shares.get(tuple(by[name] or "" for name in self.columns))


def read_pilot(path: Path, known: Collection[str]) -> Pilot:
    """known: the columns that a plan tells transactions apart by."""
    table = read_table(path, (_ESTIMATE,))
    columns = tuple(name for name in table.header if name in known)
    if not columns:
        raise TableError(table.file, f"has none of the plan's columns, which are {', '.join(known)}", row=1)
    _refuse_mixtures(table)
    shares: dict[tuple[str, ...], float] = {}
    for row in table.rows:
        key = tuple(row.cells[name] for name in columns)
        share = _find_share(row)
        if share is None or not all(key):
            continue
        if key in shares:
            raise row.error(columns[-1], "an earlier row is of the same domain; keep one of them")
        shares[key] = share
    return Pilot(table.file, columns, shares)


def _refuse_mixtures(table: Table) -> None:
    first = table.rows[0]
    for row in table.rows:
        if row.find(_STATISTIC) not in (None, "share"):
            raise row.error(_STATISTIC, "is not a share; estimate with --statistic share")
        if row.find(_MEASURE) != first.find(_MEASURE):
            raise row.error(_MEASURE, "is another measure than in the first row; estimate one alone")


def _find_share(row: TableRow) -> float | None:
    """Return (n p + 1) / (n + 2) if n is known: a stratum where all agreed is still uncertain."""
    share, n = row.find_as(_ESTIMATE, parse_number), row.find_as(N, parse_number)
    if share is None:
        return None
    if not 0 <= share <= 1:
        raise row.error(_ESTIMATE, f"{share:g} is not a share; it must lie between 0 and 1")
    if n is not None and n >= 0:
        return (n * share + 1) / (n + 2)
    if share in (0, 1):
        raise row.error(
            _ESTIMATE, f"{share:g} leaves nothing in doubt; give {N} beside it, or leave it empty"
        )
    return share
