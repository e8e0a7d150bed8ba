"""The house style: a printed page's width, ink on paper, and the bytes a figure is rendered to.

matplotlib is imported when the first chart is drawn, never before: a broken font must not keep
the service from collecting.
"""

import io
import logging
import re
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Literal

from sipas.errors import InputError, SipasError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PictureFormat = Literal["svg", "png", "pdf"]
_FORMATS: tuple[PictureFormat, ...] = ("svg", "png", "pdf")

INK, FAINT, LINE, _WASH, PAPER = "#14202b", "#4a5763", "#c9d1d9", "#f3f5f7", "#ffffff"
ACTION = "#12408c"
POINTS = ("#b2182b", "#d6604d", "#6b7680", "#4393c3", "#2166ac")  # of the scale, worst first
PAGE_WIDTH_MM = 170.0  # mm, as wide as the text of an A4 page
_PAGE_MARGIN_MM = 2.0
WIDTH_MM = PAGE_WIDTH_MM - 2 * _PAGE_MARGIN_MM
_DOTS_PER_INCH = 200

# Every text is measured in the font that comes with matplotlib. It is wider than the rest of the
# stack, so that what fits here fits wherever an SVG is opened.
_MEASURED = "DejaVu Sans"
_STACK = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_NO_DATE: dict[PictureFormat, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


class ChartError(SipasError):
    """The machine cannot draw."""


@cache
def load_matplotlib() -> None:
    """Once a process: this process draws in no other style."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.WARNING)  # it tells of every cache it makes
    try:
        import matplotlib
        import matplotlib.figure
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise ChartError(f"matplotlib cannot be loaded, so no chart can be drawn: {error}") from error
    matplotlib.rc("font", family=[_MEASURED])
    matplotlib.rc("svg", fonttype="none", hashsalt="sipas")
    matplotlib.rc("pdf", fonttype=42)
    matplotlib.rc("text", parse_math=False)


def blank(height: float) -> tuple["Figure", "Axes"]:
    """A page with room for `height` mm, and axes over it that count mm from its top left.

    No pyplot: its figures are shared between threads.
    """
    load_matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_inches(PAGE_WIDTH_MM), _inches(height + 2 * _PAGE_MARGIN_MM)), facecolor=PAPER)
    axes = figure.add_axes(
        (0, 0, 1, 1),
        xlim=(-_PAGE_MARGIN_MM, PAGE_WIDTH_MM - _PAGE_MARGIN_MM),
        ylim=(height + _PAGE_MARGIN_MM, -_PAGE_MARGIN_MM),
    )
    axes.set_axis_off()
    return figure, axes


def _inches(millimetres: float) -> float:
    return millimetres / 25.4


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """In mm, for a size in points."""
    load_matplotlib()
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=_MEASURED, size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * 25.4 / 72


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two, `share` of the way to the other."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Lines of whole words, none wider than `width` mm; a word too long for one is cut."""
    lines: list[str] = []
    for word in text.split(" "):  # spaces alone: some are not to be broken at
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(_shorten(word, width, size, weight))
    return lines or [""]


def _shorten(text: str, width: float, size: float, weight: str = "normal") -> str:
    if text_width(text, size, weight) <= width:
        return text
    while text and text_width(f"{text}…", size, weight) > width:
        text = text[:-1]
    return f"{text}…"


@dataclass(frozen=True)
class Drawing:
    """hover: what a part of the figure, known by its gid, says under the pointer."""

    figure: "Figure"
    title: str
    hover: dict[str, str] = field(default_factory=dict)


def choose_picture_format(extension: str) -> PictureFormat:
    for known in _FORMATS:
        if extension.lower() == known:
            return known
    raise InputError(f"a chart is a file that ends in .svg, .png or .pdf, not in {extension!r}")


def render(drawing: Drawing, format_: PictureFormat) -> bytes:
    """The same bytes for the same drawing, on every day."""
    out = io.BytesIO()
    drawing.figure.savefig(out, format=format_, dpi=_DOTS_PER_INCH, metadata=_NO_DATE[format_])
    return _finish_svg(out.getvalue().decode(), drawing).encode() if format_ == "svg" else out.getvalue()


def _finish_svg(svg: str, drawing: Drawing) -> str:
    """From the root element on, with a title to be read aloud and titles to hover.

    Styles become attributes: a page that forbids inline styles can hold the picture as it is.
    """
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r"\s*<style .*?</style>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r' style="([^"]*)"', lambda style: _as_attributes(style[1]), svg)
    root = f' role="img" font-family="{_STACK}" stroke-linejoin="round" stroke-linecap="butt"'
    svg = re.sub(r"(<svg [^>]*)>", rf"\1{root}>{_title_element(drawing.title)}", svg, count=1)
    for gid, text in drawing.hover.items():
        svg = svg.replace(f'<g id="{gid}">', f'<g id="{gid}">{_title_element(text)}', 1)
    return svg


def _as_attributes(style: str) -> str:
    """Fonts are left out: the root names them for the whole picture."""
    pairs = [part.split(": ", 1) for part in style.strip("; ").split("; ")]
    return "".join(f' {name}="{value}"' for name, value in pairs if name != "font-family")


def _title_element(text: str) -> str:
    return f"<title>{escape(text)}</title>"
