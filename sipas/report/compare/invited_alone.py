"""Verdicts that hold for invited answers alone, and those that need walk-up answers.

Where a source has invited and walk-up answers, a target, a comparison or a rank is claimed only if
invited answers alone give it too; otherwise it holds "with walk-up answers only".
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from sipas.errors import InputError
from sipas.report.compare.compare_table import CompareRow
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import Prepared, prepare
from sipas.report.sources.source import Source
from sipas.stopping import check_deadline

CANNOT_TELL = "cannot_tell"
_RowKey = tuple[str, tuple[tuple[str, str | None], ...], tuple[tuple[str, str | None], ...]]
_Answer = TypeVar("_Answer")


def row_key(row: IndexRow | CompareRow) -> _RowKey:
    """Return the measure and domain of a row, and the domain that it is compared with."""
    against = row.against if isinstance(row, CompareRow) else {}
    return row.measure, tuple(row.by.items()), tuple(against.items())


def _has_both(source: Source) -> bool:
    """Whether some answers were invited and some came unasked."""
    walk_up = source.walk_up()
    return walk_up is not None and bool(walk_up.any()) and not bool(walk_up.all())


def _invited_alone(prepared: Prepared) -> Prepared:
    """The same question of invited answers alone."""
    if prepared.source.walk_up() is None:
        return prepared
    return prepare(msgspec.structs.replace(prepared.request, channels="invited"), prepared.source)


def of_invited(
    prepared: Prepared, ask: Callable[[Prepared], Mapping[_RowKey, _Answer]]
) -> Mapping[_RowKey, _Answer] | None:
    """The answers of invited people alone, by row; None where they are not needed."""
    return of_invited_rounds(prepared, None, lambda now, _: ask(now))


def of_invited_rounds(
    now: Prepared,
    earlier: Prepared | None,
    ask: Callable[[Prepared, Prepared | None], Mapping[_RowKey, _Answer]],
) -> Mapping[_RowKey, _Answer] | None:
    """The same for two rounds, where one of them has both kinds of answers.

    Empty where invited answers cannot be weighted by themselves: margins may need a level that they lack.
    """
    rounds = [one for one in (now, earlier) if one is not None]
    if now.request.channels != "all" or not any(_has_both(one.source) for one in rounds):
        return None
    try:
        return ask(_invited_alone(now), None if earlier is None else _invited_alone(earlier))
    except InputError:
        check_deadline()  # a deadline that is over is no answer
        return {}


def claimed(verdict: str, invited: str) -> str:
    """The verdict, or that it holds with walk-up answers only."""
    return verdict if verdict in (invited, CANNOT_TELL) else f"{verdict}_walk_up_only"
