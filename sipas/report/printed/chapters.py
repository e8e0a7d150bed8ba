"""The chapters of a report, each from the tables it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sipas.charts.numbers import DASH, figure, interval, with_unit
from sipas.charts.page import Page
from sipas.messages import text
from sipas.report.figures.channels_figure import channels_chart
from sipas.report.figures.distribution_figure import distribution_chart
from sipas.report.figures.figures import notes_shown, ordered, without_few_answers
from sipas.report.figures.trend_figure import trend_chart
from sipas.report.indices.index_table import IndexRow
from sipas.report.note_words import as_sentence, note_text, summarise_notes
from sipas.report.pages.indicators import walk_tree
from sipas.report.pages.item_names import short_names
from sipas.report.printed.document import (
    Block,
    Bullets,
    Heading,
    Numbering,
    Paragraph,
    ReportColumn,
    ReportRow,
    ReportTable,
)
from sipas.report.printed.findings import Words, findings, known_differences

DEFINED = (
    *("index", "interval", "weight", "coverage", "unreliable", "rank"),
    *("n_effective", "deff", "self_selected"),
)
_CHART_ROWS_MAX = 40  # of more questions, a chart is longer than a page


class Chapters:
    """Writes chapters. Tables and figures are numbered in the order in which chapters are asked for."""

    def __init__(self, words: Words) -> None:
        self.words, self.tables, self.names = words, words.tables, words.names
        self.numbers = Numbering(words.language)
        self._is_whole = words.tables.request.kind == "round"  # with a page for each chapter

    def key_findings(self) -> Iterator[Block]:
        yield Heading(self.words.say("report.findings"), starts_page=self._is_whole)
        yield Bullets(tuple(findings(self.words)))
        yield Paragraph(self.words.say("report.findings_note"))

    def method(self) -> Iterator[Block]:
        words, header = self.words, self.tables.overall.header
        yield Heading(words.say("report.method"), starts_page=self._is_whole)
        whole = self.tables.whole
        yield Paragraph(words.say("report.method_who", responses=words.count(whole.n)))
        strata = ", ".join(map(self.names.column, header.weights.strata))
        weighted = "report.method_unweighted" if header.weights.method == "none" else "report.method_weighted"
        yield Paragraph(words.say(weighted, strata=strata))
        yield Paragraph(words.say("report.method_interval", level=words.level(whole)))
        yield Paragraph(words.say("report.method_claims", level=words.level(whole)))
        if notes := self._header_notes():
            yield Heading(words.say("report.method_notes"), 2)
            yield Bullets(notes)

    def _header_notes(self) -> tuple[str, ...]:
        header = self.tables.overall.header
        notes = dict.fromkeys((*header.notes, *header.weights.notes, *self.tables.whole.notes))
        return tuple(as_sentence(note_text(note, self.words.language)) for note in notes)

    def measures(self) -> Iterator[Block]:
        """Factors and their items, or the tree of indicators."""
        words = self.words
        tree = self.tables.instrument.index(self.tables.source.index).tree
        yield Heading(
            words.say("report.measures" if tree is None else "report.indicators"), starts_page=self._is_whole
        )
        rows = self._factor_rows() if tree is None else self._tree_rows()
        yield self._measures_table(words.say("report.measures_caption"), rows)
        if tree is None and self._is_whole:
            yield from self._distribution()

    def _factor_rows(self) -> Iterator[tuple[int, str, IndexRow]]:
        measures, instrument = self.tables.measures, self.tables.instrument
        overall = next(iter(measures.values()))
        yield 0, self.words.say("report.overall"), overall
        grouped = [item for group in instrument.groups for item in group.items]
        texts = {item.id: self.names.text(item.text, instrument) for item in grouped}
        short = short_names(texts, self.words.language)
        for group in instrument.groups:
            if (row := measures.get(f"factor:{group.id}")) is not None:
                yield 1, self.names.text(group.title, instrument), row
            for item in group.items:
                if (row := measures.get(f"item:{item.id}")) is not None:
                    yield 2, short[item.id], row

    def _tree_rows(self) -> Iterator[tuple[int, str, IndexRow]]:
        for measure, level, name in walk_tree(self.tables.source, self.names):
            if (row := self.tables.measures.get(measure)) is not None:
                yield level, name, row

    def _measures_table(self, caption: str, rows: Iterator[tuple[int, str, IndexRow]]) -> ReportTable:
        found = list(rows)
        return self.numbers.table(
            caption,
            self._columns(self.words.say("report.measure")),
            (
                self._figure_row(name, row, level, row.n_answered if level else row.n)
                for level, name, row in found
            ),
            self._row_notes([row for *_, row in found]),
        )

    def _columns(self, first: str) -> tuple[ReportColumn, ...]:
        say = self.words.say
        return (
            ReportColumn(first, is_number=False, share=6),
            ReportColumn(say("report.estimate"), share=2),
            ReportColumn(say("report.interval", level=self.words.level(self.tables.whole)), share=3),
            ReportColumn(say("report.n"), share=2),
        )

    def _figure_row(self, name: str, row: IndexRow, level: int, n: int) -> ReportRow:
        shown, language = without_few_answers(row), self.words.language
        cells = (
            name,
            with_unit(shown.estimate, "share", language),
            interval(shown.low, shown.high, "share", language),
            self.words.count(n),
        )
        return ReportRow(cells, level, is_weak=not shown.reliable)

    def _row_notes(self, rows: Sequence[IndexRow]) -> tuple[str, ...]:
        """Say what the marks mean, and the notes that some rows have and the table does not."""
        language, header = self.words.language, self.tables.overall.header
        said = {note.code for note in (*header.notes, *header.weights.notes, *self.tables.whole.notes)}
        given = [[note for note in notes_shown(row) if note.code not in said] for row in rows]
        weak = (
            [self.words.say("report.weak")]
            if any(not without_few_answers(row).reliable for row in rows)
            else []
        )
        return (*weak, *map(as_sentence, summarise_notes(given, language)))

    def _distribution(self) -> Iterator[Block]:
        table, instrument = self.tables.distribution, self.tables.instrument
        if not 0 < len(table.rows) <= _CHART_ROWS_MAX:
            return
        chart = distribution_chart(table, instrument, self.names)
        yield self.numbers.figure(
            self.words.say("report.distribution_caption"),
            _bare(chart),
            self.words.say("report.distribution_alternative"),
        )

    def channels(self) -> Iterator[Block]:
        table, words = self.tables.channels, self.words
        if table is None:
            return
        yield Heading(words.say("report.channels"), starts_page=self._is_whole)
        yield Paragraph(words.say("report.channels_note"))
        rows = ordered(table.rows, self.names)
        yield self.numbers.table(
            words.say("report.channels_caption"),
            self._columns(_sentence(self.names.column("channel"))),
            (self._figure_row(self.names.domain(row.by), row, 0, row.n) for row in rows),
            self._row_notes(rows),
        )
        if self._is_whole:
            chart = channels_chart(table, self.tables.instrument, self.names)
            yield self.numbers.figure(
                words.say("report.channels_figure"), _bare(chart), words.say("report.channels_alternative")
            )

    def units(self) -> Iterator[Block]:
        tables, words = self.tables, self.words
        if tables.units is None:
            return
        yield Heading(words.say("report.units"), starts_page=self._is_whole)
        yield Paragraph(words.say("report.units_note", level=words.level(tables.whole)))
        verdicts = (
            {str(row.by["unit"]): row for row in tables.unit_targets.rows} if tables.unit_targets else {}
        )
        say, language = words.say, words.language
        head = [
            ReportColumn(say("report.rank"), share=3),
            *self._columns(_sentence(self.names.column("unit"))),
            *([ReportColumn(say("report.verdict"), is_number=False, share=4)] if verdicts else []),
        ]
        rows = []
        for row in tables.units.rows:
            shown = self._figure_row(self.names.domain(row.by), row, 0, row.n)
            rank = DASH
            if row.rank is not None and shown.cells[1] != DASH:
                ends = f"{row.rank_low_simultaneous}{DASH}{row.rank_high_simultaneous}"
                rank = f"{row.rank} ({ends})"
            judged = verdicts.get(str(row.by["unit"]))
            verdict = "cannot_tell" if judged is None or not judged.reliable else judged.verdict
            said = (_sentence(text(language, f"verdict.{verdict}")),) if verdicts else ()
            rows.append(replace(shown, cells=(rank, *shown.cells, *said)))
        yield self.numbers.table(
            say("report.units_caption"), head, rows, self._row_notes([*tables.units.rows])
        )

    def change(self) -> Iterator[Block]:
        tables, words = self.tables, self.words
        if not known_differences(tables.change) and tables.months is None:
            return
        yield Heading(words.say("report.change"), starts_page=self._is_whole)
        for row in known_differences(tables.change):
            verdict = row.verdict if row.reliable else "cannot_tell"
            said = words.say(f"report.change_{verdict}", round=tables.earlier_code, points=words.points(row))
            yield Paragraph(said)
        if tables.months is not None:
            chart = trend_chart(tables.months, tables.instrument, self.names)
            yield self.numbers.figure(
                words.say("report.months_caption"), _bare(chart), words.say("report.months_alternative")
            )

    def procedures(self) -> Iterator[Block]:
        """Of a unit: its procedures, those with the most responses first."""
        words, rows = self.words, self.tables.procedures
        known = [row for row in rows if row.by["procedure"] is not None and row.n]
        if not known:
            return
        most = sorted(known, key=lambda row: -row.n)[:12]
        yield Heading(words.say("report.procedures"))
        yield self.numbers.table(
            words.say("report.procedures_caption"),
            self._columns(_sentence(self.names.column("procedure"))),
            (self._figure_row(self.names.domain(row.by), row, 0, row.n) for row in most),
            self._row_notes(most),
        )

    def annex(self) -> Iterator[Block]:
        yield Heading(self.words.say("report.annex"), starts_page=self._is_whole)
        yield self._every_measure()
        if self.tables.unit_factors:
            yield self._factors_by_unit()

    def _every_measure(self) -> ReportTable:
        """Every number of the whole, as `sipas estimate --measure all` gives it."""
        words, say = self.words, self.words.say
        columns = (
            ReportColumn(say("report.code"), is_number=False, share=5),
            *self._columns(say("report.measure"))[1:3],
            ReportColumn(say("report.se"), share=2),
            ReportColumn(say("report.n"), share=2),
            ReportColumn(say("report.n_effective"), share=2),
            ReportColumn("deff", share=2),
        )
        language = words.language

        def cells(row: IndexRow) -> ReportRow:
            effective = None if row.n_effective is None else words.count(round(row.n_effective))
            return ReportRow(
                (
                    row.measure,
                    with_unit(row.estimate, "share", language),
                    interval(row.low, row.high, "share", language),
                    figure(row.se, "share", language) if row.se is None else _two_places(row.se, language),
                    words.count(row.n_answered),
                    effective or DASH,
                    figure(row.deff, "mean", language),
                ),
                is_weak=not row.reliable,
            )

        rows = list(self.tables.measures.values())
        return self.numbers.table(
            say("report.annex_measures"), columns, map(cells, rows), self._row_notes(rows)
        )

    def _factors_by_unit(self) -> ReportTable:
        words, rows = self.words, ordered(self.tables.unit_factors, self.names)
        measures = list(dict.fromkeys(row.measure for row in self.tables.unit_factors))[:6]
        found: dict[str, dict[str, IndexRow]] = {}
        for row in rows:
            found.setdefault(self.names.domain(row.by), {})[row.measure] = without_few_answers(row)
        columns = (
            ReportColumn(_sentence(self.names.column("unit")), is_number=False, share=4),
            *(ReportColumn(words.measure(measure), share=3) for measure in measures),
        )

        def cell(row: IndexRow | None) -> str:
            if row is None or row.estimate is None:
                return DASH
            mark = "" if row.reliable else "*"
            return f"{figure(row.estimate, 'share', words.language)}{mark} ({_ends(row, words)})"

        lines = (
            ReportRow((name, *(cell(by.get(measure)) for measure in measures))) for name, by in found.items()
        )
        return self.numbers.table(
            words.say("report.annex_units", level=words.level(self.tables.whole)),
            columns,
            lines,
            (words.say("report.annex_units_note"),),
        )

    def definitions(self) -> Iterator[Block]:
        yield Heading(self.words.say("report.definitions"))
        yield Bullets(tuple(self.words.say(f"report.define_{name}") for name in DEFINED))


def _ends(row: IndexRow, words: Words) -> str:
    return interval(row.low, row.high, "share", words.language)


def _two_places(value: float, language: str) -> str:
    words = f"{100 * value:.2f}"
    return words.replace(".", ",") if language == "vi" else words


def _bare(chart: Page) -> Page:
    """Leave out the title and notes of a chart: the report has a caption and a chapter on the method."""
    return replace(chart, title="", subtitle="", notes=())


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
