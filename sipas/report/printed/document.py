"""A report as parts that every format can write: headings, paragraphs, charts and tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sipas.charts.page import Page
from sipas.messages import Language, text


@dataclass(frozen=True)
class Heading:
    """level: 1 for chapters. starts_page: it begins a page in print."""

    words: str
    level: int = 1
    starts_page: bool = False


@dataclass(frozen=True)
class Paragraph:
    words: str


@dataclass(frozen=True)
class Bullets:
    points: tuple[str, ...]


@dataclass(frozen=True)
class ReportColumn:
    """share: of the table's width, relative to the other columns."""

    head: str
    is_number: bool = True
    share: int = 1


@dataclass(frozen=True)
class ReportRow:
    """level: indentation, as in a tree. is_weak: its figure is not reliable."""

    cells: tuple[str, ...]
    level: int = 0
    is_weak: bool = False


@dataclass(frozen=True)
class ReportTable:
    caption: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportFigure:
    """alternative: what the chart shows, for people who do not see it."""

    caption: str
    chart: Page
    alternative: str


Block = Heading | Paragraph | Bullets | ReportTable | ReportFigure


@dataclass(frozen=True)
class Document:
    """cover: pairs of a name and a value, such as the number of responses. warning: in a frame at the top."""

    language: Language
    title: str
    subtitle: str
    cover: tuple[tuple[str, str], ...]
    warning: str | None
    blocks: tuple[Block, ...]
    has_cover: bool = True
    emblem: bytes | None = None


class Numbering:
    """Numbers tables and figures in the order in which they are made."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._tables = self._figures = 0

    def table(
        self,
        caption: str,
        columns: Sequence[ReportColumn],
        rows: Iterable[ReportRow],
        notes: Iterable[str] = (),
    ) -> ReportTable:
        self._tables += 1
        words = text(self.language, "report.table_caption", number=self._tables, caption=caption)
        return ReportTable(words, tuple(columns), tuple(rows), tuple(notes))

    def figure(self, caption: str, chart: Page, alternative: str) -> ReportFigure:
        self._figures += 1
        words = text(self.language, "report.figure_caption", number=self._figures, caption=caption)
        return ReportFigure(words, chart, alternative)
