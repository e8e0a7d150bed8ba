import unicodedata
from pathlib import Path

import pytest

from sipas.instruments import find_shipped
from tests.cli.conftest import Outcome, Sipas, changed


def open_round(sipas: Sipas, code: str, *more: str) -> Outcome:
    usual = ("--id", code, "--instrument", "sipas-22@1", "--strata", "unit")
    return sipas("round", "open", *changed(usual, more))


def test_days_are_days_in_vietnam_from_first_to_last_moment(city: Sipas) -> None:
    opened = open_round(city, "spring", "--from", "2025-03-01", "--to", "31/03/2025").json
    assert opened["opens_at"] == "2025-03-01T00:00:00+07:00"
    assert opened["closes_at"] == "2025-04-01T00:00:00+07:00"
    assert opened["open"] is False
    assert opened["index"] == "overall"
    assert opened["target"] is None


def test_a_round_opens_now_and_stays_open_unless_told(city: Sipas) -> None:
    assert city("round", "close", "autumn").json["open"] is False
    opened = open_round(city, "winter").json
    assert (opened["open"], opened["closes_at"]) == (True, None)


def test_a_round_says_how_answers_of_links_are_coarsened(city: Sipas) -> None:
    city("round", "close", "autumn")
    steps = "field,week,month,service_channel,unit,round"
    opened = open_round(city, "winter", "--anonymity", "7", "--coarsen", steps, "--mix-every", "week").json
    assert opened["anonymity"] == 7
    assert opened["coarsening"] == steps.split(",")
    assert opened["mixed_every"] == "week"


def test_a_round_may_be_called_anything_that_fits_a_line(city: Sipas) -> None:
    days = ("--from", "2025-03-01", "--to", "2025-03-02")
    opened = open_round(city, unicodedata.normalize("NFD", " Đợt 1 "), *days)
    assert opened.json["round"] == unicodedata.normalize("NFC", "Đợt 1")


def test_rounds_are_listed_in_the_order_of_their_opening(city: Sipas) -> None:
    open_round(city, "spring", "--from", "2025-03-01", "--to", "2025-03-31")
    listed = city("round", "list").json
    assert [one["round"] for one in listed] == ["spring", "autumn"]
    assert listed[1]["strata"] == ["unit", "procedure", "service_channel"]
    table = city("round", "list", "--format", "table").out
    assert table.splitlines()[0].split() == [
        "round",
        "instrument",
        "strata",
        "index",
        "target",
        "opens_at",
        "closes_at",
        "open",
        "anonymity",
        "coarsening",
        "mixed_every",
    ]
    assert "unit,procedure,service_channel" in table


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--from", "2025-10-01"], "error: another round of the same instrument collects at that time"),
        (["--to", "2025-10-01", "--from", "2025-10-02"], "2025-10-01 is before the round opens"),
        (["--from", "yesterday"], "'yesterday' is no date; write it as 2025-07-01 or 01/07/2025"),
        (
            ["--coarsen", "month,week"],
            "error: coarsening: month,week must name week, month and round in this",
        ),
        (["--anonymity", "1"], "1 is not in the range 2<=x<=1000"),
        (["--target", "85"], "85.0 is not in the range 0<x<1"),
        (["--index", "none"], "error: sipas-22@1 has no index 'none'; its indices are overall"),
        (["--strata", "unit,,procedure"], "give different names, separated by commas"),
        (["--strata", "unit,unit"], "give different names, separated by commas"),
        (
            ["--instrument", "sipas-23@1"],
            "error: no instrument 'sipas-23@1' is published; there is sipas-22@1",
        ),
        (
            ["--id", "autumn", "--from", "2025-03-01", "--to", "2025-03-02"],
            "error: there is a round of that name",
        ),
        (["--id", " "], "--id: the id is empty; give one such as 2026-Q4"),
        (["--id", "x" * 65], "--id: give at most 64 characters in one line"),
        (["--id", "a\nb"], "--id: give at most 64 characters in one line"),
        (["--id", "a\u202eb"], "--id: give at most 64 characters in one line"),
    ],
)
def test_a_round_that_cannot_be_opened_says_why(city: Sipas, options: list[str], complaint: str) -> None:
    outcome = open_round(city, "other", *options)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert complaint in outcome.err
    assert len(city("round", "list").json) == 1


@pytest.mark.parametrize(
    ("name", "form", "complaint"),
    [
        ("sipas-2026", None, ""),
        ("csm", None, ""),
        (
            "sipas-2026",
            "household",
            "warning: the form household of sipas-2026@1 has 88 questions; at a kiosk people answer at most "
            "30. Kiosks ask another open round",
        ),
    ],
)
def test_a_round_whose_form_is_too_long_for_kiosks_is_opened_with_a_warning(
    city: Sipas, tmp_path: Path, name: str, form: str | None, complaint: str
) -> None:
    shipped = find_shipped(name)
    assert shipped is not None
    source = shipped.read_text(encoding="utf-8")
    if form:
        source = source.replace('["kiosk"]', "[]").replace('["tablet", "paper"]', '["tablet", "kiosk"]')
    (tmp_path / "form.toml").write_text(source, encoding="utf-8")
    assert city("import", "instrument", tmp_path / "form.toml").exit_code == 0
    outcome = open_round(city, "households", "--instrument", f"{name}@1")
    assert outcome.exit_code == 0
    assert complaint in outcome.err
    assert bool(complaint) == ("warning" in outcome.err)
    assert ("all kiosks now ask round households" in outcome.err) == (not form)


def test_a_round_closes_once(city: Sipas) -> None:
    assert city("round", "close", "--id", "autumn").json["open"] is False
    again = city("round", "close", "autumn")
    assert (again.exit_code, again.err) == (2, "error: round autumn is not open\n")
    assert city("round", "close", "spring").err.startswith(
        "error: there is no round 'spring'; the rounds are:"
    )
    assert city("round", "close").exit_code == 2


@pytest.mark.parametrize("code", ["a/b", "a\\b", "..", ".hidden"])
def test_an_id_that_is_no_part_of_an_address_is_refused(city: Sipas, code: str) -> None:
    outcome = open_round(city, code)
    assert outcome.exit_code == 2
    assert "the id is part of addresses and file names" in outcome.err


def test_unknown_strata_are_named(city: Sipas) -> None:
    past = ("--from", "2025-03-01", "--to", "2025-03-02")
    said = open_round(city, "past", "--strata", "unit,nonsense", *past).err
    assert "warning: sipas-22@1 does not ask for nonsense" in said
    assert "kiosks" not in said
