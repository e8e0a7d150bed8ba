"""The league: units from the highest estimate down, each with its interval, its rank and that one's range."""

from collections.abc import Iterable, Iterator

from sipas.charts.caption import Caption, captioned, dot_remarks
from sipas.charts.dots import Dot, Dots, Group
from sipas.charts.page import Page
from sipas.vietnamese import sort_key


def league(dots: Iterable[Dot], caption: Caption) -> Page:
    """Draw the units in order; below them, by name, those without a reliable estimate."""
    groups = _league_groups(list(dots), caption)
    bodies = [Dots(groups, caption.language, caption.statistic, caption.bounds, caption.target)]
    return captioned(caption, bodies if groups else [], _remarks(groups, caption))


def _league_groups(dots: list[Dot], caption: Caption) -> tuple[Group, ...]:
    by_name = sorted(dots, key=lambda dot: sort_key(dot.name))
    ranked = any(dot.rank for dot in dots)
    in_order = [dot for dot in by_name if (dot.rank if ranked else dot.reliable and dot.estimate is not None)]
    others = [dot for dot in by_name if dot not in in_order]
    groups = (
        Group("", tuple(sorted(in_order, key=lambda dot: -(dot.estimate or 0.0)))),
        Group(caption.t("chart.unordered"), tuple(dot for dot in others if dot.estimate is not None)),
        Group(caption.t("chart.without_figure"), tuple(dot for dot in others if dot.estimate is None)),
    )
    return tuple(group for group in groups if group.dots)


def _remarks(groups: tuple[Group, ...], caption: Caption) -> Iterator[str]:
    dots = [dot for group in groups for dot in group.dots]
    ranked = sum(dot.rank is not None for dot in dots)
    yield from dot_remarks(caption, dots)
    if ranked:
        yield caption.t("chart.ranks", ranked=ranked, level=caption.level_text)
    elif dots:
        yield caption.t("chart.no_rank")
