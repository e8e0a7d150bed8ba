"""Key findings: sentences that the tables write, each with its figure, interval and number of responses."""

from collections import Counter
from collections.abc import Iterator

from sipas.charts.numbers import count, interval, signed_figure, with_unit
from sipas.messages import text
from sipas.report.compare.compare_table import CompareRow, CompareTable
from sipas.report.figures.figures import without_few_answers
from sipas.report.indices.index_table import IndexRow
from sipas.report.names import Names
from sipas.report.note_words import as_sentence, review_text
from sipas.report.printed.report_tables import ReportTables


class Words:
    """Figures and sentences in the reader's language."""

    def __init__(self, tables: ReportTables, names: Names) -> None:
        self.tables, self.names, self.language = tables, names, names.language

    def say(self, key: str, **values: object) -> str:
        return text(self.language, key, **values)

    def estimate(self, row: IndexRow) -> str:
        """86,5% (85,9–87,1)."""
        if row.estimate is None:
            return with_unit(None, "share", self.language)
        ends = interval(row.low, row.high, "share", self.language)
        return f"{with_unit(row.estimate, 'share', self.language)} ({ends})"

    def level(self, row: IndexRow | CompareRow) -> str:
        return with_unit(row.level, "share", self.language, short=True)

    def count(self, number: int) -> str:
        return count(number, self.language)

    def points(self, row: CompareRow) -> str:
        """+1,2 (từ −0,3 đến +2,7)."""
        low, high = (signed_figure(end, "share", self.language) for end in (row.low, row.high))
        return self.say(
            "report.points", by=signed_figure(row.difference, "share", self.language), low=low, high=high
        )

    def measure(self, measure: str) -> str:
        return self.names.measure(measure, self.tables.instrument)


def known_differences(table: CompareTable | None) -> list[CompareRow]:
    """Return the comparisons that have an interval."""
    return [row for row in table.rows if row.low is not None] if table else []


def findings(words: Words) -> Iterator[str]:
    tables = words.tables
    yield _headline(words)
    yield from _target(words)
    yield from _last_month(words)
    yield from _change(words)
    yield from _rest(words)
    yield from _factors(words)
    yield from _units(words)
    yield from _coverage(words)
    if tables.overall.header.provisional:
        yield words.say("report.provisional")


def _headline(words: Words) -> str:
    whole = words.tables.whole
    said = words.say(
        "report.headline", estimate=words.estimate(whole), level=words.level(whole), n=words.count(whole.n)
    )
    if whole.reliable:
        return said
    return f"{said} {as_sentence(review_text(whole.notes, words.language))}"


def _target(words: Words) -> Iterator[str]:
    tables = words.tables
    if tables.target is None:
        return
    (row,) = tables.target.rows
    goal = with_unit(row.target, "share", words.language, short=True)
    verdict = row.verdict if row.reliable else "cannot_tell"
    yield words.say(f"report.target_{verdict}", target=goal)


def _last_month(words: Words) -> Iterator[str]:
    """Name the figure of the month before. Whether it changed, the two intervals alone don't say."""
    if (last := words.tables.last) is not None and last.estimate is not None:
        said = words.say("report.last_month", estimate=words.estimate(last), n=words.count(last.n))
        yield said if last.reliable else f"{said} {as_sentence(review_text(last.notes, words.language))}"


def _change(words: Words) -> Iterator[str]:
    tables = words.tables
    for row in known_differences(tables.change):
        verdict = row.verdict if row.reliable else "cannot_tell"
        yield words.say(f"report.change_{verdict}", round=tables.earlier_code, points=words.points(row))


def _rest(words: Words) -> Iterator[str]:
    for row in known_differences(words.tables.rest):
        verdict = row.verdict if row.reliable else "cannot_tell"
        yield words.say(f"report.rest_{verdict}", points=words.points(row))


def _factors(words: Words) -> Iterator[str]:
    """Name the highest and the lowest factor. That one is lower is said where the intervals lie apart."""
    rows = [row for row in words.tables.measures.values() if row.measure.startswith("factor:")]
    rows = [row for row in rows if row.reliable and row.estimate is not None]
    if len(rows) < 2:
        return
    ordered = sorted(rows, key=lambda row: row.estimate or 0)
    low, high = ordered[0], ordered[-1]
    lie_apart = low.high is not None and high.low is not None and low.high < high.low
    yield words.say(
        "report.factors_apart" if lie_apart else "report.factors_together",
        high=words.measure(high.measure),
        high_estimate=words.estimate(high),
        low=words.measure(low.measure),
        low_estimate=words.estimate(low),
    )


def _units(words: Words) -> Iterator[str]:
    tables = words.tables
    if tables.units is None:
        return
    ranked = [row for row in tables.units.rows if row.rank is not None]
    if len(ranked) > 1:
        first = [row for row in ranked if row.rank_low_simultaneous == 1]
        yield words.say(
            "report.units_ranked",
            units=words.count(len(tables.units.rows)),
            ranked=words.count(len(ranked)),
            first=words.count(len(first)),
        )
    else:
        yield words.say("report.units_unranked", units=words.count(len(tables.units.rows)))
    if tables.unit_targets is not None:
        found = Counter(
            row.verdict if row.reliable else "cannot_tell"
            for row in tables.unit_targets.rows
            if without_few_answers(row).estimate is not None
        )
        yield words.say(
            "report.units_target",
            met=words.count(found["met"]),
            not_met=words.count(found["not_met"]),
            other=words.count(len(tables.unit_targets.rows) - found["met"] - found["not_met"]),
        )


def _coverage(words: Words) -> Iterator[str]:
    coverage = words.tables.whole.coverage
    if words.tables.overall.header.weights.method == "none" or coverage is None:
        yield words.say("report.unweighted")
    else:
        yield words.say("report.coverage", coverage=with_unit(coverage, "share", words.language))
