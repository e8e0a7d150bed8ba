"""What stands around a chart: whose figures they are, how they were made, what they do not say."""

from collections.abc import Iterator
from dataclasses import dataclass

from sipas.charts.dots import Dot, DotChart, Group
from sipas.charts.numbers import Language, Statistic, count, with_unit
from sipas.charts.words import WORDS, Words


@dataclass(frozen=True)
class Caption:
    """What every dot of a chart shares. by, measure and weights: as their readers call them."""

    language: Language
    by: str
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

    @property
    def words(self) -> Words:
        return WORDS[self.language]


def captioned(caption: Caption, groups: tuple[Group, ...], remark: str) -> DotChart:
    dots = [dot for group in groups for dot in group.dots]
    return DotChart(
        title=caption.words.title.format(by=caption.by),
        subtitle=caption.subtitle,
        groups=groups,
        language=caption.language,
        statistic=caption.statistic,
        bounds=caption.bounds,
        target=caption.target,
        notes=tuple(notes(caption, dots, remark)),
        source=source_line(caption),
    )


def notes(caption: Caption, dots: list[Dot], remark: str) -> Iterator[str]:
    words = caption.words
    yield words.interval_note.format(level=with_unit(caption.level, "share", caption.language, short=True))
    yield remark
    if any(dot.estimate is not None and not dot.reliable for dot in dots):
        yield words.hollow
    if any(dot.estimate is None for dot in dots):
        yield words.no_estimate
    if caption.self_selected:
        yield words.self_selected
    if caption.provisional:
        yield words.provisional


def source_line(caption: Caption) -> str:
    return caption.words.source.format(
        software=caption.software,
        measure=caption.measure,
        weights=caption.weights,
        n=count(caption.n, caption.language),
    )
