"""A public release as JSON, CSV and text."""

from collections.abc import Iterator

from sipas.report.formats import Format, aligned, csv_of, domain_columns, to_json
from sipas.report.release import Release, ReleasedRow

HEADER = ("estimate", "low", "high", "n", "release")


def rendered_release(release: Release, format_: Format) -> bytes:
    match format_:
        case "json":
            return to_json(release)
        case "csv":
            return csv_of(release.rows, ReleasedRow)
        case "table":
            return to_text(release).encode()


def to_text(release: Release) -> str:
    """For a terminal: one line a cell, a dash for what is hidden."""
    domains = domain_columns(release.rows)
    found = [[*(row.by.get(name) or "" for name in domains), *cells(row)] for row in release.rows]
    for row, texts in zip(release.rows, found, strict=True):
        if domains and not row.by:
            texts[0] = "(all)"
    lines = aligned([*domains, *HEADER, "reliable", "notes"], found, HEADER)
    return "\n".join([*lines, "", *footnotes(release)]) + "\n"


def cells(row: ReleasedRow) -> list[str]:
    shares = ["–" if v is None else f"{100 * v:.1f} %" for v in (row.estimate, row.low, row.high)]
    counts = ["–" if v is None else str(v) for v in (row.n, row.release)]
    reliable = "–" if row.reliable is None else "yes" if row.reliable else "no"
    return [*shares, *counts, reliable, "; ".join(row.notes)]


def footnotes(release: Release) -> Iterator[str]:
    strata = f" by {', '.join(release.strata)}" if release.strata else ""
    yield f"index {release.definition.id} of {release.definition.instrument}"
    yield f"weights {release.weights}{strata} · level {release.level:g}"
    yield f"{release.source} · release {release.number} · {release.software}"
    yield from release.notes
