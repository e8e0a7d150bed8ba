"""The league: units from the highest estimate down, each with its interval, and the target's line."""

from collections.abc import Iterable

from sipas.charts.caption import Caption, captioned
from sipas.charts.dots import Dot, DotChart, Group
from sipas.vietnamese import sort_key


def league(dots: Iterable[Dot], caption: Caption) -> DotChart:
    """What is not reliable is shown, but not put in order: it stands below, by name."""
    return captioned(caption, league_groups(list(dots), caption), caption.words.no_rank)


def league_groups(dots: list[Dot], caption: Caption) -> tuple[Group, ...]:
    words = caption.words
    by_name = sorted(dots, key=lambda dot: sort_key(dot.name))
    groups = (
        Group("", tuple(in_order(dot for dot in by_name if dot.estimate is not None and dot.reliable))),
        Group(
            words.unordered,
            tuple(dot for dot in by_name if dot.estimate is not None and not dot.reliable),
        ),
        Group(words.without_figure, tuple(dot for dot in by_name if dot.estimate is None)),
    )
    return tuple(group for group in groups if group.dots)


def in_order(dots: Iterable[Dot]) -> list[Dot]:
    """From the highest down; equals stay as they came."""
    return sorted(dots, key=lambda dot: -(dot.estimate or 0.0))
