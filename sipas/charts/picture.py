"""A chart drawn and rendered; every way in which drawing can fail ends as one error."""

from functools import lru_cache
from threading import Lock

from sipas.charts.page import Page
from sipas.charts.style import ChartError, PictureFormat, render

_ONE_AT_A_TIME = Lock()  # matplotlib keeps fonts in caches that threads may not share


@lru_cache(maxsize=16)
def picture(chart: Page, format_: PictureFormat) -> bytes:
    """The same chart is drawn once, as long as it is among the last that were asked for."""
    try:
        with _ONE_AT_A_TIME:
            return render(chart.draw(), format_)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise ChartError(f"the chart cannot be drawn on this machine: {error}") from error
