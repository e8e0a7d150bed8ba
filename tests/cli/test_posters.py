"""Posters, and the mix of what was answered behind them and behind links."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.conftest import Sipas


def test_a_poster_is_made_drawn_listed_and_retired(city: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "wall.svg"
    made = city("poster", "create", "--unit", "00070", "-o", file).json
    assert list(made) == ["code", "unit", "url", "qr"]
    assert made["url"] == f"https://sipas.test/q/{made['code']}"
    assert made["qr"] == str(file)
    assert ET.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    (listed,) = city("poster", "list").json
    assert listed == {
        "code": made["code"],
        "unit": "00070",
        "name": "Phường Hoàn Kiếm",
        "round": None,
        "retired_at": None,
    }
    assert city("poster", "retire", made["code"]).json == {"retired": made["code"]}
    again = city("poster", "retire", made["code"])
    assert (again.exit_code, "sipas poster list" in again.err) == (2, True)


def test_a_poster_of_a_round_is_listed_with_it(
    city: Sipas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unknown = city("poster", "create", "--unit", "00070", "--round", "nowhere")
    assert (unknown.exit_code, "there is no round 'nowhere'" in unknown.err) == (2, True)
    made = city("poster", "create", "--unit", "00070", "--round", "autumn").json
    (listed,) = (one for one in city("poster", "list").json if one["code"] == made["code"])
    assert listed["round"] == "autumn"


def test_a_poster_is_drawn_into_a_file_of_its_code_unless_told_otherwise(
    city: Sipas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = city("poster", "create", "--unit", "00070").json
    assert [file.name for file in tmp_path.iterdir()] == [f"poster-{made['code']}.svg"] == [made["qr"]]


def test_a_poster_needs_a_unit_of_today(city: Sipas) -> None:
    assert city("poster", "create", "--unit", "99999").err.startswith("error: there is no unit '99999' today")


def test_a_mix_by_hand_says_how_many_answers_moved(city: Sipas) -> None:
    nothing = {"mixed": 0, "waiting": 0, "recognisable": 0, "unreadable": 0}
    assert city("link", "mix").json == nothing
    assert city("link", "mix", "--all").json == nothing
