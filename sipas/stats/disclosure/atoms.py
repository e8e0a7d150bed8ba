"""Atoms: the combinations of several columns that there can be, whether anybody answered there or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import IntArray
from sipas.stats.cells.columns import Column, cross, united

NamedColumns = Mapping[str, Column]


@dataclass(frozen=True)
class Atoms:
    """Combinations, and which of them each row of responses has.

    Parameters
    ----------
    columns : mapping of str to Column
        One code an atom.
    count : int
    of_row : int64[rows]
    """

    columns: NamedColumns
    count: int
    of_row: IntArray

    def crossed_with(self, other: "Atoms") -> "Atoms":
        """Everything with everything."""
        here = np.repeat(np.arange(self.count), other.count)
        there = np.tile(np.arange(other.count), self.count)
        columns = {name: column.select(here) for name, column in self.columns.items()}
        columns |= {name: column.select(there) for name, column in other.columns.items()}
        return Atoms(columns, self.count * other.count, self.of_row * other.count + other.of_row)


def find_atoms(names: Sequence[str], rows: NamedColumns, count: int, possible: NamedColumns) -> Atoms:
    """The combinations of the named columns, of which `count` rows of responses show some.

    Those that `possible` knows are combined as they are there or in responses; columns of which one
    determines the other as they are in responses; otherwise everything with everything.
    """
    known = {name: possible[name] for name in names if name in possible}
    atoms = Atoms({}, 1, np.zeros(count, dtype=np.int64))
    if known:
        atoms = atoms.crossed_with(_occurring({name: rows[name] for name in known}, count, known))
    for group in _kindred([name for name in names if name not in known], rows, count):
        atoms = atoms.crossed_with(_occurring({name: rows[name] for name in group}, count, {}))
    return atoms


def _occurring(rows: NamedColumns, count: int, possible: NamedColumns) -> Atoms:
    """The combinations that occur in rows or are possible."""
    columns = [united([column, *([possible[name]] if possible else [])]) for name, column in rows.items()]
    crossed = cross(columns, len(columns[0]))
    keys = zip(rows, columns, crossed.keys, strict=True)
    return Atoms(
        {name: Column(codes, column.levels) for name, column, codes in keys},
        crossed.count,
        crossed.code[:count],
    )


def _kindred(names: Sequence[str], rows: NamedColumns, count: int) -> list[list[str]]:
    """Groups of columns, each of which determines another one of its group or is determined by it."""
    groups: list[list[str]] = []
    for name in names:
        kin = [group for group in groups if any(_akin(rows[name], rows[one], count) for one in group)]
        groups = [group for group in groups if group not in kin]
        groups.append([*(one for group in kin for one in group), name])
    return groups


def _akin(one: Column, other: Column, count: int) -> bool:
    combinations = cross([one, other], count).count
    return combinations in (cross([one], count).count, cross([other], count).count)
