"""An exported file gives the estimates of its round, in every format: by its weights, and by its strata."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from sipas.report.export.build_export import build_export
from sipas.report.export.exporting import TABLE_FORMATS, read_export_request, write_table
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from tests.report.conftest import SIPAS, Reference
from tests.report.forms_2026 import INSTRUMENT
from tests.report.test_agreement import assert_same

BY = [("by", names) for names in ("", "unit", "sex")]


async def export_files(reference: Reference, code: str, folder: Path) -> dict[str, Path]:
    table = build_export(await reference.rounds.snapshot(code), read_export_request([("round", code)]), "vi")
    paths = {format_: folder / f"export.{format_}" for format_ in TABLE_FORMATS}
    for format_, path in paths.items():
        with path.open("wb") as file:
            write_table(table, format_, file)
    return paths


def without_weights_notes(table: IndexTable) -> IndexTable:
    """The file has no frame, and knows nothing of what made its weights; its population is their sum."""
    rows = [msgspec.structs.replace(row, notes=[], population=None, coverage=None) for row in table.rows]
    return msgspec.structs.replace(table, rows=rows)


async def test_weights_and_strata_of_a_round_with_a_frame(sipas_round: Reference, tmp_path: Path) -> None:
    options = [("measure", "all"), ("no-fpc", "true"), *BY]
    stored = read_request([("round", "reference"), *options])
    theirs = without_weights_notes(index_table(stored, await sipas_round.rounds.source(stored)))
    request = read_request([("weight-column", "weight"), *options])
    for path in (await export_files(sipas_round, "reference", tmp_path)).values():
        files = Files(path, SIPAS / "instrument.toml", ("stratum",))
        ours = without_weights_notes(index_table(request, file_source(files, request)))
        assert_same(ours, theirs)


async def test_the_frame_gives_finite_populations_too(
    sipas_round: Reference, with_our_words: Files, tmp_path: Path
) -> None:
    options = [("measure", "all"), *BY]
    stored = read_request([("round", "reference"), *options])
    theirs = index_table(stored, await sipas_round.rounds.source(stored))
    strata = ("unit", "service_channel", "procedure")
    renamed = replace(
        with_our_words.reading, rename={"procedure": "procedure_group", "service_channel": "channel"}
    )
    frame = tmp_path / "frame_renamed.csv"
    assert with_our_words.frame is not None
    text = with_our_words.frame.read_text(encoding="utf-8")
    frame.write_text(text.replace("procedure_group,channel", "procedure,service_channel"), encoding="utf-8")
    for path in (await export_files(sipas_round, "reference", tmp_path)).values():
        files = replace(
            with_our_words,
            responses=path,
            frame=frame,
            strata=strata,
            frame_count="N_h",
        )
        request = read_request(options)
        assert_same(index_table(request, file_source(files, request)), theirs)
    assert renamed


@pytest.mark.parametrize("measure", ["all", "item:q5", "item:q2", "item:q8_1"])
async def test_a_questionnaire_of_every_kind_of_item(
    household_round: Reference, tmp_path: Path, measure: str
) -> None:
    options = [("measure", measure), ("index", "tree"), *BY, ("by", "q8_3"), ("by", "q5")]
    stored = read_request([("round", "households"), *options])
    theirs = without_weights_notes(index_table(stored, await household_round.rounds.source(stored)))
    request = read_request(options)
    for path in (await export_files(household_round, "households", tmp_path)).values():
        files = Files(path, INSTRUMENT, ("unit",))
        assert_same(without_weights_notes(index_table(request, file_source(files, request))), theirs)
