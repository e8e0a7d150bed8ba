"""Who sent answers is known again for a while, and by nothing else."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from sipas.survey.links.repeats import (
    SENT_COOKIE_VALID_FOR,
    new_page_value,
    read_sent,
    repeat_hash,
    sign_sent,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET, TOKEN, FIELDS = b"a secret that only the tests know", "abcdefghijk", {"overall": "4"}


def test_a_cookie_tells_the_same_answers_from_others_for_an_hour() -> None:
    cookie = sign_sent(TOKEN, FIELDS, SECRET, NOW)
    assert read_sent(cookie, TOKEN, FIELDS, SECRET, NOW) == "same"
    assert read_sent(cookie, TOKEN, {}, SECRET, NOW) == "other"
    assert (
        read_sent(cookie, TOKEN, FIELDS, SECRET, NOW + SENT_COOKIE_VALID_FOR + timedelta(seconds=1)) is None
    )


@pytest.mark.parametrize("cookie", ["", "x", "äöü", "AAAA", base64.b64encode(bytes(36)).decode()])
def test_a_cookie_that_is_made_up_says_nothing(cookie: str) -> None:
    assert read_sent(cookie, TOKEN, FIELDS, SECRET, NOW) is None


def test_a_cookie_is_of_one_link_and_one_secret() -> None:
    cookie = sign_sent(TOKEN, FIELDS, SECRET, NOW)
    assert read_sent(cookie, "another", FIELDS, SECRET, NOW) is None
    assert read_sent(cookie, TOKEN, FIELDS, b"another secret", NOW) is None


def test_a_repeat_is_the_same_page_with_the_same_answers() -> None:
    page = new_page_value()
    known = repeat_hash(TOKEN, page, {"a": "1", "b": "2"})
    assert repeat_hash(TOKEN, page, {"b": "2", "a": "1"}) == known
    assert repeat_hash(TOKEN, page, {"a": "1"}) != known
    assert repeat_hash(TOKEN, new_page_value(), {"a": "1", "b": "2"}) != known
    assert repeat_hash(TOKEN, "", {"a": "1", "b": "2"}) is None
