"""Which stratum of the frame each cell belongs to, and what is done with cells that name none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats import notes as kinds
from sipas.stats.arrays import BoolArray, CodeArray, IntArray
from sipas.stats.cells import Cells
from sipas.stats.columns import Column, cross, united
from sipas.stats.grouping import added
from sipas.stats.notes import Note, named

# From this share of a unit's responses on, those without a known stratum decide how it is weighted.
MANY_UNPLACED = 0.10

# Whole numbers up to here are exact as floats.
MOST_TRANSACTIONS = 1 << 53

# How many strata a message lists before it counts the rest.
LISTED = 10

Stratum = tuple[str | None, ...]


@dataclass(frozen=True)
class Frame:
    """How many transactions were completed in each stratum.

    Parameters
    ----------
    columns : mapping of str to Column
        The strata columns, one code a row, and further ones, such as ancestors of the unit.
    counts : int64[rows]
        Completed transactions. Rows that agree in all strata columns are added up.

    Raises
    ------
    StatisticsError
        A count that is negative, infinite or no whole number, with its row.
    """

    columns: Mapping[str, Column]
    counts: IntArray

    def __post_init__(self) -> None:
        given = np.asarray(self.counts)
        wrong = ~((given >= 0) & (given <= MOST_TRANSACTIONS) & (given == np.floor(given)))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise StatisticsError(
                f"frame, row {row + 1}: the count is {given[row]}; it must be a whole number, 0 or more"
            )
        for name, column in self.columns.items():
            if len(column) != len(given):
                raise StatisticsError(f"frame: column {name} has {len(column)} codes for {len(given)} counts")
        object.__setattr__(self, "counts", given.astype(np.int64, copy=False))

    def __len__(self) -> int:
        return len(self.counts)


@dataclass(frozen=True)
class StrataNames:
    """What strata are called.

    Parameters
    ----------
    columns : tuple of str
        The strata columns, coarse to fine.
    keys : int32[strata, columns]
        Codes; -1 where a column is not used, or its value is missing.
    levels : tuple of tuple of str
        For each column its levels.
    """

    columns: tuple[str, ...]
    keys: CodeArray
    levels: tuple[tuple[str, ...], ...]

    def of(self, stratum: int) -> Stratum:
        """The levels of a stratum, None for a column that is not used."""
        codes = self.keys[stratum].tolist()
        return tuple(
            levels[code] if code >= 0 else None for levels, code in zip(self.levels, codes, strict=True)
        )

    def label(self, stratum: int) -> str:
        """Such as `unit=U01, channel=counter`."""
        named = zip(self.columns, self.of(stratum), strict=True)
        return ", ".join(f"{column}={level}" for column, level in named if level is not None)

    def select(self, strata: IntArray) -> "StrataNames":
        return replace(self, keys=self.keys[strata])


@dataclass(frozen=True)
class Placement:
    """Cells and frame rows in strata.

    Parameters
    ----------
    names : StrataNames
    stratum : int64[cells]
        -1 for cells left out, whose stratum is not known.
    frame_stratum : int64[frame rows]
    n, population : int64[strata]
        Responses, and completed transactions.
    notes : tuple of Note
    """

    names: StrataNames
    stratum: IntArray
    frame_stratum: IntArray
    n: IntArray
    population: IntArray
    notes: tuple[Note, ...]


def place(cells: Cells, frame: Frame, strata: Sequence[str], among: Cells | None = None) -> Placement:
    """Finds the stratum of each cell and of each row of the frame.

    The first strata column is the unit. Where a cell lacks one of the others its responses are
    unplaced. Below 10 % of the unit's responses they are left out; from there on the unit is
    weighted without the column that lacks most often, and without the next, until few are left.
    Where the cells are a part of others, the unit's responses are all those `among` them.

    Raises
    ------
    StatisticsError
        No strata, an unknown column, or a frame row without a value in a strata column.
    """
    if not strata:
        raise StatisticsError("post-stratification needs at least one stratum column")
    whole = cells if among is None else among
    both = [united([cells.column(name), frame_column(frame, name), whole.column(name)]) for name in strata]
    known = np.stack([column.codes for column in both], axis=1)
    own, listed, everyone = np.split(known, (len(cells), len(cells) + len(frame)))
    used = columns_used(everyone, whole.n, len(both[0].levels))
    placed = ~lacking(own, used)
    notes = unplaced_notes(used, both[0].levels, strata, int(cells.n[~placed].sum()))
    codes = np.concatenate([without(own, used)[placed], without(listed, used)])
    crossed = cross([Column(c, column.levels) for c, column in zip(codes.T, both, strict=True)], len(codes))
    stratum = np.full(len(cells), -1, dtype=np.int64)
    stratum[placed], frame_stratum = np.split(crossed.code, [placed.sum()])
    names = StrataNames(
        tuple(strata), np.stack(crossed.keys, axis=1), tuple(column.levels for column in both)
    )
    return Placement(
        names,
        stratum,
        frame_stratum,
        n=added(stratum[placed], cells.n[placed], crossed.count),
        population=added(frame_stratum, frame.counts, crossed.count),
        notes=notes,
    )


def frame_column(frame: Frame, name: str) -> Column:
    if name not in frame.columns:
        raise StatisticsError(f"the frame has no column {name!r}; it has: {', '.join(frame.columns)}")
    column = frame.columns[name]
    if (column.codes < 0).any():
        row = int(np.argmax(column.codes < 0))
        raise StatisticsError(f"frame, row {row + 1}, column {name}: there is no value")
    return column


def columns_used(own: CodeArray, n: IntArray, units: int) -> BoolArray:
    """bool[units + 1, columns]: by which columns each unit is weighted; the last row is for no unit."""
    unit = own[:, 0].astype(np.int64)
    used = np.ones((units + 1, own.shape[1]), dtype=np.bool_)
    responses = added(unit, n, units + 1)
    while True:
        unplaced = added(unit, np.where(lacking(own, used), n, 0), units + 1)
        many = (unplaced > 0) & (unplaced >= MANY_UNPLACED * responses)
        many[-1] = False
        if not many.any():
            return used
        lacks = (own < 0) & used[unit]
        by_column = np.stack([added(unit, np.where(lack, n, 0), units + 1) for lack in lacks.T], axis=1)
        worst = own.shape[1] - 1 - np.argmax(by_column[:, ::-1], axis=1)
        used[many, worst[many]] = False


def lacking(own: CodeArray, used: BoolArray) -> BoolArray:
    """bool[cells]: those without a value in a column that their unit is weighted by."""
    return np.asarray(((own < 0) & used[own[:, 0]]).any(axis=1))


def without(codes: CodeArray, used: BoolArray) -> CodeArray:
    """The codes, missing in the columns that their unit is not weighted by."""
    return np.where(used[codes[:, 0]], codes, np.int32(-1))


def unplaced_notes(
    used: BoolArray, units: Sequence[str], strata: Sequence[str], left_out: int
) -> tuple[Note, ...]:
    notes = [kinds.UNPLACED(n=left_out)] if left_out else []
    for pattern in np.unique(used[:-1], axis=0):
        if not pattern.all():
            names = [units[u] for u in np.flatnonzero((used[:-1] == pattern).all(axis=1)).tolist()]
            columns = tuple(name for name, kept in zip(strata, pattern, strict=True) if not kept)
            notes.append(kinds.FEWER_COLUMNS(columns=columns, units=len(names), names=named(names)))
    return tuple(notes)


def listing(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    rest = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {rest} more" if rest > 0 else "")
