"""What is said of responses in strata that the frame does not have."""

import unicodedata
from collections.abc import Sequence

import numpy as np

from sipas.stats.arrays import BoolArray, CodeArray, IntArray
from sipas.stats.listing import listing


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
    columns : sequence of str
        The strata columns.
    levels : sequence of sequence of str
        Of each column.
    keys : int32[strata, columns]
    in_frame : bool[strata]
        Whether the frame has a stratum.
    n : int64[strata]
        Responses.
    """
    missing = ~in_frame & (n > 0)
    for place, (column, names) in enumerate(zip(columns, levels, strict=True)):
        has = _levels(keys[in_frame, place], names)
        lacks = [name for name in _levels(keys[missing, place], names) if name not in has]
        if lacks:
            return _describe_levels(column, lacks, has)
    labels = [_label(columns, levels, key) for key in keys[missing]]
    one = keys[missing][0]
    siblings = in_frame & (keys[:, :-1] == one[:-1]).all(axis=1)
    there = [_label(columns[-1:], levels[-1:], key[-1:]) for key in keys[siblings]]
    beside = _label(columns[:-1], levels[:-1], one[:-1])
    found = f" Of {beside} it has {listing(there)}." if there and beside else ""
    return (
        f"the frame has no stratum {listing(labels)}.{found}"
        " Add what is missing to the frame, or correct the responses"
    )


def _describe_levels(column: str, lacks: Sequence[str], has: Sequence[str]) -> str:
    named = listing([f"{column}={name}" for name in lacks])
    near = _alike(lacks, has)
    like = dict.fromkeys(near.values())
    there = [*like, *(name for name in has if name not in like)]
    return (
        f"no stratum of the frame is called {named}; there are {listing(there) or 'none'}."
        f" {_advice(column, near)}"
    )


def _advice(column: str, near: dict[str, str]) -> str:
    if not near:
        return "Write the same codes in both files, or add what is missing to the frame"
    ours, theirs = next(iter(near.items()))
    why = _difference(ours, theirs)
    return (
        f"{ours!r} of the responses and {theirs!r} of the frame differ in {why} only:"
        f" write the codes of {column} alike in both, as text"
    )


def _difference(one: str, other: str) -> str:
    short, long = sorted((one.strip(), other.strip()), key=len)
    if long == f"{short}.0":
        return "'.0'"
    if short != long and long.lstrip("0") == short.lstrip("0"):
        return "leading zeros"
    if short != long and short.casefold() == long.casefold():
        return "capital letters"
    return "spaces, leading zeros or '.0'"


def _alike(lacks: Sequence[str], has: Sequence[str]) -> dict[str, str]:
    """For levels that the frame lacks, those that differ from them in their writing only."""
    bare = {_bare(name): name for name in reversed(has)}
    return {name: bare[_bare(name)] for name in lacks if _bare(name) in bare}


def _bare(name: str) -> str:
    """The name without what spreadsheets drop or add: leading zeros, `.0`, spaces, case."""
    text = unicodedata.normalize("NFKC", name).casefold().strip(" '\"\u00a0\u200b\ufeff")
    if text.replace(".", "", 1).isdecimal():
        text = text.removesuffix(".0").lstrip("0") or "0"
    return text


def _levels(codes: CodeArray, names: Sequence[str]) -> list[str]:
    return [names[code] for code in np.unique(codes[codes >= 0]).tolist()]


def _label(columns: Sequence[str], levels: Sequence[Sequence[str]], key: CodeArray) -> str:
    codes = zip(columns, levels, key.tolist(), strict=True)
    return ", ".join(f"{column}={names[code]}" for column, names, code in codes if code >= 0)
