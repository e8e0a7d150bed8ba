"""Wrong passwords are limited, and lock out only their sender."""

import asyncio
import logging

import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.survey.access.people import add_person
from sipas.survey.access.sign_in import (
    ACCOUNT_FAILURES,
    PAIR_FAILURES,
    Authenticator,
    TooManyAttempts,
)

PASSWORD = "một con chim bồ câu"
HOME, OFFICE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
async def authenticator(conn: Connection, pool: Pool) -> Authenticator:
    for name in ("lan", "minh"):
        await add_person(conn, name, PASSWORD)
    return Authenticator(pool, b"a secret that only the tests know")


async def fail(authenticator: Authenticator, name: str, source: str, times: int, device: str = "") -> None:
    for _ in range(times):
        assert await authenticator.sign_in(name, "wrong", source, device) is None


async def test_wrong_passwords_shut_out_their_sender_alone(authenticator: Authenticator) -> None:
    await fail(authenticator, "lan", HOME, PAIR_FAILURES)
    with pytest.raises(TooManyAttempts) as refused:
        await authenticator.sign_in("lan", PASSWORD, HOME)
    assert 0 < refused.value.retry_after_s <= 60
    assert await authenticator.sign_in("lan", PASSWORD, OFFICE)
    assert await authenticator.sign_in("minh", PASSWORD, HOME)


async def test_wrong_passwords_from_many_places_are_limited_for_the_account(
    authenticator: Authenticator,
) -> None:
    for place in range(ACCOUNT_FAILURES):
        await fail(authenticator, "lan", f"198.51.100.{place}", 1)
    with pytest.raises(TooManyAttempts):
        await authenticator.sign_in("lan", PASSWORD, OFFICE)
    assert await authenticator.sign_in("minh", PASSWORD, OFFICE)


async def test_a_device_that_signed_in_before_is_not_shut_out(authenticator: Authenticator) -> None:
    signed_in = await authenticator.sign_in("lan", PASSWORD, OFFICE)
    assert signed_in is not None
    await fail(authenticator, "lan", OFFICE, PAIR_FAILURES)
    with pytest.raises(TooManyAttempts):
        await authenticator.sign_in("lan", PASSWORD, OFFICE)
    with pytest.raises(TooManyAttempts):
        await authenticator.sign_in("lan", PASSWORD, OFFICE, "made up")
    assert await authenticator.sign_in("lan", PASSWORD, OFFICE, signed_in.device)
    await fail(authenticator, "lan", OFFICE, PAIR_FAILURES, signed_in.device)
    with pytest.raises(TooManyAttempts):
        await authenticator.sign_in("lan", PASSWORD, OFFICE, signed_in.device)


async def test_passwords_tried_at_once_are_counted_before_they_are_checked(
    authenticator: Authenticator,
) -> None:
    tries = [authenticator.sign_in("lan", "wrong", HOME) for _ in range(3 * PAIR_FAILURES)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert found.count(None) == PAIR_FAILURES


async def test_an_unknown_name_is_limited_like_any_other(authenticator: Authenticator) -> None:
    await fail(authenticator, "nobody", HOME, PAIR_FAILURES)
    with pytest.raises(TooManyAttempts):
        await authenticator.sign_in("nobody", "wrong", HOME)


async def test_failures_are_logged_without_what_was_typed(
    authenticator: Authenticator, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await authenticator.sign_in("lan", "my password", HOME)
        await authenticator.sign_in("my password", "", HOME)
    assert [record.getMessage() for record in caplog.records] == [
        "sign-in failed: wrong password of 'lan'",
        "sign-in failed: unknown name",
    ]


@pytest.mark.parametrize(("name", "password"), [("\ud800", "\udfff"), ("a\0", "\0"), ("", "x" * 2_000_000)])
async def test_odd_characters_are_wrong_like_any_others(
    authenticator: Authenticator, name: str, password: str
) -> None:
    assert await authenticator.sign_in(name, password, HOME) is None
