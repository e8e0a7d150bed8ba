"""The answer channels side by side: the same measure of each."""

from collections.abc import Iterable

from sipas.charts.caption import Caption, captioned
from sipas.charts.dots import Dot, DotChart, Group


def channels(dots: Iterable[Dot], caption: Caption) -> DotChart:
    return captioned(caption, (Group("", tuple(dots)),), caption.words.compare)
