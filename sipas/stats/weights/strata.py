"""Which stratum of the frame each cell belongs to, and what is done with cells that name none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats import notes as kinds
from sipas.stats.arrays import BoolArray, CodeArray, IntArray
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import Column, cross, renumber, united
from sipas.stats.choices import refuse_unknown
from sipas.stats.grouping import added
from sipas.stats.notes import Note, named
from sipas.stats.weights.missing_strata import describe_missing, find_missing
from sipas.stats.weights.strata_roles import StrataRoles, find_roles

# From this share of a unit's responses on, those without a known stratum decide how it is weighted.
_MANY_UNPLACED_SHARE = 0.10

# Whole numbers up to here are exact as floats.
_TRANSACTIONS_MOST = 1 << 53

# A frame of so many strata that adds up to 100, but for rounding, may hold percentages.
_PERCENT_STRATA, _PERCENT_ROUNDING = 3, 1

Stratum = tuple[str | None, ...]
OutOfDate = Literal["fail", "raise-count", "review"]


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
        wrong = ~((given >= 0) & (given <= _TRANSACTIONS_MOST) & (given == np.floor(given)))
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

    @property
    def seems_percentages(self) -> bool:
        """Whether counts of three strata and more add up to 100 but for rounding."""
        strata = np.count_nonzero(self.counts)
        return bool(strata >= _PERCENT_STRATA and abs(self.counts.sum() - 100) <= _PERCENT_ROUNDING)


@dataclass(frozen=True)
class StrataNames:
    """Names of strata.

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
    roles : StrataRoles
    stratum : int64[cells]
        -1 for cells left out, whose stratum is not known.
    not_in_frame : bool[cells]
        Those left out because the frame does not have their stratum.
    frame_stratum : int64[frame rows]
    n, population : int64[strata]
        Responses, and completed transactions, raised to the responses where that was asked for.
    raised : bool[strata]
        Where they were.
    group, channel : int64[strata]
        The unit and period, and the service channel, numbered from 0.
    notes : tuple of Note
    """

    names: StrataNames
    roles: StrataRoles
    stratum: IntArray
    not_in_frame: BoolArray
    frame_stratum: IntArray
    n: IntArray
    population: IntArray
    raised: BoolArray
    group: IntArray
    channel: IntArray
    notes: tuple[Note, ...]


def place(
    cells: Cells,
    frame: Frame,
    strata: Sequence[str],
    among: Cells | None = None,
    out_of_date: OutOfDate = "fail",
) -> Placement:
    """Find the stratum of each cell and of each row of the frame.

    Which column is the unit and which are periods goes by their names, see `find_roles`. Where a
    cell lacks one of the strata columns its responses are unplaced. Below 10 % of the unit's
    responses they are left out; from there on the unit is weighted without the column that lacks
    most often, and without the next, until few are left; the unit and periods always stay. Where the
    cells are a part of others, the unit's responses are all those `among` them.

    Responses in a stratum that the frame does not have are an error; with `review` they are unplaced
    as if they lacked the last of the columns.

    Raises
    ------
    StatisticsError
        No strata, an unknown column, a frame row without a value in a strata column, or responses in
        strata that the frame does not have.
    """
    refuse_unknown("out_of_date", out_of_date, OutOfDate)
    if not strata:
        raise StatisticsError("post-stratification needs at least one stratum column")
    whole = cells if among is None else among
    both = [united([cells.column(name), frame_column(frame, name), whole.column(name)]) for name in strata]
    levels = tuple(column.levels for column in both)
    roles = find_roles(strata, levels)
    own, listed, everyone = np.split(
        np.stack([column.codes for column in both], axis=1), (len(cells), len(cells) + len(frame))
    )
    known = _Known(everyone, whole.n, listed, levels, roles, only_listed=out_of_date == "review")
    used = known.columns_used()
    placed = ~known.lacking(own, used)
    codes = np.concatenate([known.without(own, used)[placed], known.without(listed, used)])
    crossed = cross([Column(c, names) for c, names in zip(codes.T, levels, strict=True)], len(codes))
    stratum = np.full(len(cells), -1, dtype=np.int64)
    stratum[placed], frame_stratum = np.split(crossed.code, [placed.sum()])
    names = StrataNames(tuple(strata), np.stack(crossed.keys, axis=1), levels)
    n = added(stratum[placed], cells.n[placed], crossed.count)
    in_frame = np.zeros(crossed.count, dtype=np.bool_)
    in_frame[frame_stratum] = True
    if (n[~in_frame] > 0).any():
        raise StatisticsError(describe_missing(names.columns, levels, names.keys, in_frame, n))
    return Placement(
        names,
        roles,
        stratum,
        ~placed & ~known.missing(own, used),
        frame_stratum,
        n=n,
        population=added(frame_stratum, frame.counts, crossed.count),
        raised=np.zeros(crossed.count, dtype=np.bool_),
        group=_combination(names.keys[:, list(roles.apart)]),
        channel=_channels_of(names.keys, roles),
        notes=(
            *_unplaced_notes(
                used, own[placed, roles.unit], levels[roles.unit], strata, int(cells.n[~placed].sum())
            ),
            *_unlisted_notes(known, own, cells.n, names),
        ),
    )


def _unlisted_notes(known: "_Known", own: CodeArray, n: IntArray, names: StrataNames) -> list[Note]:
    """Return notes on responses in strata that the frame does not have; some may have been placed."""
    every_column = np.ones((len(known.levels[known.roles.unit]) + 1, own.shape[1]), dtype=np.bool_)
    lost = known.unlisted(own, every_column) & (own >= 0).all(axis=1) & (n > 0)
    if not lost.any():
        return []
    missing, listed = np.unique(own[lost], axis=0), np.unique(known.listed, axis=0)
    found = find_missing(
        names.columns,
        names.levels,
        np.concatenate([missing, listed]),
        np.repeat([False, True], [len(missing), len(listed)]),
    )
    responses = int(n[lost].sum())
    notes = [kinds.NOT_IN_FRAME(n=responses, names=named(found.lacks), has=named(found.has))]
    if found.near:
        ours, theirs = found.near[0]
        notes.append(kinds.CODES_DIFFER(columns=(found.column,), responses=ours, frame=theirs))
    return notes


def _combination(keys: CodeArray) -> IntArray:
    """int64[strata]: which combination of codes each has, numbered from 0."""
    code, size = np.zeros(len(keys), dtype=np.int64), 1
    for codes in keys.T:
        radix = int(codes.max(initial=-1)) + 2
        code, size = renumber(code * radix + codes + 1, size * radix)
    return code


def _channels_of(keys: CodeArray, roles: StrataRoles) -> IntArray:
    """int64[strata]: the service channel, numbered from 0; 0 where there is no such column."""
    if roles.service_channel is None:
        return np.zeros(len(keys), dtype=np.int64)
    return keys[:, roles.service_channel].astype(np.int64) + 1


def frame_column(frame: Frame, name: str) -> Column:
    if name not in frame.columns:
        raise StatisticsError(f"the frame has no column {name!r}; it has: {', '.join(frame.columns)}")
    column = frame.columns[name]
    if (column.codes < 0).any():
        row = int(np.argmax(column.codes < 0))
        raise StatisticsError(f"frame, row {row + 1}, column {name}: there is no value")
    return column


@dataclass(frozen=True)
class _Known:
    """The strata of responses, as far as they are known.

    Parameters
    ----------
    everyone : int32[cells, columns]
        The strata columns of all cells of the round.
    n : int64[cells]
    listed : int32[frame rows, columns]
    levels : tuple of tuple of str
        Of each column.
    roles : StrataRoles
    only_listed : bool
        Whether a response in a stratum that the frame does not have is unplaced.
    """

    everyone: CodeArray
    n: IntArray
    listed: CodeArray
    levels: tuple[tuple[str, ...], ...]
    roles: StrataRoles
    only_listed: bool

    def columns_used(self) -> BoolArray:
        """bool[units + 1, columns]: what each unit is weighted by; the last row is for no unit."""
        unit, units = self.everyone[:, self.roles.unit].astype(np.int64), len(self.levels[self.roles.unit])
        columns = self.everyone.shape[1]
        used = np.ones((units + 1, columns), dtype=np.bool_)
        stays = np.isin(np.arange(columns), self.roles.apart)
        responses = added(unit, self.n, units + 1)
        while True:
            missing, unlisted = (self.everyone < 0) & used[unit], self.unlisted(self.everyone, used)
            lacks = missing.any(axis=1) | unlisted
            unplaced = added(unit, np.where(lacks, self.n, 0), units + 1)
            many = (unplaced > 0) & (unplaced >= _MANY_UNPLACED_SHARE * responses)
            many &= (used & ~stays).any(axis=1)
            many[-1] = False
            if not many.any():
                return used
            by_column = np.stack(
                [added(unit, np.where(one, self.n, 0), units + 1) for one in missing.T], axis=1
            )
            # Among equal columns the last is dropped: finer columns follow coarser ones.
            by_column = np.where(used & ~stays, by_column, -1)
            worst = columns - 1 - np.argmax(by_column[:, ::-1], axis=1)
            used[many, worst[many]] = False

    def lacking(self, own: CodeArray, used: BoolArray) -> BoolArray:
        """bool[cells]: those without a value in a column of their unit, or in a stratum not listed."""
        return self.missing(own, used) | self.unlisted(own, used)

    def missing(self, own: CodeArray, used: BoolArray) -> BoolArray:
        """bool[cells]: those without a value in a column of their unit."""
        return np.asarray(((own < 0) & used[own[:, self.roles.unit]]).any(axis=1))

    def unlisted(self, own: CodeArray, used: BoolArray) -> BoolArray:
        """bool[cells]: those in strata that the frame does not have, where that makes them unplaced."""
        if not self.only_listed:
            return np.zeros(len(own), dtype=np.bool_)
        codes = np.concatenate([self.without(own, used), self.without(self.listed, used)])
        columns = [Column(c, names) for c, names in zip(codes.T, self.levels, strict=True)]
        crossed = cross(columns, len(codes))
        has = np.zeros(crossed.count, dtype=np.bool_)
        has[crossed.code[len(own) :]] = True
        return np.asarray(~has[crossed.code[: len(own)]])

    def without(self, codes: CodeArray, used: BoolArray) -> CodeArray:
        """The codes, missing in the columns that their unit is not weighted by."""
        return np.where(used[codes[:, self.roles.unit]], codes, np.int32(-1))


def _unplaced_notes(
    used: BoolArray, placed_units: CodeArray, units: Sequence[str], strata: Sequence[str], left_out: int
) -> tuple[Note, ...]:
    """Return notes on responses left out, and on units weighted by fewer columns.

    placed_units: the units of the cells that have a stratum; a unit without any is not weighted at all.
    """
    notes = [kinds.UNPLACED(n=left_out)] if left_out else []
    weighted = np.isin(np.arange(len(units)), placed_units)
    for pattern in np.unique(used[:-1][weighted], axis=0):
        if not pattern.all():
            names = [units[u] for u in np.flatnonzero((used[:-1] == pattern).all(axis=1) & weighted).tolist()]
            columns = tuple(name for name, kept in zip(strata, pattern, strict=True) if not kept)
            notes.append(kinds.FEWER_COLUMNS(columns=columns, units=len(names), names=named(names)))
    return tuple(notes)
