"""A plan as CSV and text."""

from collections.abc import Iterator

from sipas.report.formats import count, csv_of, domain_lines, figure
from sipas.report.note_words import in_words, said
from sipas.report.plan.plan_table import PlanRow, PlanTable

_NUMBERS = ("population", "responses", "invitations", "expected", "margin", "simple_random", "slovin")


def to_csv(table: PlanTable) -> bytes:
    return csv_of(table.rows, PlanRow, table.notes)


def to_text(table: PlanTable) -> str:
    """For a terminal: the whole and the domains, and below them the strata."""
    above, below = [*table.part("whole"), *table.part("domain")], table.part("stratum")
    return "\n".join([*_lines(above), "", *_lines(below), "", *_footnotes(table)]) + "\n"


def _lines(rows: list[PlanRow]) -> list[str]:
    return domain_lines(rows, (*_NUMBERS, "notes"), _cells, _NUMBERS)


def _cells(row: PlanRow) -> list[str]:
    counts = [str(row.population), str(row.responses), str(row.invitations), f"{row.expected:.1f}"]
    textbook = [count(row.simple_random), count(row.slovin)]
    return [*counts, figure(row.margin, "share"), *textbook, said(row.notes, "en")]


def _footnotes(table: PlanTable) -> Iterator[str]:
    asked = table.assumptions
    if asked.margin is None:
        yield f"total of {asked.total} responses, level {asked.level:g}"
    else:
        of = f"of each {', '.join(table.by)}" if table.by else "of the whole"
        yield f"margin {100 * asked.margin:g} % {of}, level {asked.level:g}"
    yield (
        f"expected share {asked.share:g}, design effect {asked.deff:g}, response rate {asked.response_rate:g}"
    )
    yield f"allocation {asked.allocation}, at least {asked.minimum} a stratum of {', '.join(table.strata)}"
    yield f"{table.source} · {table.software}"
    yield from (in_words(note, "en") for note in table.notes)
