"""An exported file gives the estimates of its round, in every format: by its weights, and by its strata."""

from dataclasses import replace
from pathlib import Path

import msgspec

from sipas.report.export.build_export import build_export
from sipas.report.export.exporting import TABLE_FORMATS, read_export_request, write_table
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from tests.report.conftest import SIPAS, Reference
from tests.report.forms_2026 import INSTRUMENT
from tests.report.test_agreement import assert_same

BY = [("by", "unit")]


async def export_files(reference: Reference, code: str, folder: Path) -> list[Path]:
    """The first format holds texts, the others numbers."""
    table = build_export(await reference.rounds.snapshot(code), read_export_request([("round", code)]), "vi")
    paths = [folder / f"export.{format_}" for format_ in TABLE_FORMATS]
    for path in paths:
        with path.open("wb") as file:
            write_table(table, path.suffix.removeprefix("."), file)
    return paths


def of_file(table: IndexTable) -> IndexTable:
    """The file has no frame: what only a frame can say is left out."""
    rows = [msgspec.structs.replace(row, notes=[], population=None, coverage=None) for row in table.rows]
    return msgspec.structs.replace(table, rows=rows)


async def test_weights_and_strata_of_a_round_with_a_frame(
    sipas_round: Reference, with_our_words: Files, tmp_path: Path
) -> None:
    paths = await export_files(sipas_round, "reference", tmp_path)
    given = [("measure", "factors"), *BY]
    by_weight = read_request([("weight-column", "weight"), *given])
    stored = read_request([("round", "reference"), ("no-fpc", "true"), *given])
    theirs = of_file(index_table(stored, await sipas_round.rounds.source(stored)))
    for path in paths:
        files = Files(path, SIPAS / "instrument.toml", ("stratum",))
        assert_same(of_file(index_table(by_weight, file_source(files, by_weight))), theirs)
    stored, request = read_request([("round", "reference"), *given]), read_request(given)
    theirs = index_table(stored, await sipas_round.rounds.source(stored))
    for path in paths[:1]:
        files = framed(with_our_words, path, tmp_path)
        assert_same(index_table(request, file_source(files, request)), theirs)


def framed(reference: Files, responses: Path, folder: Path) -> Files:
    """The export with the reference's frame, whose columns are named as those of the round."""
    assert reference.frame is not None
    text = reference.frame.read_text(encoding="utf-8")
    frame = folder / "own_frame.csv"
    frame.write_text(text.replace("procedure_group,channel", "procedure,service_channel"), encoding="utf-8")
    strata = ("unit", "service_channel", "procedure")
    return replace(reference, responses=responses, frame=frame, strata=strata)


async def test_a_questionnaire_of_every_kind_of_item(household_round: Reference, tmp_path: Path) -> None:
    paths = await export_files(household_round, "households", tmp_path)
    for measure in ("factors", "item:q5", "item:q2", "item:q8_1"):
        given = [("measure", measure), ("index", "tree"), ("by", "unit,sex"), ("by", "q8_3"), ("by", "q5")]
        stored, request = read_request([("round", "households"), *given]), read_request(given)
        theirs = of_file(index_table(stored, await household_round.rounds.source(stored)))
        for path in paths if measure == "factors" else paths[::2]:
            source = file_source(Files(path, INSTRUMENT, ("unit",)), request)
            assert_same(of_file(index_table(request, source)), theirs)
