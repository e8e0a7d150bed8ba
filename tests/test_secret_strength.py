import secrets

import pytest

from sipas.secret_strength import weakness


@pytest.mark.parametrize(
    "weak",
    [
        "short", "fifteen letters", "aaaaaaaaaaaaaaaaaaaa", "abababababababababab", "passwordpassword",
        "Password12345678", "changemechangeme", "change-me-please-now", "1234567890123456",
        "abcdefghijklmnopqrstuvwxyz", "secret-secret-secret", "this is my secret password",
        "sipas-secret-2026", "12345678901234567890",
        "adminadminadmin1", "zyxwvutsrqponmlkjihg", "0123456789abcdef",
    ],
)  # fmt: skip
def test_a_weak_secret_says_why_it_is_weak(weak: str) -> None:
    assert weakness(weak) is not None


@pytest.mark.parametrize(
    "strong",
    ["a secret that only the tests know", "the-wrong-secret-after-a-restore", "correct horse battery staple"],
)
def test_a_sentence_of_ones_own_is_not_weak(strong: str) -> None:
    assert weakness(strong) is None


def test_random_ones_are_not_weak() -> None:
    assert [weakness(secrets.token_urlsafe(32)) for _ in range(1_000)] == [None] * 1_000
    assert [weakness(secrets.token_hex(16)) for _ in range(1_000)] == [None] * 1_000
