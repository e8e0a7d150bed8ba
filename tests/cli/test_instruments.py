"""sipas instrument: import, list, show, export."""

from pathlib import Path

from tests.cli.conftest import Sipas
from tests.imports.questionnaires.forms import WARD_FORM, WARD_SURVEY, workbook


def test_questionnaires_are_imported_listed_shown_and_exported(sipas: Sipas, tmp_path: Path) -> None:
    form, survey = tmp_path / "phieu.xlsx", tmp_path / "survey.json"
    form.write_bytes(workbook(WARD_FORM))
    survey.write_text(WARD_SURVEY, encoding="utf-8")
    for name in ("sipas-2026", form, survey):
        assert sipas("instrument", "import", name).json == {"added": 1, "changed": 0, "unchanged": 0}
    assert sipas("import", "instrument", "sipas-2026").json["unchanged"] == 1
    listed = sipas("instrument", "list").json
    published = {f"{one['id']}@{one['version']}" for one in listed if one["published"]}
    assert published == {"sipas-2026@1", "phieu-phuong@3", "survey@1"}
    exported = tmp_path / "out.xlsx"
    assert sipas("instrument", "export", "sipas-2026@1", "-o", exported).exit_code == 0
    shown = sipas("instrument", "show", "sipas-2026@1", "--format", "json").json
    assert shown == sipas("instrument", "show", exported).json
    assert shown["items"][0]["section"] == "about_you"
    table = sipas("instrument", "show", exported, "--format", "csv").out.splitlines()
    assert table[0] == "id,kind,scale,section,text,required"
    assert len(table) == 1 + len(shown["items"])
    assert {one["scale"] for one in shown["items"]} >= {None, "main", "interest"}
    tree = shown["indices"][0]["tree"]
    assert [tree["id"], *(child["id"] for child in tree["children"])] == ["q9", "policy", "services"]


def test_a_form_with_unknown_features_is_published_only_on_request(sipas: Sipas, tmp_path: Path) -> None:
    form = tmp_path / "phieu.xlsx"
    rows = [*WARD_FORM["survey"], ["geopoint", "place", "Ở đâu?", "Where?", "", "", ""]]
    form.write_bytes(workbook({**WARD_FORM, "survey": rows}))
    refused = sipas("instrument", "import", form)
    assert refused.exit_code == 2
    assert "not understood: phieu.xlsx, sheet survey, row 14: type 'geopoint'" in refused.err
    assert "nothing was published" in refused.err
    assert sipas("instrument", "show", "phieu-phuong@3").exit_code == 2
    assert sipas("instrument", "import", form, "--partial").json["added"] == 1


def test_an_unknown_name_lists_those_that_ship(sipas: Sipas) -> None:
    outcome = sipas("instrument", "import", "sipas-2030")
    assert outcome.exit_code == 2
    assert "these ship: csm, one-stop-9, sipas-2026, sipas-22" in outcome.err


def test_an_unknown_name_to_preview_lists_those_that_ship(sipas: Sipas) -> None:
    outcome = sipas("instrument", "preview", "sipas-2030")
    assert outcome.exit_code == 2
    assert "such as sipas-2030@1, or one that ships: csm, one-stop-9, sipas-2026, sipas-22" in outcome.err


def test_a_file_of_another_kind_is_named_with_the_kinds_that_are_read(sipas: Sipas, tmp_path: Path) -> None:
    table, survey = tmp_path / "wrong.csv", tmp_path / "survey.json"
    table.write_text("id,text\n1,a\n", encoding="utf-8")
    survey.write_text(WARD_SURVEY[:100], encoding="utf-8")
    outcome = sipas("instrument", "import", table)
    assert outcome.exit_code == 2
    assert "wrong.csv: a file of an instrument ends with .toml, .xlsx (XLSForm) or .json" in outcome.err
    outcome = sipas("instrument", "import", survey)
    assert outcome.exit_code == 2
    assert "survey.json: this is not complete JSON" in outcome.err
