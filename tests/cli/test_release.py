"""sipas release: from files and from a round, one after another."""

from pathlib import Path

from tests.cli.conftest import Sipas

REFERENCE = Path(__file__).parents[1] / "reference" / "sipas"
FILES = ("--responses", REFERENCE / "responses.csv", "--instrument", REFERENCE / "instrument.toml")
STRATA = (
    "--frame",
    REFERENCE / "frame.csv",
    "--frame-count",
    "N_h",
    "--strata",
    "unit,procedure_group,channel",
)


def test_a_release_of_files_has_the_tables_of_their_strata(sipas: Sipas) -> None:
    outcome = sipas("release", *FILES, *STRATA)
    assert outcome.exit_code == 0, outcome.err
    assert outcome.json["tables"] == [[], ["unit"], ["procedure_group"], ["channel"]]
    assert len(outcome.json["rows"]) == 1 + 10 + 5 + 3


def test_a_release_of_a_round_is_followed_by_the_next(city: Sipas, tmp_path: Path) -> None:
    responses, first = tmp_path / "responses.csv", tmp_path / "first.json"
    for number, some in enumerate((range(90), range(90, 240)), start=1):
        answers = "\n".join(f"{i},S0{1 + i % 3},{4 if i % 4 else 2}" for i in some)
        responses.write_text(f"response_id,unit,overall\n{answers}\n")
        assert city("import", "responses", responses, "--round", "autumn").exit_code == 0
        earlier = ("--earlier", first) if number > 1 else ()
        outcome = city("release", "--round", "autumn", *earlier)
        assert outcome.exit_code == 0, outcome.err
        first.write_text(outcome.out)
        assert outcome.json["tables"] == [[], ["unit"]]
        assert [row["release"] for row in outcome.json["rows"]] == [number] * 4
    table = city("release", "--round", "autumn", "--by", "unit", "--format", "table")
    assert table.out.startswith("unit  estimate")
    wrong = city("release", "--round", "autumn", "--by", "unit", "--earlier", first)
    assert (wrong.exit_code, wrong.err.count("\n")) == (2, 1)
    assert "earlier: that release is of another list of tables" in wrong.err
