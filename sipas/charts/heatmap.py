"""The heat map: several measures of several domains at one glance."""

from collections.abc import Sequence

from sipas.charts.caption import Caption, captioned, doubts
from sipas.charts.chart_words import CHART_WORDS
from sipas.charts.heat import Heat, HeatRow
from sipas.charts.page import Page


def heatmap(heads: Sequence[str], rows: Sequence[HeatRow], caption: Caption) -> Page:
    words = CHART_WORDS[caption.language]
    cells = [cell for row in rows for cell in row.cells]
    bodies = []
    if cells:
        bodies.append(Heat(tuple(heads), tuple(rows), caption.language, caption.statistic, caption.bounds))
    shade = words.shade.format(level=caption.level_text)
    remarks = [shade, *doubts(cells, words.hollow_cell, caption.words.no_estimate)] if cells else []
    return captioned(caption, bodies, remarks)
