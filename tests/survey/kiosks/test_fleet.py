"""What is wrong with a terminal, judged from what it said and what came of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from sipas.queries.catalogue import Unit
from sipas.queries.kiosks import AppFiles, Heartbeat, ListedKiosk, Storage
from sipas.survey.catalogue import Catalogue
from sipas.survey.kiosks.fleet import Terminal, terminal

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
UNIT = Unit(1, "00070", "Phường Hoàn Kiếm", "commune", None, None, None)
CATALOGUE = Catalogue(1, {1: UNIT}, {}, {}, {})
WELL = Heartbeat(queue=0, sequence=17, storage=Storage(True, 1, 100), clock=0.4)
KIOSK = ListedKiosk(
    kiosk=7,
    unit_id=1,
    unit=UNIT.code,
    unit_name=UNIT.name,
    code_expires_at=None,
    enrolled_at=NOW - timedelta(days=9),
    retired_at=None,
    replaces=None,
    heard_at=NOW - timedelta(minutes=1),
    heartbeat=WELL,
    held=0,
    refused=0,
    reasons=[],
    missing=[],
)


def seen(beat: dict[str, Any] | None = None, **changes: Any) -> Terminal:
    """As it is listed, when its last heartbeat and its row differ so from a terminal that is well."""
    heartbeat = msgspec.structs.replace(WELL, **beat) if beat else WELL
    return terminal(msgspec.structs.replace(KIOSK, heartbeat=heartbeat, **changes), CATALOGUE, NOW)


def test_a_terminal_that_is_well_has_no_problem() -> None:
    assert (seen().state, seen().problems) == ("in use", [])


@pytest.mark.parametrize(
    ("beat", "changes", "problem"),
    [
        ({}, {"heard_at": NOW - timedelta(minutes=16)}, "silent"),
        ({}, {"heard_at": None}, "silent"),
        ({"queue": 1, "oldest_unsent": NOW - timedelta(minutes=61)}, {}, "behind"),
        ({"storage": Storage(True, 90, 100)}, {}, "full"),
        ({"problem": "storage"}, {}, "full"),
        ({"problem": "config"}, {}, "fault"),
        ({"clock": -301.0}, {}, "clock"),
        ({"clock": 1e10}, {}, "clock"),
        ({"files": AppFiles(missing=1)}, {}, "files"),
        ({"files": AppFiles(restored=2)}, {}, "files"),
        ({}, {"missing": [(3, 3)]}, "gaps"),
        ({}, {"refused": 2, "reasons": ["round"]}, "refused"),
        ({}, {"unit_id": 2}, "unit"),
        ({}, {"retired_at": NOW, "held": 1}, "held"),
        ({"queue": 1}, {"retired_at": NOW}, "left"),
    ],
)
def test_each_problem_is_seen_alone(beat: dict[str, Any], changes: dict[str, Any], problem: str) -> None:
    assert seen(beat, **changes).problems == [problem]


@pytest.mark.parametrize(
    ("beat", "changes"),
    [
        ({}, {"heard_at": NOW - timedelta(minutes=14)}),
        ({}, {"heard_at": None, "enrolled_at": NOW - timedelta(minutes=14)}),
        ({"queue": 9, "oldest_unsent": NOW - timedelta(minutes=59)}, {}),
        ({"storage": Storage(True, 89, 100)}, {}),
        ({"storage": Storage(False, 1, 0)}, {}),
        ({"clock": 299.0}, {}),
        ({"queue": 3}, {"missing": [(15, 17)]}),
        ({"queue": 1}, {"retired_at": NOW - timedelta(days=40), "heard_at": NOW - timedelta(days=31)}),
        ({"queue": 1, "oldest_unsent": datetime(9999, 1, 1, tzinfo=UTC)}, {}),
    ],
)
def test_what_is_no_problem_yet_is_none(beat: dict[str, Any], changes: dict[str, Any]) -> None:
    assert seen(beat, **changes).problems == []


def test_the_most_pressing_problem_comes_first() -> None:
    several = seen({"problem": "storage", "clock": 900.0}, missing=[(3, 3)], refused=1)
    assert several.problems == ["full", "refused", "clock", "gaps"]


def test_what_waits_on_a_terminal_is_missing_and_not_lost() -> None:
    partly = seen({"queue": 3}, missing=[(4, 5), (15, 17)])
    assert (partly.missing, partly.lost) == (["4–5", "15–17"], 2)


def test_a_silent_terminal_is_not_called_behind_too() -> None:
    long_ago = NOW - timedelta(hours=3)
    assert seen({"queue": 1, "oldest_unsent": long_ago}, heard_at=long_ago).problems == ["silent"]


def test_an_unused_code_is_a_problem_once_it_has_expired() -> None:
    waits = {"heartbeat": None, "heard_at": None, "enrolled_at": None}
    for expires, problems in ((NOW + timedelta(days=1), []), (NOW, ["expired"])):
        kiosk = msgspec.structs.replace(KIOSK, **waits, code_expires_at=expires)
        assert terminal(kiosk, CATALOGUE, NOW).problems == problems
        assert terminal(kiosk, CATALOGUE, NOW).state == "code"
