import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from sipas.errors import InputError
from sipas.report.formats import FORMATS, choose_format, compact, rendered, to_json
from sipas.report.indices.index_formats import index_csv, index_text
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from sipas.report.table_files import TABLE_FILE_FORMATS

DOMAIN_KEYS = ["by", "measure", "statistic"]
FIGURE_KEYS = ["estimate", "se", "low", "high", "level", "ci", "df", "n", "n_answered", "n_effective", "deff"]
SHARE_KEYS = ["coverage", "pooled_share"]
FURTHER_KEYS = [
    "deff_replace",
    "kish",
    "rescaled",
    "rescaled_low",
    "rescaled_high",
    "se_replicates",
    "clusters",
    "roh",
]
ROW_KEYS = [*DOMAIN_KEYS, *FIGURE_KEYS, "population", *SHARE_KEYS, "reliable", "notes", *FURTHER_KEYS]


def table(files: Files, *options: tuple[str, str]) -> IndexTable:
    request = read_request(options)
    return index_table(request, file_source(files, request))


def test_json_has_the_documented_keys_in_their_order(sipas_files: Files) -> None:
    found = json.loads(to_json(table(sipas_files, ("by", "unit"), ("collapse", "none"))))
    assert found["definition"] == {"id": "pooled", "instrument": "sipas-22@1"}
    assert found["weights"]["method"] == "post-stratify"
    assert found["weights"]["strata"] == ["unit", "procedure_group", "channel"]
    assert found["coverage"] == 1.0
    assert found["software"].startswith("sipas ")
    assert list(found["rows"][0]) == ROW_KEYS
    assert found["rows"][0]["by"] == {"unit": "U01"}
    assert found["rows"][0]["measure"] == "overall:pooled"
    assert found["rows"][0]["population"] == 6071
    assert found["rows"][0]["notes"] == []


def test_csv_has_a_column_for_each_variable_and_then_the_keys_of_json(sipas_files: Files) -> None:
    shown = table(sipas_files, ("by", ""), ("by", "unit"), ("by", "district,channel"))
    rows = list(csv.DictReader(io.StringIO(index_csv(shown).decode())))
    assert list(rows[0]) == ["unit", "district", "channel", *ROW_KEYS[1:]]
    assert (rows[0]["unit"], rows[0]["district"]) == ("", "")
    assert rows[1]["unit"] == "U01"
    assert rows[11]["channel"] == "counter"
    assert float(rows[0]["estimate"]) == shown.rows[0].estimate
    assert rows[0]["reliable"] == "true"


def test_what_cannot_be_estimated_is_null_with_a_note(sipas_files: Files) -> None:
    shown = table(sipas_files, ("where", "unit=U01"), ("where", "district=D2"), ("measure", "factors"))
    (row, *_) = json.loads(to_json(shown))["rows"]
    assert [row[key] for key in ("estimate", "se", "low", "high", "deff", "n_effective")] == [None] * 6
    assert row["n"] == 0
    assert row["reliable"] is False
    assert row["notes"] == [
        {"code": "no-response", "severity": "review", "params": {}, "text": "no response"}
    ]
    assert "no-response" in index_csv(shown).decode().splitlines()[1]
    assert "nan" not in index_csv(shown).decode().lower()


def test_notes_stand_in_one_cell_of_csv_apart_by_semicolons(sipas_files: Files) -> None:
    shown = table(sipas_files, ("by", "unit,procedure_group,channel,age_group"), ("collapse", "none"))
    rows = list(csv.DictReader(io.StringIO(index_csv(shown).decode())))
    noted = {place: row.notes for place, row in enumerate(shown.rows) if len(row.notes) > 1}
    assert noted
    for place, notes in noted.items():
        assert rows[place]["notes"] == ";".join(note.code for note in notes)


def test_the_text_table_is_in_percent_and_says_how_it_was_made(sipas_files: Files) -> None:
    text = index_text(table(sipas_files, ("by", ""), ("by", "unit"), ("collapse", "none")))
    header, whole, first = text.splitlines()[:3]
    assert header.split() == [
        "unit", "measure", "estimate", "low", "high", "n", "n_effective", "deff", "reliable", "notes"
    ]  # fmt: skip
    assert whole.startswith("(all)")
    assert first.split()[:4] == ["U01", "overall:pooled", "73.59", "%"]
    assert "weights post-stratify by unit, procedure_group, channel · coverage 100.0%" in text
    assert "95 % intervals: wilson on robust effective n" in text.splitlines()


def test_the_text_table_says_what_kind_of_interval_it_shows_and_where_no_factor_narrows_it(
    sipas_files: Files,
) -> None:
    lines = index_text(
        table(sipas_files, ("statistic", "mean"), ("level", "0.9"), ("no-fpc", ""))
    ).splitlines()
    without = (
        "without finite-population factor (they describe the service, not only the period's transactions)"
    )
    assert f"90 % intervals: wald, {without}" in lines


def test_the_format_is_the_one_asked_for_or_that_of_the_file() -> None:
    assert choose_format(None, ".csv", "table") == "csv"
    assert choose_format("json", ".csv", "table") == "json"
    assert choose_format(None, "", "table") == "table"
    with pytest.raises(InputError, match=r"'\.ods' is not one of \.json, \.csv, \.txt"):
        choose_format(None, ".ods", "table")
    with pytest.raises(InputError, match="format: 'xml' is not one of json, csv, table"):
        choose_format("xml", "", "table")


def test_each_format_is_bytes_that_end_in_a_line(sipas_files: Files) -> None:
    shown = table(sipas_files)
    texts = [format_ for format_ in FORMATS if format_ not in TABLE_FILE_FORMATS]
    assert all(rendered(shown, format_, index_csv, index_text).endswith(b"\n") for format_ in texts)
    starts = {"xlsx": b"PK", "parquet": b"PAR1"}
    for format_ in TABLE_FILE_FORMATS:
        assert rendered(shown, format_, index_csv, index_text).startswith(starts[format_])


def test_a_pool_is_told_by_what_its_strata_share_and_machines_get_no_spaces(
    sipas_files: Files, tmp_path: Path
) -> None:
    responses, frame = tmp_path / "responses.csv", tmp_path / "frame.csv"
    rows = ["A,counter,4"] * 9 + ["A,online,4", *["A,post,2", "A,post,5"] * 2]
    responses.write_text("\n".join(["unit,door,f1q1", *rows]))
    frame.write_text("unit,door,count\nA,counter,90\nA,online,20\nA,post,30\n")
    strata = ("unit", "door")
    shown = table(replace(sipas_files, responses=responses, frame=frame, frame_count="count", strata=strata))
    found = json.loads(compact(shown))
    assert found == json.loads(to_json(shown))
    (pool,) = found["weights"]["pooled"]
    assert pool == {"by": {"unit": "A"}, "strata": len(strata), "n": 5, "population": 50}
    assert b"\n" not in compact(shown)
    assert "pooled: 2 strata of unit=A, n = 5, N = 50" in index_text(shown).splitlines()
