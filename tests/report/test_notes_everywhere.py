"""Every note stands beside its figure in every output: text, CSV, JSON, chart, page and public release."""

import csv
import io
import json
from functools import cache

import msgspec
import pytest

from sipas.report.figures.figures import IN_CAPTION
from sipas.report.figures.league_figure import league_chart
from sipas.report.formats import to_json
from sipas.report.indices.index_formats import index_csv, index_text
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.names import Names
from sipas.report.note_words import as_sentence, note_text, summarise_notes
from sipas.report.pages.sections import section_notes
from sipas.report.release.release import Release
from sipas.report.release.release_formats import release_csv as release_csv
from sipas.report.release.release_formats import release_text as release_text
from sipas.report.release.releasing import build_release, kept_row, release_request, weighted_share
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.source import Source
from sipas.stats import notes
from sipas.stats.notes import KINDS, OF_SOME_ROWS, Note, NoteKind
from tests.report.conftest import SIPAS, STRATA
from tests.report.test_note_words import sample

FILES = Files(
    SIPAS / "responses.csv", SIPAS / "instrument.toml", STRATA, SIPAS / "frame.csv", frame_count="N_h"
)

EACH = pytest.mark.parametrize("note", [sample(kind) for kind in KINDS.values()], ids=lambda note: note.code)
OWN_WORDS = {
    "self-selected": "tự chọn trả lời",
    "provisional": "Số liệu sơ bộ",
    "unplaced": "Chưa tính 3 trong số",
}


@cache
def reference() -> tuple[Source, IndexTable]:
    request = read_request([("by", "unit")])
    source = file_source(FILES, request)
    return source, index_table(request, source)


@cache
def released() -> Release:
    request = release_request(EstimateRequest(), ((), ("unit",)))
    return build_release(request, file_source(FILES, request))


def noted(note: Note) -> IndexTable:
    """A table whose first row has the note, and no other row."""
    _, table = reference()
    first, *others = (msgspec.structs.replace(row, notes=[]) for row in table.rows)
    return msgspec.structs.replace(table, rows=[msgspec.structs.replace(first, notes=[note]), *others])


def with_header(table: IndexTable, **changes: object) -> IndexTable:
    header = msgspec.structs.replace(table.header, **changes)
    return msgspec.structs.replace(table, header=header)


def codes_of(content: bytes) -> list[list[str]]:
    rows = csv.DictReader(io.StringIO(content.decode()))
    return [[code for code in row["notes"].split(";") if code] for row in rows]


@EACH
def test_a_row_shows_its_note_as_text_csv_and_json(note: Note) -> None:
    table = noted(note)
    (line,) = (line for line in index_text(table).splitlines() if line.startswith("U01"))
    assert line.endswith(note_text(note, "en"))
    first, second, *_ = codes_of(index_csv(table))
    assert (note.code in first, note.code in second) == (True, False)
    row = json.loads(to_json(table))["rows"][0]
    (written,) = row["notes"]
    assert list(written) == ["code", "severity", "params", "text"]
    assert (written["code"], written["text"]) == (note.code, note_text(note, "en"))


@EACH
def test_a_chart_and_a_page_show_the_note_of_a_row_in_words(note: Note) -> None:
    table = noted(note)
    if note.code in IN_CAPTION:
        weights = msgspec.structs.replace(table.header.weights, unplaced=3)
        table = with_header(table, notes=[note], provisional=True, weights=weights)
    said = OWN_WORDS.get(note.code, as_sentence(f"{note_text(note, 'vi')} (ở 1/10 dòng)"))
    assert said in " ".join(league_chart(table, reference()[0].instrument, Names("vi")).notes)
    assert as_sentence(f"{note_text(note, 'vi')} (ở 1/10 dòng)") in section_notes(table.rows, "vi")


@EACH
def test_what_holds_for_the_whole_table_stands_in_every_row_of_csv(note: Note) -> None:
    table = with_header(noted(notes.BETA_INSTEAD), notes=[note])
    assert all(
        (note.code in codes) != (note.code in OF_SOME_ROWS) for codes in codes_of(index_csv(table))[1:]
    )
    assert note_text(note, "en") in index_text(table).splitlines()


@EACH
def test_a_release_shows_the_note_of_a_row_and_keeps_it(note: Note) -> None:
    release = released()
    rows = [msgspec.structs.replace(release.rows[0], notes=[note]), *release.rows[1:]]
    shown: Release = msgspec.structs.replace(release, rows=rows)
    assert note_text(note, "en") in release_text(shown).splitlines()[1]
    assert note.code in codes_of(release_csv(shown))[0]
    assert json.loads(to_json(shown))["rows"][0]["notes"][0]["code"] == note.code
    if not notes.KEPT.is_code_of(note):
        assert note in kept_row(release.rows[0], shown.rows[0]).notes


def test_a_weighted_share_of_a_release_has_the_notes_of_its_row_and_of_the_weights() -> None:
    row, *_ = noted(notes.RAISED_LITTLE(share=0.1)).rows
    share = weighted_share(row, row.n, [notes.BY_NEWTON])
    assert share.notes == [notes.RAISED_LITTLE(share=0.1), notes.BY_NEWTON]


def test_notes_of_several_rows_are_one_text_with_the_least_and_the_most() -> None:
    rows = [[notes.LONELY(n=2)], [notes.LONELY(n=7), notes.FEW], []]
    lonely, few = summarise_notes(rows, "en")
    assert lonely == "strata with one response: 2–7 (2 of 3 rows)"
    assert few.endswith("below 30 (1 of 3 rows)")


def test_review_alone_makes_a_figure_unreliable() -> None:
    def review(kind: NoteKind) -> bool:
        return sample(kind).severity == "review"

    assert {kind.code for kind in KINDS.values() if review(kind)} >= {
        "frame-raised", "raised-share", "pooled-share-large", "not-covered", "few-responses", "hidden",
    }  # fmt: skip
