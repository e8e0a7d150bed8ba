"""A plan as JSON, CSV and text."""

from collections.abc import Iterator

from sipas.report.formats import Format, aligned, csv_of, domain_columns, to_json
from sipas.report.plan_table import PlanRow, PlanTable

HEADER = ("population", "responses", "invitations", "expected", "margin", "simple_random", "slovin")


def rendered_plan(table: PlanTable, format_: Format) -> bytes:
    match format_:
        case "json":
            return to_json(table)
        case "csv":
            return csv_of(table.rows, PlanRow)
        case "table":
            return to_text(table).encode()


def to_text(table: PlanTable) -> str:
    """For a terminal: the whole and the domains, and below them the strata."""
    above, below = [*table.part("whole"), *table.part("domain")], table.part("stratum")
    return "\n".join([*lines(above), "", *lines(below), "", *footnotes(table)]) + "\n"


def lines(rows: list[PlanRow]) -> list[str]:
    domains = domain_columns(rows)
    found = [[*(row.by.get(name) or "" for name in domains), *cells(row)] for row in rows]
    for row, texts in zip(rows, found, strict=True):
        if domains and not row.by:
            texts[0] = "(all)"
    return aligned([*domains, *HEADER, "notes"], found, HEADER)


def cells(row: PlanRow) -> list[str]:
    textbook = ["–" if size is None else str(size) for size in (row.simple_random, row.slovin)]
    margin = "–" if row.margin is None else f"{100 * row.margin:.2f} %"
    counts = [str(row.population), str(row.responses), str(row.invitations), f"{row.expected:.1f}"]
    return [*counts, margin, *textbook, "; ".join(row.notes)]


def footnotes(table: PlanTable) -> Iterator[str]:
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
    yield from table.notes
