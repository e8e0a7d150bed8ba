"""sipas link send, stop, resume, reseal and list."""

import re
from pathlib import Path

import pytest

from sipas.survey.messaging.samples import SampleMessage
from tests.cli.conftest import Sipas


def test_texts_are_shown_with_what_they_cost_and_long_ones_warned_of(
    city: Sipas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = city("link", "send", "--check").json
    assert [(one["kind"], one["language"]) for one in shown] == [
        ("invitation", "vi"), ("invitation", "en"), ("reminder", "vi"), ("reminder", "en"),
    ]  # fmt: skip
    assert {one["encoding"] for one in shown} == {"gsm-7"}
    file = tmp_path / "sms.toml"
    file.write_text("plain = false", encoding="utf-8")
    monkeypatch.setenv("SIPAS_SMS", str(file))
    marked = city("link", "send", "--check")
    assert {one["encoding"] for one in marked.json} == {"ucs-2"}
    assert all(one["segments"] > 1 and one["too_long"] >= 1 for one in marked.json)
    assert f"the invitation in vi takes up to {marked.json[0]['segments']} segments" in marked.err
    lines = marked.err.splitlines()
    assert len(lines) == len(set(lines)) == len(marked.json) + 1


@pytest.mark.parametrize(
    ("too_long", "whose"), [(1, "the name of 1 unit"), (1200, "the names of 1,200 units")]
)
def test_a_text_that_costs_more_is_told_of_in_a_sentence(too_long: int, whose: str) -> None:
    warned = SampleMessage("reminder", "en", "…", "gsm-7", 161, 2, too_long).warning
    assert warned == f"the reminder in en takes up to 2 segments (161 septets), more than one with {whose}"


def test_sending_once_says_what_became_of_it_and_stops_and_resumes(
    city: Sipas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sms.toml"
    file.write_text("quiet = { from = 00:00:00, until = 00:00:00 }", encoding="utf-8")
    monkeypatch.setenv("SIPAS_SMS", str(file))
    assert city("link", "stop").exit_code == 0
    halted = city("link", "send", "--once")
    assert (halted.exit_code, halted.json["accepted"]) == (0, 0)
    assert re.search(
        r"stopped at \d\d:\d\d on .* by .*@.*; what is due waits until `sipas link resume`", halted.err
    )
    assert city("link", "resume").exit_code == 0
    running = city("link", "send", "--once")
    assert "waits" not in running.err
    sent = running.json
    assert sent == {
        "invited": 0, "accepted": 0, "rejected": 0, "deferred": 0, "unknown": 0, "unsent": 0,
    }  # fmt: skip
    assert city("link", "reseal").json == {"resealed": 0}
    assert city("link", "list", "--by", "unit", "--by", "day").json == []
    assert city("link", "list", "--failures").json == []
    assert city("link", "callbacks").json == []
    assert city("link", "callbacks", "--forget").json == {"deleted": 0}
    assert "has no [http.callback]" in city("link", "callbacks", "--retry").err
    opted_out = city("link", "opt-outs")
    assert (opted_out.json, opted_out.err) == ([], "0 phones have opted out\n")
    refused = city("link", "undo-opt-out", "0912345678", "--reason", "asked by phone")
    assert (refused.exit_code, "has not opted out" in refused.err) == (2, True)
    assert city("link", "list", "--round", "spring").exit_code == 2


def test_a_configuration_that_is_missing_or_wrong_is_said_so_with_its_file(
    city: Sipas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sms.toml"
    monkeypatch.setenv("SIPAS_SMS", str(file))
    assert city("link", "send", "--once").exit_code == 1
    file.write_text('transport = "smpp"', encoding="utf-8")
    refused = city("link", "send", "--once")
    assert refused.exit_code == 2
    assert f"{file}: transport" in refused.err.replace("`", "")
