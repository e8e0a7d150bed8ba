"""Terminals, links, keys and people."""

import io

import pytest

from tests.cli.conftest import Sipas, changed


def test_a_terminal_is_enrolled_listed_and_retired(city: Sipas) -> None:
    enrolled = city("kiosk", "enrol", "--unit", "00070").json
    assert list(enrolled) == ["code", "kiosk", "unit", "url"]
    assert enrolled["unit"] == "00070"
    assert enrolled["url"] == f"https://sipas.test/kiosk/#{enrolled['code']}"
    assert city("kiosk", "retire", enrolled["kiosk"]).json == {"retired": enrolled["kiosk"]}
    (listed,) = city("kiosk", "list").json
    assert listed["unit_name"] == "Phường Hoàn Kiếm"
    assert listed["retired_at"] is not None


def test_a_terminal_needs_a_unit_and_a_number(city: Sipas) -> None:
    assert city("kiosk", "enrol", "--unit", "99999").err.startswith("error: there is no unit '99999' today")
    assert city("kiosk", "retire", 7).err == "error: there is no kiosk 7; `sipas kiosk list` shows all\n"
    assert city("kiosk", "retire", 10**12).exit_code == 2


def test_links_are_made_and_counted(city: Sipas) -> None:
    options = [
        "--round",
        "autumn",
        "--unit",
        "00070",
        "--procedure",
        "2.000815",
        "--service-channel",
        "online",
    ]
    links = city("link", "create", *options, "--count", 3).json
    assert [list(link) for link in links] == [["url", "token"]] * 3
    assert len({link["token"] for link in links}) == 3
    assert all(link["url"] == f"https://sipas.test/s/{link['token']}" for link in links)
    (listed,) = city("link", "list").json
    assert listed.items() >= {"round": "autumn", "links": 3, "used": 0, "expired": 0, "sent": 0}.items()


def test_links_as_csv_are_a_file_to_send_from(city: Sipas) -> None:
    lines = city("link", "create", "--round", "autumn", "--unit", "00070", "--format", "csv").out.splitlines()
    assert lines[0] == "url,token"
    assert lines[1].startswith("https://sipas.test/s/")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--round", "spring"], "there is no round 'spring'"),
        (["--unit", "99999"], "there is no unit '99999'"),
        (["--procedure", "X"], "there is no procedure 'X'"),
        (["--service-channel", "fax"], "'fax' is not one of"),
        (["--count", "0"], "0 is not in the range"),
        (["--completed-on", "32/01/2025"], "is no date"),
    ],
)
def test_a_link_about_nothing_known_is_refused(city: Sipas, options: list[str], complaint: str) -> None:
    usual = ("--round", "autumn", "--unit", "00070")
    outcome = city("link", "create", *changed(usual, options))
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert complaint in outcome.err
    assert city("link", "list").json == []


def test_a_key_is_shown_once(sipas: Sipas) -> None:
    assert len(sipas("key", "add", "--scope", "read").json["key"]) == 43
    assert sipas("key", "add", "--scope", "write").exit_code == 2


def test_a_key_is_listed_by_its_number_and_retired(sipas: Sipas) -> None:
    keys = [
        sipas("key", "add", "--scope", "read").json["key"],
        sipas("key", "add", "--scope", "transactions", "--source", "one-stop").json["key"],
    ]
    assert sipas("key", "retire", 1).json == {"retired": 1}
    listed = sipas("key", "list")
    about = [(one["number"], one["scope"], one["source"], bool(one["retired_at"])) for one in listed.json]
    assert about == [(1, "read", None, True), (2, "transactions", "one-stop", False)]
    assert not any(key in listed.out for key in keys)
    unknown = sipas("key", "retire", 3)
    assert (unknown.exit_code, unknown.err) == (
        2,
        "error: there is no key 3; `sipas key list` shows all\n",
    )


def test_a_person_is_added_with_a_password_from_standard_input(
    sipas: Sipas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("một mật khẩu dài\n"))
    assert sipas("user", "add", "an", "--password-stdin").json == {"user": "an"}
    monkeypatch.setattr("sys.stdin", io.StringIO("một mật khẩu khác\n"))
    again = sipas("user", "add", "an", "--password-stdin")
    assert (again.exit_code, again.err) == (2, "error: there is a person of that name already\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("ngắn\n"))
    assert "fewer than 12 characters" in sipas("user", "add", "bình", "--password-stdin").err


def test_people_are_listed_given_another_password_and_retired(
    sipas: Sipas, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("an", "bình"):
        monkeypatch.setattr("sys.stdin", io.StringIO("một mật khẩu dài\n"))
        sipas("user", "add", name, "--password-stdin")
    monkeypatch.setattr("sys.stdin", io.StringIO("một mật khẩu khác\n"))
    assert sipas("user", "password", "bình", "--password-stdin").json == {"changed": "bình"}
    monkeypatch.setattr("sys.stdin", io.StringIO("ngắn\n"))
    assert "fewer than 12" in sipas("user", "password", "bình", "--password-stdin").err
    assert sipas("user", "retire", "an").json == {"retired": "an"}
    assert sipas("user", "list").json == [{"user": "bình", "role": "staff"}]
    again = sipas("user", "retire", "an")
    assert (again.exit_code, again.err) == (
        2,
        "error: there is no person 'an'; `sipas user list` shows all\n",
    )


def test_nothing_in_a_list_is_an_empty_list(sipas: Sipas) -> None:
    assert sipas("kiosk", "list").json == []
    assert sipas("kiosk", "list", "--format", "csv").out == ""
    assert sipas("kiosk", "list", "--format", "table").out == ""
