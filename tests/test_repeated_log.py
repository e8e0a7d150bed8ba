"""An outage is a line a minute, whatever fails how often."""

import logging

import pytest

from sipas.repeated_log import RepeatedLog

LOG = logging.getLogger("sipas.tests")


def fail() -> None:
    raise ZeroDivisionError("by nought")


def test_what_fails_over_and_over_is_logged_once_with_how_often(caplog: pytest.LogCaptureFixture) -> None:
    failures = RepeatedLog(LOG, again_seconds=3600)
    for _ in range(100):
        failures.warning("database", "the database is away")
    failures.warning("disk", "the disk is full")
    assert caplog.messages == ["the database is away", "the disk is full"]


def test_after_a_while_it_is_logged_again(caplog: pytest.LogCaptureFixture) -> None:
    failures = RepeatedLog(LOG, again_seconds=3600)
    for _ in range(3):
        failures.warning("database", "the database is away")
    failures._kinds["database"] = (-3600.0, 2)
    failures.warning("database", "the database is away")
    assert caplog.messages[1:] == ["the database is away (2 more since the last such line)"]


def test_a_fault_of_ours_keeps_its_traceback_once(caplog: pytest.LogCaptureFixture) -> None:
    failures = RepeatedLog(LOG, again_seconds=3600)
    for _ in range(3):
        try:
            fail()
        except ZeroDivisionError as error:
            failures.exception("request", "unhandled exception", error)
    assert [bool(record.exc_info) for record in caplog.records] == [True]
