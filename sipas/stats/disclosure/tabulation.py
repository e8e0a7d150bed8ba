"""A fixed list of tables as cells, and the atoms that they are sums of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.columns import Column, cross
from sipas.stats.disclosure.atoms import NamedColumns, find_atoms

Key = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Tabulation:
    """The cells of some tables over the same responses.

    Parameters
    ----------
    keys : tuple of Key
        For each cell the columns of its table, each with its level; () for the whole.
    membership : csr float64[cells, atoms]
        1 where an atom belongs to a cell.
    atom : int64[rows]
        The atom of each row of responses.
    """

    keys: tuple[Key, ...]
    membership: scipy.sparse.csr_array
    atom: IntArray

    def __len__(self) -> int:
        return len(self.keys)

    def total(self, counts: FloatArray | IntArray) -> FloatArray:
        """float64[cells]: counts of rows, added up."""
        atoms = np.bincount(self.atom, counts, minlength=self.membership.shape[1])
        return np.asarray(self.membership @ atoms)


def tabulate(
    tables: Sequence[Sequence[str]], rows: NamedColumns, count: int, possible: NamedColumns | None = None
) -> Tabulation:
    """The cells of tables, one for every combination that there can be: a list tells nothing by itself.

    Parameters
    ----------
    tables : sequence of sequence of str
        The columns of each table; () is the whole.
    rows : mapping of str to Column
        Of `count` rows of responses: the columns of the tables, maybe more.
    possible : mapping of str to Column, optional
        Combinations of some of these columns that there can be: a frame's. See `find_atoms`.

    Raises
    ------
    StatisticsError
        No table, a table twice, or a column that rows lack.
    """
    if not tables or len({frozenset(table) for table in tables}) < len(tables):
        raise StatisticsError("a release needs tables that differ in their columns; name each once")
    names = sorted({name for table in tables for name in table})
    if missing := [name for name in names if name not in rows]:
        raise StatisticsError(
            f"there is no column {missing[0]!r} to tabulate by; there are {', '.join(rows)}"
        )
    atoms = find_atoms(names, rows, count, possible or {})
    cells = [_cells_of([(name, atoms.columns[name]) for name in table], atoms.count) for table in tables]
    return Tabulation(
        tuple(key for keys, _ in cells for key in keys),
        scipy.sparse.vstack([members for _, members in cells], format="csr"),
        atoms.of_row,
    )


def _cells_of(table: Sequence[tuple[str, Column]], atoms: int) -> tuple[list[Key], scipy.sparse.csr_array]:
    """The keys of a table's cells, and which atoms they hold."""
    crossed = cross([column for _, column in table], atoms)
    labels = [
        Column(codes, column.levels).labels() for codes, (_, column) in zip(crossed.keys, table, strict=True)
    ]
    names = [name for name, _ in table]
    keys: list[Key] = (
        [tuple(zip(names, levels, strict=True)) for levels in zip(*labels, strict=True)] if table else [()]
    )
    members = scipy.sparse.csr_array(
        (np.ones(atoms), (crossed.code, np.arange(atoms))), shape=(crossed.count, atoms)
    )
    return keys, members
