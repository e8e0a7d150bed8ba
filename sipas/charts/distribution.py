"""The distribution: how the answers are spread over the points of the scale."""

import math
from collections.abc import Iterator, Sequence

from sipas.charts.bars import BarGroup, Bars
from sipas.charts.caption import Caption, captioned, doubts
from sipas.charts.numbers import figure
from sipas.charts.page import Page


def distribution(groups: Sequence[BarGroup], points: Sequence[str], caption: Caption) -> Page:
    """points: what the points of the scale are called, worst first."""
    dots = [bar.dot for group in groups for bar in group.bars]
    bodies = [Bars(tuple(groups), tuple(points), caption.language, caption.statistic)] if dots else []
    remarks = [*_said(groups, caption), *doubts(caption, dots, "chart.hollow_bar")]
    return captioned(caption, bodies, remarks if dots else [])


def _said(groups: Sequence[BarGroup], caption: Caption) -> Iterator[str]:
    """Explain bars, and for print the widest reach of their intervals."""
    level = caption.level_text
    yield caption.t("chart.bars", level=level)
    reaches = [bar.reach for group in groups for bar in group.bars if bar.dot.reliable]
    if reach := max(reaches, default=0.0):
        points = figure(math.ceil(round(1000 * reach, 6)) / 1000, "share", caption.language)
        yield caption.t("chart.reach", level=level, points=points)
