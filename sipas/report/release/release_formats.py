"""A public release as CSV and text."""

from collections.abc import Iterator

from sipas.report.formats import (
    TABLE_LANGUAGE,
    count_cell,
    csv_of,
    domain_lines,
    figure_cell,
    table_text,
    yes_or_no,
)
from sipas.report.indices.index_formats import weights_line
from sipas.report.note_words import note_text, notes_text
from sipas.report.release.release import Release, ReleasedRow

_NUMBERS = ("estimate", "low", "high", "n", "release")


def release_csv(release: Release) -> bytes:
    return csv_of(release.rows, ReleasedRow, release.notes)


def release_text(release: Release) -> str:
    """For a terminal: one line a cell, a dash for what is hidden."""
    lines = domain_lines(release.rows, (*_NUMBERS, "reliable", "notes"), _cells, _NUMBERS)
    return "\n".join([*lines, "", *_footnotes(release)]) + "\n"


def _cells(row: ReleasedRow) -> list[str]:
    shares = [figure_cell(value, "share", digits=1) for value in (row.estimate, row.low, row.high)]
    return [
        *shares,
        count_cell(row.n),
        count_cell(row.release),
        yes_or_no(row.reliable),
        notes_text(row.notes, TABLE_LANGUAGE),
    ]


def _footnotes(release: Release) -> Iterator[str]:
    definition, level = release.definition, table_text("table.level", level=f"{release.level:g}")
    yield table_text("table.index", index=definition.id or "–", instrument=definition.instrument)
    yield f"{weights_line(release.weights, release.strata)} · {level}"
    yield f"{release.source} · {table_text('table.release', n=release.number)} · {release.software}"
    yield from (note_text(note, TABLE_LANGUAGE) for note in release.notes)
