"""A plan as CSV and text."""

from collections.abc import Iterator

from sipas.report.formats import TABLE_LANGUAGE, count_cell, csv_of, domain_lines, figure_cell, table_text
from sipas.report.note_words import note_text, notes_text
from sipas.report.plan.plan_table import PlanRow, PlanTable

_NUMBERS = ("population", "responses", "invitations", "expected", "margin", "simple_random", "slovin")


def plan_csv(table: PlanTable) -> bytes:
    return csv_of(table.rows, PlanRow, table.notes)


def plan_text(table: PlanTable) -> str:
    """For a terminal: the whole and the domains, and below them the strata."""
    above, below = [*table.part("whole"), *table.part("domain")], table.part("stratum")
    return "\n".join([*_lines(above), "", *_lines(below), "", *_footnotes(table)]) + "\n"


def _lines(rows: list[PlanRow]) -> list[str]:
    return domain_lines(rows, (*_NUMBERS, "notes"), _cells, _NUMBERS)


def _cells(row: PlanRow) -> list[str]:
    counts = [str(row.population), str(row.responses), str(row.invitations), f"{row.expected:.1f}"]
    textbook = [count_cell(row.simple_random), count_cell(row.slovin)]
    return [*counts, figure_cell(row.margin, "share"), *textbook, notes_text(row.notes, TABLE_LANGUAGE)]


def _footnotes(table: PlanTable) -> Iterator[str]:
    asked = table.assumptions
    yield _asked_line(table)
    yield table_text(
        "table.plan_assumptions",
        share=f"{asked.share:g}",
        deff=f"{asked.deff:g}",
        rate=f"{asked.response_rate:g}",
    )
    strata = ", ".join(table.strata)
    yield table_text(
        "table.plan_allocation", allocation=asked.allocation, minimum=asked.minimum, strata=strata
    )
    yield f"{table.source} · {table.software}"
    yield from (note_text(note, TABLE_LANGUAGE) for note in table.notes)


def _asked_line(table: PlanTable) -> str:
    """Return the total that was spread, or the margin that each domain is to reach."""
    asked, level = table.assumptions, f"{table.assumptions.level:g}"
    if asked.margin is None:
        return table_text("table.plan_total", total=asked.total, level=level)
    margin = f"{100 * asked.margin:g}"
    if not table.by:
        return table_text("table.plan_margin_whole", margin=margin, level=level)
    return table_text("table.plan_margin", margin=margin, by=", ".join(table.by), level=level)
