"""What stands around a chart: whose figures they are, how they were made, what they do not say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sipas.charts.dots import Dot
from sipas.charts.message import Message
from sipas.charts.numbers import Language, Statistic, count, with_unit
from sipas.charts.page import Body, Page
from sipas.charts.words import WORDS, Words


@dataclass(frozen=True)
class Caption:
    """What all figures of a chart share. measure and weights: as their readers call them.

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
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def level_text(self) -> str:
        return with_unit(self.level, "share", self.language, short=True)


def captioned(caption: Caption, bodies: Sequence[Body], remarks: Iterable[str]) -> Page:
    """remarks: on this kind of chart; those that hold for any follow."""
    return Page(
        title=caption.title,
        subtitle=caption.subtitle,
        bodies=tuple(bodies) or (Message(caption.words.nothing),),
        notes=(*remarks, *common(caption)),
    )


def common(caption: Caption) -> Iterator[str]:
    words = caption.words
    if caption.self_selected:
        yield words.self_selected
    if caption.provisional:
        yield words.provisional
    if caption.unplaced:
        left_out, of = (count(number, caption.language) for number in (caption.unplaced, caption.responses))
        yield words.unplaced.format(unplaced=left_out, responses=of)
    yield " ".join(caption.notes)
    yield words.source.format(
        software=caption.software,
        measure=caption.measure,
        weights=caption.weights,
        n=count(caption.n, caption.language),
    )


def doubts(dots: Sequence[Dot], hollow: str, none: str) -> Iterator[str]:
    """How a chart shows what is not reliable, and what is not there, where it has such figures."""
    if any(dot.estimate is not None and not dot.reliable for dot in dots):
        yield hollow
    if any(dot.estimate is None for dot in dots):
        yield none


def dot_remarks(caption: Caption, dots: Sequence[Dot]) -> Iterator[str]:
    """What dots and their lines are."""
    words = caption.words
    if dots:
        yield words.interval_note.format(level=caption.level_text)
    yield from doubts(dots, words.hollow, words.no_estimate)
