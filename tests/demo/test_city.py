"""The demonstration city's files: complete, consistent and fit to be shown."""

import csv
import unicodedata
from collections import defaultdict
from datetime import date
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise

import pytest

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument

CITY = files("sipas.demo") / "city"
FILES = ["units.csv", "successions.csv", "procedures.csv", "served.csv", "instrument.toml", "README.md"]
KANSAS_CITY_FILES = ["units.csv", "instrument.toml", "README.md"]
LONGEST_QUESTION = 70  # a headline of 48 px or more on a kiosk
LONGEST_PROCEDURE = 110
LONGEST_UNIT = 60

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    return list(csv.DictReader((CITY / name).read_text(encoding="utf-8").splitlines()))


def instrument(name: str = "instrument.toml") -> Instrument:
    return read_instrument((CITY / name).read_bytes(), name)


def of_type(unit_type: str, *, today: bool = True) -> list[Row]:
    living = [unit for unit in rows("units.csv") if (unit["valid_to"] == "") == today]
    return [unit for unit in living if unit["type"] == unit_type]


def period(unit: Row) -> tuple[date, date]:
    return (
        date.fromisoformat(unit["valid_from"] or "0001-01-01"),
        date.fromisoformat(unit["valid_to"] or "9999-12-31"),
    )


def test_the_city_is_hanoi_of_today_and_of_before_july_2025() -> None:
    assert [len(of_type(t)) for t in ("city", "department", "branch", "commune")] == [1, 16, 12, 126]
    assert [len(of_type(t, today=False)) for t in ("district", "commune")] == [30, 526]


def test_today_begins_the_day_after_the_former_communes_end() -> None:
    assert {unit["valid_from"] for unit in of_type("commune")} == {"2025-07-01"}
    assert {unit["valid_to"] for unit in of_type("commune", today=False)} == {"2025-06-30"}


@pytest.mark.parametrize("name", ["units.csv", "kansas_city/units.csv"])
def test_no_code_names_two_units_on_one_day(name: str) -> None:
    lives = defaultdict(list)
    for unit in rows(name):
        lives[unit["code"]].append(period(unit))
    for code, periods in lives.items():
        ordered = sorted(periods)
        assert all(end < start for (_, end), (start, _) in pairwise(ordered)), code


@pytest.mark.parametrize("name", ["units.csv", "kansas_city/units.csv"])
def test_every_parent_stands_before_its_children_and_has_one_life(name: str) -> None:
    seen: list[str] = []
    for unit in rows(name):
        assert unit["parent"] == "" or seen.count(unit["parent"]) == 1, unit
        seen.append(unit["code"])


def test_every_succession_leads_from_a_former_commune_to_one_of_today() -> None:
    successions = rows("successions.csv")
    assert {s["old_code"] for s in successions} == {unit["code"] for unit in of_type("commune", today=False)}
    assert {s["new_code"] for s in successions} == {unit["code"] for unit in of_type("commune")}
    assert len({(s["old_code"], s["new_code"]) for s in successions}) == len(successions)


def test_a_share_is_known_only_where_there_is_one_successor() -> None:
    successors = defaultdict(list)
    for s in rows("successions.csv"):
        successors[s["old_code"]].append(s["share"])
    assert all(shares == ["1"] if len(shares) == 1 else set(shares) == {""} for shares in successors.values())


def test_the_procedures_are_many_and_named_once() -> None:
    procedures = rows("procedures.csv")
    assert len(procedures) >= 75
    assert len({p["field"] for p in procedures}) >= 14
    assert len({p["code"] for p in procedures}) == len({p["name"] for p in procedures}) == len(procedures)


def test_every_procedure_is_served_by_some_unit_of_today() -> None:
    served = rows("served.csv")
    units = {unit["code"]: unit["type"] for unit in rows("units.csv") if unit["valid_to"] == ""}
    assert {s["procedure"] for s in served} == {p["code"] for p in rows("procedures.csv")}
    assert {s["unit_type"] for s in served} == {"commune", "branch", "department"}
    assert all(units[s["unit"]] == s["unit_type"] for s in served if s["unit"])
    assert {s["unit"] for s in served if s["unit"]} == {unit["code"] for unit in of_type("department")}


def test_shares_of_transactions_sum_to_one_for_each_kind_of_unit() -> None:
    shares: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for s in rows("served.csv"):
        assert Decimal(s["share"]) > 0
        shares[s["unit_type"], s["unit"]] += Decimal(s["share"])
    assert set(shares.values()) == {Decimal(1)}


def test_a_commune_mostly_certifies_copies_and_registers_civil_status() -> None:
    field = {p["code"]: p["field"] for p in rows("procedures.csv")}
    shares: dict[str, Decimal] = defaultdict(Decimal)
    for s in rows("served.csv"):
        if s["unit_type"] == "commune":
            shares[field[s["procedure"]]] += Decimal(s["share"])
    assert sorted(shares, key=lambda f: -shares[f])[:2] == ["Chứng thực", "Hộ tịch"]
    assert shares["Chứng thực"] + shares["Hộ tịch"] > Decimal("0.7")


def test_the_instrument_asks_the_overall_question_and_22_criteria() -> None:
    published = instrument()
    assert published.name == "sipas-22@1"
    assert published.languages == ("vi", "en")
    assert published.scale.display == "faces"
    assert [item.id for item in published.questions] == ["overall"]
    assert {f.id: len(f.items) for f in published.factors} == {
        "access": 4, "procedures": 5, "officials": 6, "results": 3, "feedback": 4,
    }  # fmt: skip
    assert [index.id for index in published.indices] == ["overall", "pooled", "factors"]


def test_both_languages_are_complete_and_short_enough_for_a_kiosk() -> None:
    for item in instrument().items():
        assert set(item.text) == {"vi", "en"}, item.id
        assert max(len(text) for text in item.text.values()) <= LONGEST_QUESTION, item.id


def test_every_vietnamese_question_addresses_the_citizen_and_no_two_are_alike() -> None:
    texts = [item.text["vi"] for item in instrument().items()]
    assert all("Ông/Bà có hài lòng với " in text and text.endswith(" không?") for text in texts)
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("channel", ["sms", "web", "paper", "tablet"])
def test_the_full_form_asks_everything(channel: str) -> None:
    published = instrument()
    assert set(published.probabilities(published.form_for(channel)).values()) == {1}


def test_the_kiosk_form_draws_one_question_of_each_factor() -> None:
    published = instrument()
    form = published.form_for("kiosk")
    chances = published.probabilities(form)
    assert form.id == "kiosk"
    assert form.steps[0].ask == "overall"
    assert chances["overall"] == 1
    for factor in published.factors:
        assert sum(chances[item.id] for item in factor.items) == 1, factor.id


def test_names_fit_their_places_on_the_screen() -> None:
    assert max(len(p["name"]) for p in rows("procedures.csv")) <= LONGEST_PROCEDURE
    assert max(len(unit["name"]) for unit in rows("units.csv")) <= LONGEST_UNIT


@pytest.mark.parametrize("name", FILES + [f"kansas_city/{name}" for name in KANSAS_CITY_FILES])
def test_every_text_is_nfc_without_stray_spaces(name: str) -> None:
    text = (CITY / name).read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not text.startswith("\ufeff")
    assert "\r" not in text
    assert "\u00a0" not in text
    if name.endswith(".csv"):
        assert all(value == value.strip() for row in rows(name) for value in row.values())


def test_kansas_city_is_the_survey_of_six_districts_in_two_rounds() -> None:
    responses = rows("kansas_city/responses.csv")
    districts = {unit["code"] for unit in rows("kansas_city/units.csv") if unit["parent"] == "KC"}
    assert len(responses) == 2017
    assert {r["round"] for r in responses} == {"2021Q3", "2022Q1"}
    assert {r["district"] for r in responses} == districts
    items = [item.id for item in instrument("kansas_city/instrument.toml").items()]
    assert list(responses[0])[-len(items) :] == items
