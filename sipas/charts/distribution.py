"""The distribution: how the answers are spread over the points of the scale."""

from collections.abc import Sequence

from sipas.charts.bars import BarGroup, Bars
from sipas.charts.caption import Caption, captioned, doubts
from sipas.charts.chart_words import CHART_WORDS
from sipas.charts.page import Page


def distribution(groups: Sequence[BarGroup], points: Sequence[str], caption: Caption) -> Page:
    """points: what the points of the scale are called, worst first."""
    words = CHART_WORDS[caption.language]
    dots = [bar.dot for group in groups for bar in group.bars]
    bodies = [Bars(tuple(groups), tuple(points), caption.language, caption.statistic)] if dots else []
    said = words.bars.format(level=caption.level_text)
    remarks = [said, *doubts(dots, words.hollow_bar, caption.words.no_estimate)] if dots else []
    return captioned(caption, bodies, remarks)
