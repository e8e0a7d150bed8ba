"""A public release as CSV and text."""

from collections.abc import Iterator

from sipas.report.formats import count, csv_of, domain_lines, figure
from sipas.report.note_words import in_words, said
from sipas.report.release.release import Release, ReleasedRow

_NUMBERS = ("estimate", "low", "high", "n", "release")


def to_csv(release: Release) -> bytes:
    return csv_of(release.rows, ReleasedRow, release.notes)


def to_text(release: Release) -> str:
    """For a terminal: one line a cell, a dash for what is hidden."""
    lines = domain_lines(release.rows, (*_NUMBERS, "reliable", "notes"), _cells, _NUMBERS)
    return "\n".join([*lines, "", *_footnotes(release)]) + "\n"


def _cells(row: ReleasedRow) -> list[str]:
    shares = [figure(value, "share", digits=1) for value in (row.estimate, row.low, row.high)]
    reliable = "–" if row.reliable is None else "yes" if row.reliable else "no"
    return [*shares, count(row.n), count(row.release), reliable, said(row.notes, "en")]


def _footnotes(release: Release) -> Iterator[str]:
    strata = f" by {', '.join(release.strata)}" if release.strata else ""
    yield f"index {release.definition.id} of {release.definition.instrument}"
    yield f"weights {release.weights}{strata} · level {release.level:g}"
    yield f"{release.source} · release {release.number} · {release.software}"
    yield from (in_words(note, "en") for note in release.notes)
