"""Messages about responses in strata that the frame does not have."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sipas.stats.arrays import BoolArray, CodeArray, IntArray
from sipas.stats.listing import listing
from sipas.stats.spelling import bare_code, spelling_difference


@dataclass(frozen=True)
class MissingStrata:
    """Strata of the responses that the frame lacks, and what it has in their place.

    Parameters
    ----------
    column : str
        The first column in which the frame lacks a level; empty where it lacks combinations alone.
    lacks : tuple of str
        Levels such as `unit=U9`; without a column, strata such as `unit=U1, channel=post`.
    has : tuple of str
        Levels of the frame in that column, those that resemble the missing ones first; without a
        column, strata that share all but the last column with the first missing one.
    near : tuple of (str, str)
        Levels of the responses and of the frame that differ in their writing alone.
    beside : str
        Without a column: what the strata in `has` share.
    """

    column: str
    lacks: tuple[str, ...]
    has: tuple[str, ...]
    near: tuple[tuple[str, str], ...] = ()
    beside: str = ""


def find_missing(
    columns: Sequence[str], levels: Sequence[Sequence[str]], keys: CodeArray, in_frame: BoolArray
) -> MissingStrata:
    """Find which strata of the responses the frame lacks, and which it has in their place.

    Parameters
    ----------
    columns : sequence of str
        The strata columns.
    levels : sequence of sequence of str
        Of each column.
    keys : int32[strata, columns]
    in_frame : bool[strata]
        Whether the frame has a stratum; the others, at least one, are those of responses.
    """
    for place, (column, names) in enumerate(zip(columns, levels, strict=True)):
        has = _levels(keys[in_frame, place], names)
        lacks = [name for name in _levels(keys[~in_frame, place], names) if name not in has]
        if lacks:
            near = _alike(lacks, has)
            there = tuple(dict.fromkeys([*near.values(), *has]))
            return MissingStrata(
                column, tuple(f"{column}={name}" for name in lacks), there, tuple(near.items())
            )
    one = keys[~in_frame][0]
    siblings = in_frame & (keys[:, :-1] == one[:-1]).all(axis=1)
    return MissingStrata(
        "",
        tuple(_label(columns, levels, key) for key in keys[~in_frame]),
        tuple(_label(columns[-1:], levels[-1:], key[-1:]) for key in keys[siblings]),
        beside=_label(columns[:-1], levels[:-1], one[:-1]),
    )


def describe_missing(
    columns: Sequence[str],
    levels: Sequence[Sequence[str]],
    keys: CodeArray,
    in_frame: BoolArray,
    n: IntArray,
) -> str:
    """Say which strata of the responses the frame lacks, and which it has in their place.

    Parameters
    ----------
    columns, levels, keys, in_frame
        As in `find_missing`.
    n : int64[strata]
        Responses; strata that have none and are not in the frame do not count.
    """
    counted = in_frame | (n > 0)
    missing = find_missing(columns, levels, keys[counted], in_frame[counted])
    if missing.column:
        return (
            f"no stratum of the frame is called {listing(missing.lacks)}; there are"
            f" {listing(missing.has) or 'none'}. {_advice(missing.column, missing.near)}"
        )
    found = f" Of {missing.beside} it has {listing(missing.has)}." if missing.has and missing.beside else ""
    return (
        f"the frame has no stratum {listing(missing.lacks)}.{found}"
        " Add what is missing to the frame, or correct the responses"
    )


def _advice(column: str, near: Sequence[tuple[str, str]]) -> str:
    if not near:
        return "Write the same codes in both files, or add what is missing to the frame"
    ours, theirs = near[0]
    why = spelling_difference(ours, theirs)
    return (
        f"{ours!r} of the responses and {theirs!r} of the frame differ in {why} only:"
        f" write the codes of {column} alike in both, as text"
    )


def _alike(lacks: Sequence[str], has: Sequence[str]) -> dict[str, str]:
    """For levels that the frame lacks, those that differ from them in their writing only."""
    bare = {bare_code(name): name for name in reversed(has)}
    return {name: bare[bare_code(name)] for name in lacks if bare_code(name) in bare}


def _levels(codes: CodeArray, names: Sequence[str]) -> list[str]:
    return [names[code] for code in np.unique(codes[codes >= 0]).tolist()]


def _label(columns: Sequence[str], levels: Sequence[Sequence[str]], key: CodeArray) -> str:
    codes = zip(columns, levels, key.tolist(), strict=True)
    return ", ".join(f"{column}={names[code]}" for column, names, code in codes if code >= 0)
