"""Questionnaires of other programs become working surveys: from the file to shares of answers by phone."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sipas.cli import main
from tests.cli.conftest import Sipas
from tests.imports.questionnaires.forms import CLINIC_FORM, LIBRARY_SURVEY, workbook
from tests.serving import client_of, serving
from tests.survey_pages import answer_pages

UNITS = "code,name,type,parent\nU1,Phường Một,ward,\nU2,Phường Hai,ward,\n"


def opened(sipas: Sipas, tmp_path: Path, file: Path, *, anonymity: int = 2) -> str:
    """Import the file, and open round `r` with it; return what was printed to stderr."""
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    assert sipas("import", "units", tmp_path / "units.csv").exit_code == 0
    imported = sipas("instrument", "import", file)
    assert imported.json == {"added": 1, "changed": 0, "unchanged": 0}, imported.err
    name = sipas("instrument", "list").json
    [published] = [f"{one['id']}@{one['version']}" for one in name if one["published"]]
    done = sipas(
        "round", "open", "--id", "r", "--instrument", published, "--strata", "unit", "--anonymity", anonymity
    )
    assert done.exit_code == 0, done.err
    return done.err


def answered(sipas: Sipas, dsn: str, unit: str, people: Sequence[Mapping[str, str]]) -> list[list[set[str]]]:
    """Answer behind a link each; return the fields that each person's pages offered."""
    links = sipas("link", "create", "--round", "r", "--unit", unit, "--count", len(people)).json
    offered = []

    async def answer() -> None:
        async with serving(dsn) as address, client_of(address) as client:
            for link, answers in zip(links, people, strict=True):
                page, pages = await answer_pages(client, f"/s/{link['token']}", answers)
                assert "Xin cảm ơn" in page.text
                offered.append(pages)

    asyncio.run(answer())
    return offered


def shares(sipas: Sipas, *options: object) -> dict[tuple[str, ...], float]:
    """Return estimates by measure and domain."""
    table = sipas("estimate", "--round", "r", "--weights", "none", "--format", "json", *options)
    assert (table.exit_code, table.out[:1]) == (0, "{"), table
    return {(row["measure"], *row["by"].values()): row["estimate"] for row in table.json["rows"]}


@pytest.fixture
def clinic(sipas: Sipas, tmp_path: Path) -> Sipas:
    """On a round whose questionnaire has no rating, as a stranger wrote it."""
    file = tmp_path / "tram.xlsx"
    file.write_bytes(workbook(CLINIC_FORM))
    warned = opened(sipas, tmp_path, file)
    assert "round r has no index" in warned
    assert "sipas estimate --round r --measure items" in warned
    return sipas


BUS = {"came": "bus", "seen.doctor": "1", "minutes": "30", "paid": "n", "why": "Ngõ tối"}
WALK = {"came": "walk", "seen.nurse": "1", "minutes": "7", "paid": "y"}
OTHER = {
    "came": "other",
    "came_other": "đò",
    "seen.doctor": "1",
    "seen.nurse": "1",
    "minutes": "5",
    "paid": "y",
}


def test_an_xlsform_without_ratings_is_answered_and_its_shares_are_estimated_by_domain(
    clinic: Sipas, dsn: str
) -> None:
    assert clinic("round", "list").json[0]["index"] is None
    nurse_only = answered(clinic, dsn, "U1", [BUS, WALK])[1]
    assert {"minutes", "paid", "why"}.isdisjoint(set().union(*nurse_only))
    answered(clinic, dsn, "U2", [OTHER, BUS])
    assert clinic("link", "mix", "--all").json["mixed"] == 4
    assert shares(clinic, "--measure", "item:came") == {
        ("item:came.bus",): 0.5,
        ("item:came.walk",): 0.25,
        ("item:came.other",): 0.25,
    }
    by_unit = shares(clinic, "--measure", "item:seen", "--by", "unit")
    assert by_unit["item:seen.nurse", "U1"] == by_unit["item:seen.nurse", "U2"] == 0.5
    assert by_unit["item:seen.doctor", "U2"] == 1
    by_answer = shares(clinic, "--measure", "item:paid", "--by", "came")
    assert by_answer["item:paid.y", "other"] == 1
    assert by_answer["item:paid.n", "bus"] == 1
    assert shares(clinic, "--measure", "items", "--where", "seen.doctor=yes")["item:came.bus",] == 2 / 3


def test_what_needs_an_index_says_what_to_ask_instead(clinic: Sipas, dsn: str, tmp_path: Path) -> None:
    answered(clinic, dsn, "U1", [BUS, WALK])
    assert clinic("link", "mix", "--all").exit_code == 0
    why = "has no index, as it rates nothing on its main scale; ask for measure items"
    for command in (
        ("estimate", "--round", "r"),
        ("estimate", "--round", "r", "--measure", "factors"),
        ("compare", "--round", "r", "--by", "unit"),
        ("ranks", "--round", "r", "--by", "unit"),
        ("targets", "--round", "r", "--target", "0.8"),
        ("chart", "league", "--round", "r", "-o", "league.svg"),
        ("chart", "heatmap", "--round", "r", "-o", "heatmap.svg"),
    ):
        refused = clinic(*command)
        assert (refused.exit_code, why in refused.err) == (2, True), (command, refused.err)
        assert refused.err.count("\n") == 1
    assert "has no index 'x'; it has none" in clinic("estimate", "--round", "r", "--index", "x").err
    assert (
        "minutes is a number, of which no share is estimated"
        in clinic("estimate", "--round", "r", "--measure", "item:minutes").err
    )
    assert clinic("export", "--round", "r", "-o", tmp_path / "clinic.zip").exit_code == 0
    assert clinic("estimate", "--round", "r", "--measure", "all").exit_code == 0
    released = clinic("release", "--round", "r", "--by", "unit", "-o", "release")
    assert "a release shows an index, and tram-y-te@2026 has none" in released.err
    assert "why is a text" in clinic("estimate", "--round", "r", "--measure", "item:why").err
    assert clinic("check").exit_code == 0
    assert clinic("rebuild").exit_code == 0
    compared = clinic(
        "compare", "--round", "r", "--by", "seen.nurse", "--measure", "item:came", "--weights", "none"
    )
    assert compared.exit_code == 0, compared.err


def test_pages_of_a_round_without_an_index_show_shares(clinic: Sipas, dsn: str) -> None:
    answered(clinic, dsn, "U1", [BUS, WALK] * 10)
    assert clinic("link", "mix", "--all").exit_code == 0
    pages: dict[str, Any] = {}

    async def look() -> None:
        async with serving(dsn, open_to_all=True) as address, client_of(address) as client:
            for path in (
                "/",
                "/?lang=en",
                "/api/indices?round=r",
                "/api/indices?round=r&measure=item:came&by=unit",
            ):
                pages[path] = await client.get(path)
            for kind in ("league", "distribution", "channels", "trend", "heatmap"):
                pages[kind] = await client.get(f"/charts/{kind}.svg?round=r")

    asyncio.run(look())
    assert "Tỷ lệ trả lời theo từng câu hỏi" in pages["/"].text
    assert "This round has no satisfaction index" in pages["/?lang=en"].text
    assert "By bus" in pages["/?lang=en"].text
    assert pages["/api/indices?round=r"].status_code == 400
    assert "ask for measure items" in pages["/api/indices?round=r"].text
    rows = pages["/api/indices?round=r&measure=item:came&by=unit"].json()["rows"]
    assert [(row["measure"], row["estimate"]) for row in rows[:2]] == [
        ("item:came.bus", 0.5),
        ("item:came.walk", 0.5),
    ]
    assert {
        kind: pages[kind].status_code for kind in ("league", "channels", "trend", "heatmap")
    } == dict.fromkeys(("league", "channels", "trend", "heatmap"), 400)
    assert pages["distribution"].status_code == 200


def test_a_surveyjs_file_becomes_a_survey_with_an_index(sipas: Sipas, dsn: str, tmp_path: Path) -> None:
    file = tmp_path / "thu-vien.json"
    file.write_text(LIBRARY_SURVEY, encoding="utf-8")
    assert "no index" not in opened(sipas, tmp_path, file)
    reader = {
        "age": "young",
        "uses.books": "1",
        "staff": "3",
        "rooms_light": "3",
        "rooms_noise": "1",
        "again": "yes",
    }
    surfer = {
        "age": "old",
        "uses.web": "1",
        "uses.other": "1",
        "uses_other": "In",
        "staff": "1",
        "wish": "Ghế",
    }
    pages = answered(sipas, dsn, "U1", [reader, surfer, reader])
    assert "rooms_light" in set().union(*pages[0])
    assert "rooms_light" not in set().union(*pages[1])
    assert "wish" in set().union(*pages[1])
    assert sipas("link", "mix", "--all").json["mixed"] == 3
    assert shares(sipas) == {("overall:pooled",): pytest.approx(4 / 7)}
    assert shares(sipas, "--measure", "item:uses")["item:uses.books",] == pytest.approx(2 / 3)
    assert shares(sipas, "--measure", "item:staff", "--by", "age") == {
        ("item:staff", "old"): 0,
        ("item:staff", "young"): 1,
    }


def test_a_survey_of_texts_and_numbers_alone_is_collected_and_says_that_it_has_no_shares(
    sipas: Sipas, dsn: str, tmp_path: Path
) -> None:
    file = tmp_path / "gop-y.json"
    elements = [{"type": "comment", "name": "idea", "title": "Góp ý?"}]
    file.write_text(json.dumps({"locale": "vi", "elements": elements}), encoding="utf-8")
    opened(sipas, tmp_path, file)
    answered(sipas, dsn, "U1", [{"idea": "Thêm ghế"}] * 2)
    assert sipas("link", "mix", "--all").json["mixed"] == 2
    refused = sipas("estimate", "--round", "r")
    assert (refused.exit_code, "no question of options; export its responses instead" in refused.err) == (
        2,
        True,
    )

    async def look() -> str:
        async with serving(dsn, open_to_all=True) as address, client_of(address) as client:
            return (await client.get("/?lang=en")).text

    assert "numbers and texts only" in asyncio.run(look())
    for name in ("r.csv", "r.sav", "r.zip"):
        exported = sipas("export", "--round", "r", "-o", tmp_path / name)
        assert exported.exit_code == 0, exported.err
    assert main(["check"]) == 0
