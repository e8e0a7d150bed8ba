"""Interviews leave the database with their villages, and get the weights of the draw."""

import csv
import io
from pathlib import Path

import msgspec

from sipas.report.export.build_export import build_export
from sipas.report.export.bundle import write_export
from sipas.report.export.exporting import read_export_request
from sipas.report.plan.households.sample_files import InputFile, SampleDesign
from sipas.report.plan.households.sample_weights import Answered, weighted_csv
from tests.report.conftest import Reference

HEADER = "questionnaire,village,household,household_weight,variance_stratum,psu"
DESIGN = SampleDesign(
    seed="x",
    frame=InputFile("frame.csv", ""),
    lists=None,
    strata=(),
    commune=None,
    village=("village",),
    place=("village",),
    count="households",
    size="households",
    psu=30,
    villages=1,
    households=12,
    allocation="proportional",
    minimum=2,
    order="listed",
    person="kish",
)


def write_drawn(folder: Path) -> Path:
    """Thirty villages of twelve households; the weight of village k is 10 + k."""
    folder.mkdir()
    rows = [
        f"{12 * k + place},Thôn {k},{place},{10 + k},all,Thôn {k}" for k in range(30) for place in range(12)
    ]
    (folder / "households.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    (folder / "design.json").write_bytes(msgspec.json.encode(DESIGN))
    return folder


def test_a_village_of_several_columns_is_one_column_of_an_export(tmp_path: Path) -> None:
    sample = tmp_path / "sample"
    sample.mkdir()
    (sample / "households.csv").write_text(
        "questionnaire,commune,village,household,household_weight,variance_stratum,psu\n"
        "1,C1,Thôn Đông,1,10,all,1\n2,C2,Thôn Đông,1,20,all,2\n",
        encoding="utf-8",
    )
    design = msgspec.structs.replace(DESIGN, village=("commune", "village"), place=("commune", "village"))
    (sample / "design.json").write_bytes(msgspec.json.encode(design))
    answers = tmp_path / "answers.csv"
    answers.write_text("village,adults,q\nC2 | Thôn Đông,3,5\nC1 | Thôn Đông,2,4\n", encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(weighted_csv(sample, Answered(answers)).decode("utf-8-sig"))))
    assert [(row["commune"], row["psu"], float(row["weight"])) for row in rows] == [
        ("C2", "2", 60),
        ("C1", "1", 20),
    ]


async def test_exported_interviews_get_the_weights_of_their_villages(
    household_round: Reference, tmp_path: Path
) -> None:
    request = read_export_request([("round", "households")])
    snapshot = await household_round.rounds.snapshot("households")
    usual, named = (build_export(snapshot, request, "vi", with_villages=one) for one in (False, True))
    assert "village" not in [column.name for column in usual.columns]
    assert [one.code for one in usual.facts.coarsened if one not in named.facts.coarsened] == ["clusters"]
    path = tmp_path / "answers.csv"
    with path.open("wb") as file:
        write_export(snapshot, request, named, "csv", file)
    weighted = weighted_csv(write_drawn(tmp_path / "sample"), Answered(path)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(weighted)))
    assert len(rows) == 300
    for row in rows:
        assert float(row["weight"]) == (10 + int(row["village"].removeprefix("Thôn "))) * int(row["adults"])
        assert row["psu"] == row["village"]
