"""A public release as it is written to JSON, and what it tells of each cell of its tables."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from sipas.errors import InputError
from sipas.report.indices.index_table import SOFTWARE, Definition
from sipas.stats.disclosure import Counts, Key
from sipas.stats.notes import Note

_DomainLevels = dict[str, str | None]


class ReleasedCounts(msgspec.Struct, frozen=True):
    """The counts of a cell in one release, None if hidden. answers, satisfied: of the measure."""

    by: _DomainLevels
    n: int | None = None
    answers: float | None = None
    satisfied: float | None = None


class ReleasedRow(ReleasedCounts, frozen=True, kw_only=True):
    """release: the number of the one that the figure is of; None where the cell was never shown."""

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    reliable: bool | None = None
    release: int | None = None
    notes: list[Note] = []


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """number: 1 for the first. earlier: the published counts of the releases before this one, in their order.

    Nothing beside its rows may depend on how many answered.
    """

    number: int
    source: str
    definition: Definition
    measure: str
    weights: str
    strata: list[str]
    level: float
    software: str = SOFTWARE
    target: float | None
    provisional: bool
    notes: list[Note]
    tables: list[list[str]]
    rows: list[ReleasedRow]
    earlier: list[list[ReleasedCounts]]

    @property
    def by(self) -> tuple[tuple[str, ...], ...]:
        """Its tables, as a request names them."""
        return tuple(tuple(table) for table in self.tables)

    def published(self) -> list[list[ReleasedCounts]]:
        """Return the counts that each release up to this one published."""
        return [*self.earlier, [_published_by(self.number, row) for row in self.rows]]


def _published_by(number: int, row: ReleasedRow) -> ReleasedCounts:
    if row.release != number:
        return ReleasedCounts(row.by)
    return ReleasedCounts(row.by, row.n, row.answers, row.satisfied)


def read_release(file: Path) -> Release:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Release)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file.name}: is no release in JSON as `sipas release` writes it: {error}"
        ) from None


def published_counts(
    cells: Iterable[ReleasedCounts], keys: Sequence[Key], answers_per_respondent: float
) -> Counts:
    """In the order of keys. A cell that was not even listed could have no answer, and that was plain."""
    listed = {domain_key(cell.by): cell for cell in cells}
    if gone := listed.keys() - {frozenset(key) for key in keys}:
        where = min(", ".join(sorted(f"{name}={level}" for name, level in key)) for key in gone)
        raise InputError(
            f"earlier: that release has {where}, which the round no longer has; start a new series"
        )
    found = [listed.get(frozenset(key), ReleasedCounts({}, 0, 0.0, 0.0)) for key in keys]
    n, answers, satisfied = (
        np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        for values in zip(*((cell.n, cell.answers, cell.satisfied) for cell in found), strict=True)
    )
    return Counts(n, satisfied, answers, answers_per_respondent)


def domain_key(by: Mapping[str, str | None]) -> frozenset[tuple[str, str | None]]:
    return frozenset(by.items())
