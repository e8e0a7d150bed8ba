"""The page of every chart: a title, the bodies of the chart below each other, and notes."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from sipas.charts import style
from sipas.charts.style import ACTION, FAINT, INK, PAPER, WIDTH_MM, Drawing, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TextSide = Literal["left", "center", "right"]

# Sizes in points; heights and gaps in mm.
_TITLE, TEXT_PT, SMALL_PT, TINY_PT = 11.0, 7.5, 6.5, 5.6
LINE_HEIGHT_MM, _TITLE_HEIGHT, GAP_MM = 3.4, 5.2, 3.0
_BETWEEN_BODIES_MM = 3.0  # two bodies


@dataclass
class Canvas:
    """Axes that count mm from the page's top left, and what its parts say under the pointer."""

    axes: "Axes"
    hover: dict[str, str] = field(default_factory=dict)

    def says(self, text: str) -> str:
        """The gid of a part that says this."""
        gid = f"part-{len(self.hover)}"
        self.hover[gid] = text
        return gid

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float = SMALL_PT,
        colour: str = INK,
        side: TextSide = "left",
        weight: str = "normal",
        ground: str | None = None,
    ) -> None:
        """side: which side of the text stands at x; y: its middle. ground: a colour to stand on."""
        room = None if ground is None else {"facecolor": ground, "edgecolor": "none", "pad": 1.0}
        self.axes.text(
            x, y, text, fontsize=size, color=colour, ha=side, va="center_baseline", weight=weight, zorder=5,
            bbox=room,
        )  # fmt: skip

    def head(self, y: float, text: str) -> None:
        """The heading of a group, legible on a grid."""
        self.write(0, y, text, TEXT_PT, FAINT, weight="bold", ground=PAPER)

    def write_lines(
        self, x: float, y: float, lines: list[str], size: float, colour: str = INK, side: TextSide = "left"
    ) -> None:
        """y: the middle of all of them."""
        for i, line in enumerate(lines):
            self.write(x, y + LINE_HEIGHT_MM * (i - (len(lines) - 1) / 2), line, size, colour, side)

    def line(self, xs: tuple[float, float], ys: tuple[float, float], colour: str, width: float) -> None:
        self.axes.plot(xs, ys, color=colour, linewidth=width, zorder=1)

    def dashes(self, xs: tuple[float, float], ys: tuple[float, float]) -> None:
        self.axes.plot(xs, ys, color=INK, linewidth=0.9, dashes=(4, 2.5), zorder=2)

    def dot(self, x: float, y: float, is_full: bool, gid: str, marker: str = "o") -> None:
        """Hollow where the figure is not to be relied on."""
        face = ACTION if is_full else PAPER
        self.axes.plot([x], [y], marker, markersize=4.2, mfc=face, mec=ACTION, mew=1.0, zorder=4, gid=gid)

    def interval(self, xs: tuple[float, float], ys: tuple[float, float]) -> None:
        self.axes.plot(xs, ys, color=ACTION, linewidth=1.1, zorder=3)

    def arrow(self, x: float, y: float, marker: str) -> None:
        """Mark an end beyond the scale, so that no interval looks shorter than it is."""
        self.axes.plot([x], [y], marker, markersize=3, color=ACTION, zorder=3)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        face: str,
        edge: str,
        gid: str,
        *,
        hatched: bool = False,
    ) -> None:
        """x, y: its top left. hatched: with lines of the edge's colour, to be told apart in grey."""
        from matplotlib.patches import Rectangle

        box = Rectangle((x, y), width, height, facecolor=face, edgecolor=edge, linewidth=0.6, zorder=2)
        box.set_gid(gid)
        if hatched:
            box.set_hatch("/////")
        self.axes.add_patch(box)


class Body(Hashable, Protocol):
    """A part of a chart as wide as the page."""

    @property
    def height(self) -> float: ...

    def draw(self, canvas: Canvas, top: float) -> None: ...


@dataclass(frozen=True)
class Page:
    """A chart: equal ones are drawn alike."""

    title: str
    subtitle: str
    bodies: tuple[Body, ...]
    notes: tuple[str, ...] = ()

    def draw(self) -> Drawing:
        titles = wrap(self.title, WIDTH_MM, _TITLE, "bold")
        subtitles = wrap(self.subtitle, WIDTH_MM, TEXT_PT) if self.subtitle else []
        foot = [line for note in self.notes if note for line in wrap(note, WIDTH_MM, SMALL_PT)]
        top = _TITLE_HEIGHT * len(titles) + 1.2 + LINE_HEIGHT_MM * len(subtitles)
        heights = sum(body.height for body in self.bodies) + _BETWEEN_BODIES_MM * max(len(self.bodies) - 1, 0)
        figure, axes = style.blank(top + heights + LINE_HEIGHT_MM * len(foot))
        canvas = Canvas(axes)
        for i, line in enumerate(titles):
            canvas.write(0, 2.0 + _TITLE_HEIGHT * i, line, _TITLE, weight="bold")
        for i, line in enumerate(subtitles):
            canvas.write(0, 2.0 + _TITLE_HEIGHT * len(titles) + LINE_HEIGHT_MM * i, line, TEXT_PT, FAINT)
        for body in self.bodies:
            body.draw(canvas, top)
            top += body.height + _BETWEEN_BODIES_MM
        for i, line in enumerate(foot):
            canvas.write(0, top - _BETWEEN_BODIES_MM + 0.5 + LINE_HEIGHT_MM * i, line, SMALL_PT, FAINT)
        return Drawing(figure, self.title, canvas.hover)
