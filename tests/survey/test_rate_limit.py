"""Limits fill up again, and know a network behind a proxy."""

import pytest

from sipas.survey.rate_limit import RateLimit, network_of, source_address


def test_a_limit_fills_up_again_with_time() -> None:
    now = [0.0]
    limit = RateLimit(2, 10.0, lambda: now[0])
    for _ in range(2):
        assert limit.wait_s(b"k") == 0
        limit.count(b"k")
    assert limit.wait_s(b"k") == 10
    now[0] = 4
    assert limit.wait_s(b"k") == 6
    limit.forgive(b"k")
    assert limit.wait_s(b"k") == 0


def test_addresses_of_one_line_are_one_source() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2::9")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "source"),
    [
        ("127.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.7", "2a00::1", "2a00::1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "made up", "127.0.0.1"),
        ("8.8.8.8", "1.2.3.4", "8.8.8.8"),
        ("", "1.2.3.4", ""),
    ],
)
def test_a_proxy_tells_whose_request_it_is_and_others_are_not_believed(
    peer: str, forwarded_for: str, source: str
) -> None:
    assert source_address(peer, forwarded_for) == source
