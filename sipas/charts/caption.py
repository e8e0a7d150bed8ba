"""Captions of charts: the source of the figures, how they were made, and their limits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sipas.charts.dots import Dot
from sipas.charts.message import Message
from sipas.charts.numbers import Statistic, count, with_unit
from sipas.charts.page import Body, Page
from sipas.messages import Language, Translate, texts

FEWEST_ANSWERS_SHOWN = 5  # a figure of fewer is not shown


@dataclass(frozen=True)
class Caption:
    """The facts that all figures of a chart share. measure, weights: their names for readers.

    unplaced: of so many responses, those that no figure counts. notes: on the figures, in words.
    """

    language: Language
    title: str
    subtitle: str
    statistic: Statistic
    bounds: tuple[float, float]
    level: float
    target: float | None
    self_selected: bool
    provisional: bool
    software: str
    measure: str
    weights: str
    n: int
    responses: int
    unplaced: int
    notes: tuple[str, ...] = ()

    @property
    def t(self) -> Translate:
        return texts(self.language)

    @property
    def level_text(self) -> str:
        return with_unit(self.level, "share", self.language, short=True)


def captioned(caption: Caption, bodies: Sequence[Body], remarks: Iterable[str]) -> Page:
    """remarks: on this kind of chart; those that hold for any follow."""
    return Page(
        title=caption.title,
        subtitle=caption.subtitle,
        bodies=tuple(bodies) or (Message(caption.t("chart.nothing")),),
        notes=(*remarks, *_common(caption)),
    )


def _common(caption: Caption) -> Iterator[str]:
    t = caption.t
    if caption.self_selected:
        yield t("dashboard.self_selected")
    if caption.provisional:
        yield t("dashboard.provisional")
    if caption.unplaced:
        left_out, of = (count(number, caption.language) for number in (caption.unplaced, caption.responses))
        yield t("chart.unplaced", unplaced=left_out, responses=of)
    yield " ".join(caption.notes)
    yield t(
        "chart.source",
        software=caption.software,
        measure=caption.measure,
        weights=caption.weights,
        n=count(caption.n, caption.language),
    )


def doubts(caption: Caption, dots: Sequence[Dot], hollow: str) -> Iterator[str]:
    """Say how a chart shows unreliable and absent figures, if it has any. hollow: the key for the former."""
    if any(dot.estimate is not None and not dot.reliable for dot in dots):
        yield caption.t(hollow)
    if any(dot.estimate is None for dot in dots):
        yield caption.t("chart.no_estimate", fewest=FEWEST_ANSWERS_SHOWN)


def dot_remarks(caption: Caption, dots: Sequence[Dot]) -> Iterator[str]:
    """Explain dots and their lines."""
    t = caption.t
    if dots:
        yield t("chart.interval_note", level=caption.level_text)
    yield from doubts(caption, dots, "chart.hollow")
