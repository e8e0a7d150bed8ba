"""The heat map: several measures of several domains at one glance."""

from collections.abc import Sequence

from sipas.charts.caption import Caption, captioned, doubts
from sipas.charts.heat import Heat, HeatRow
from sipas.charts.page import Page


def heatmap(heads: Sequence[str], rows: Sequence[HeatRow], caption: Caption) -> Page:
    cells = [cell for row in rows for cell in row.cells]
    bodies = []
    if cells:
        bodies.append(Heat(tuple(heads), tuple(rows), caption.language, caption.statistic, caption.bounds))
    shade = caption.t("chart.shade", level=caption.level_text)
    remarks = [shade, *doubts(caption, cells, "chart.hollow_cell")] if cells else []
    return captioned(caption, bodies, remarks)
