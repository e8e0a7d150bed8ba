"""Answer channels side by side: what each says, and how two differ where both answered."""

from collections.abc import Iterator, Sequence

from sipas.charts.caption import Caption, captioned, dot_remarks
from sipas.charts.differences import Comparison, DifferencePlot
from sipas.charts.dots import Dots, Group
from sipas.charts.page import Body, Page


def channels(
    groups: Sequence[Group], comparisons: Sequence[Comparison], mixed: bool, caption: Caption
) -> Page:
    """mixed: whether the two sides of each comparison are weighted to the same mix of strata."""
    language = caption.language
    shown = tuple(group for group in groups if group.dots)
    bodies: list[Body] = []
    if shown:
        bodies.append(Dots(shown, language, caption.statistic, caption.bounds, caption.target))
    if comparisons:
        heading = caption.t("chart.same_mix" if mixed else "chart.own_mix")
        width = caption.bounds[1] - caption.bounds[0]
        bodies.append(DifferencePlot(heading, tuple(comparisons), language, caption.statistic, width))
    return captioned(caption, bodies, _remarks(shown, comparisons, mixed, caption))


def _remarks(
    groups: Sequence[Group], comparisons: Sequence[Comparison], mixed: bool, caption: Caption
) -> Iterator[str]:
    t = caption.t
    sides = [side for one in comparisons for side in (one.first, one.second)]
    yield from dot_remarks(caption, [dot for group in groups for dot in group.dots] + sides)
    yield t("chart.compare")
    if comparisons and mixed:
        yield t("chart.mix")
    if len(comparisons) > 1:
        yield t("chart.adjusted", level=caption.level_text, number=len(comparisons))
    for one in comparisons:
        if one.difference is None and one.why:
            yield f"{one.first.name} {t('chart.versus', name=one.second.name)}: {one.why}."
