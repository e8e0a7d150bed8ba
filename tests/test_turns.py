"""Turns are bounded, shared evenly, and not kept by who has left."""

import asyncio

import pytest

from sipas.errors import Overloaded
from sipas.turns import Turns


async def take(turns: Turns, client: str, served: list[str]) -> None:
    async with turns.turn(client):
        served.append(client)
        await asyncio.sleep(0)


async def test_clients_take_turns_however_many_one_of_them_wants() -> None:
    turns, served = Turns(1, busy="busy"), list[str]()
    await asyncio.gather(*(take(turns, client, served) for client in [*"aaaa", "b", "c"]))
    assert served == ["a", "a", "b", "c", "a", "a"]


async def test_one_client_holds_no_more_turns_than_it_may() -> None:
    turns = Turns(2, each_at_once=1, busy="busy")
    await turns.acquire("a")
    second = asyncio.ensure_future(turns.acquire("a"))
    await turns.acquire("b")
    assert not second.done()
    turns.release("a")
    await second


async def test_a_client_with_too_many_waiting_is_refused_and_others_are_not() -> None:
    turns = Turns(1, each_waiting=1, busy="too many")
    await turns.acquire("a")
    waiting = asyncio.ensure_future(turns.acquire("a"))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded, match="too many"):
        await turns.acquire("a")
    other = asyncio.ensure_future(turns.acquire("b"))
    await asyncio.sleep(0)
    turns.release("a")
    await waiting
    turns.release("a")
    await other


async def test_who_waits_too_long_is_told_so() -> None:
    turns = Turns(1, longest_wait_s=0.01, busy="too many")
    await turns.acquire("a")
    with pytest.raises(Overloaded):
        await turns.acquire("b")
    assert turns.total_waiting == 0


async def test_who_leaves_passes_the_turn_on() -> None:
    turns = Turns(1, busy="busy")
    await turns.acquire("a")
    gone, waiting = (asyncio.ensure_future(turns.acquire(client)) for client in "bc")
    await asyncio.sleep(0)
    turns.release("a")  # the turn is gone's, which does not know it yet
    gone.cancel()
    await waiting
    assert turns.running == {"c": 1}
