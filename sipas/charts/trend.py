"""The trend: one measure over rounds or periods."""

from collections.abc import Sequence

from sipas.charts.caption import Caption, captioned, dot_remarks
from sipas.charts.page import Page
from sipas.charts.trends import Series, Trends


def trend(series: Sequence[Series], caption: Caption) -> Page:
    dots = [dot for one in series for dot in one.dots]
    bodies = [Trends(tuple(series), caption.language, caption.statistic, caption.bounds)] if dots else []
    again = [caption.t("chart.change")] if len(dots) > 1 else []
    return captioned(caption, bodies, [*dot_remarks(caption, dots), *again])
