"""The address of the demonstration."""

import socket

import pytest

from sipas.demo.server import address_of, is_private, listen
from sipas.errors import SipasError


def port_of(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def test_where_a_port_is_taken_it_takes_the_next_free_one() -> None:
    with listen("127.0.0.1", 18300) as first, listen("127.0.0.1", port_of(first)) as second:
        assert port_of(second) > port_of(first)


def test_an_address_that_is_not_ours_is_one_clear_error() -> None:
    with pytest.raises(SipasError, match=r"cannot listen on 192\.0\.2\.1:18400"):
        listen("192.0.2.1", 18400)


def test_an_address_of_this_machine_alone_is_private() -> None:
    with listen("127.0.0.1", 0) as listening:
        address = address_of(listening)
        assert address == f"http://127.0.0.1:{port_of(listening)}"
        assert is_private(listening, address)
        assert is_private(listening, "http://localhost:8000")
        assert not is_private(listening, "https://demo.test")


def test_one_that_listens_everywhere_is_not_and_is_reached_here_by_loopback() -> None:
    with listen("0.0.0.0", 0) as listening:
        assert address_of(listening) == f"http://127.0.0.1:{port_of(listening)}"
        assert not is_private(listening, address_of(listening))
