"""Tables of a results page: a row a domain, each with a small plot on a scale that they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from sipas.charts.numbers import count, figure, interval, with_unit
from sipas.charts.scale import AxisScale, scale_for
from sipas.messages import Language
from sipas.report.figures.figures import notes_shown, why, without_few_answers
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import Prepared
from sipas.report.names import Names
from sipas.report.note_words import as_sentence, summarise_notes

PLOT = (8.0, 312.0)  # where the small plot of a row begins and ends, in px of 320
_END_LABEL_PX = 24.0  # px that the label of an end takes
_HALF_TARGET_LABEL_PX = 44.0  # px that half of the target's label takes
_LONG_TABLE_ROWS = 40  # rows that a page shows without being asked

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Figure:
    """A figure is never alone: its interval, its n and whether it can be relied on.

    at, low and high are places in a small plot; an interval may go on beyond that. is_shown: no dash.
    level: in a tree of indicators, from 0 for the root.
    """

    name: str
    estimate: str
    interval: str
    n: str
    is_shown: bool
    reliable: bool
    why: str
    at: float | None
    low: float | None
    high: float | None
    low_beyond: bool
    high_beyond: bool
    level: int | None = None


@dataclass(frozen=True)
class Axis:
    """The axis that the small plots of a table share. anchor: how the target's label is aligned."""

    low: str
    high: str
    target_at: float | None
    target: str
    anchor: Anchor


@dataclass(frozen=True)
class DomainSection:
    """column: what its rows are told apart by. query: the parameters that give the same domains.

    notes: those of its rows, one a code.
    """

    column: str
    by: str
    axis: Axis
    figures: tuple[Figure, ...]
    query: str
    notes: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        return len(self.figures) > _LONG_TABLE_ROWS

    @property
    def has_unreliable(self) -> bool:
        return any(figure.is_shown and not figure.reliable for figure in self.figures)

    @property
    def dashes(self) -> list[str]:
        """Why rows have no figure, each reason once."""
        return list(dict.fromkeys(figure.why for figure in self.figures if not figure.is_shown))


def domain_section(column: str, found: Sequence[IndexRow], prepared: Prepared, names: Names) -> DomainSection:
    target, rows = prepared.source.target, [without_few_answers(row) for row in found]
    scale = small_scale(rows, target)
    return DomainSection(
        column=column,
        by=names.column(column),
        axis=axis(scale, target, names.language),
        figures=tuple(figure_of(row, names, scale) for row in rows),
        query=query(prepared, column),
        notes=section_notes(found, names.language),
    )


def section_notes(found: Sequence[IndexRow], language: Language) -> tuple[str, ...]:
    rows = [notes_shown(row) for row in found]
    return tuple(map(as_sentence, summarise_notes(rows, language)))


def figure_of(row: IndexRow, names: Names, scale: AxisScale | None = None) -> Figure:
    ends = (row.estimate, row.low, row.high)
    at, low, high = (None if scale is None or end is None else scale.at(end) for end in ends)
    return Figure(
        name=names.domain(row.by),
        estimate=with_unit(row.estimate, "share", names.language),
        interval=interval(row.low, row.high, "share", names.language),
        n=count(row.n, names.language),
        is_shown=row.estimate is not None,
        reliable=row.reliable,
        why=why(row, names),
        at=at,
        low=low,
        high=high,
        low_beyond=scale is not None and row.low is not None and row.low < scale.low,
        high_beyond=scale is not None and row.high is not None and row.high > scale.high,
    )


def axis(scale: AxisScale, target: float | None, language: Language) -> Axis:
    low, high = (figure(end, "share", language, short=True) for end in (scale.low, scale.high))
    if target is None:
        return Axis(low, high, None, "", "middle")
    at = scale.at(target)
    return Axis(low, high, at, figure(target, "share", language, short=True), _anchor(at))


def _anchor(at: float) -> Anchor:
    """The target's label stands to one side of its line where it would cover that of an end."""
    if at < PLOT[0] + _END_LABEL_PX + _HALF_TARGET_LABEL_PX:
        return "start"
    return "end" if at > PLOT[1] - _END_LABEL_PX - _HALF_TARGET_LABEL_PX else "middle"


def small_scale(found: Sequence[IndexRow], target: float | None) -> AxisScale:
    """Wide enough for what is reliable: an interval of 20–100 % would crush the rest.

    The target stands inside, a step from where the scale begins or ends.
    """
    reliable = [row for row in found if row.reliable] or found
    ends = [end for row in reliable for end in (row.low, row.high, target) if end is not None]
    scale = scale_for(ends, (0.0, 1.0), *PLOT)
    if target is None:
        return scale
    low = [target - scale.step] if target - scale.low < scale.step / 2 else []
    high = [target + scale.step] if scale.high - target < scale.step / 2 else []
    return scale_for([*ends, *low, *high], (0.0, 1.0), *PLOT)


def query(prepared: Prepared, *columns: str) -> str:
    request = prepared.request
    by = [("by", column) for column in columns]
    return urlencode([("round", request.round or ""), *by])
