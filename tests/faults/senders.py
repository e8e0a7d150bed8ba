"""Terminals and citizens who send until they hear, whatever happens to the service."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any

import httpx

from tests.cast import BIRTH, MARRIAGE, submission
from tests.faults.ledger import Ledger
from tests.faults.stage import Stage
from tests.serving import client_of

TERMINALS = 6
BETWEEN = 0.04  # seconds between two posts of one terminal: a load, and no benchmark
ONE_GIVES_UP_IN = 30
TIMEOUT = 10.0  # seconds
ITEMS = ("overall", "access1", "procedures2", "officials3", "results1", "feedback4")
ANSWERS = (1, 2, 3, 4, 5, None, "NA")


@asynccontextmanager
async def sending(address: str, stage: Stage, ledger: Ledger, random: Random) -> AsyncIterator[None]:
    """Senders at work; on leaving, each sends what it has in hand until it is acknowledged."""
    enough = asyncio.Event()
    limits = httpx.Limits(max_connections=2 * TERMINALS)
    async with (
        client_of(address, timeout=TIMEOUT, limits=limits) as client,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(TERMINALS):
            group.create_task(terminal(client, stage.token, ledger, Random(random.random()), enough))
        group.create_task(citizens(client, iter(stage.links), ledger, enough))
        yield
        enough.set()


async def terminal(
    client: httpx.AsyncClient, token: str, ledger: Ledger, random: Random, enough: asyncio.Event
) -> None:
    headers = {"authorization": f"Bearer {token}"}
    while not enough.is_set():
        batch = [answered(random) for _ in range(random.randrange(1, 6))]
        names = {one["id"] for one in batch}
        ledger.sent |= names
        if random.randrange(ONE_GIVES_UP_IN) == 0:
            ledger.given_up |= names
            await give_up(client.base_url, random.random() / 50, json=batch, headers=headers)
            continue
        answer = await post_until_heard(client, "/api/submissions", json=batch, headers=headers)
        assert answer.status_code == 200, answer.text
        for result in answer.json()["results"]:
            ledger.acknowledge(result["id"], result["status"])
        await asyncio.sleep(BETWEEN * random.random() * 2)


async def citizens(
    client: httpx.AsyncClient, links: Iterator[str], ledger: Ledger, enough: asyncio.Event
) -> None:
    """One after the other. Whose reply was cut after the commit hears that the link is used up: 404."""
    for link in links:
        ledger.links_sent.add(link)
        answer = await post_until_heard(client, f"/s/{link}", data={"overall": "4"})
        assert answer.status_code in (200, 404), answer.text
        ledger.links_acknowledged.add(link)
        if enough.is_set():
            return
        await asyncio.sleep(BETWEEN * 5)


async def post_until_heard(client: httpx.AsyncClient, path: str, **content: Any) -> httpx.Response:
    """Retry while the service is away or cannot store, as a terminal's queue does."""
    while True:
        try:
            answer = await client.post(path, **content)
        except httpx.TransportError:
            pass
        else:
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer
        await asyncio.sleep(BETWEEN)


async def give_up(address: httpx.URL, after: float, **content: Any) -> None:
    """Hangs up in the middle, and does not come back.

    On a client of its own: one whose requests are cancelled never gives their connections back, and has
    none left in the end.
    """
    async with client_of(str(address)) as client:
        with suppress(TimeoutError, httpx.TransportError):
            await asyncio.wait_for(client.post("/api/submissions", **content), after)


def answered(random: Random) -> dict[str, Any]:
    return submission(
        answers={item: random.choice(ANSWERS) for item in ITEMS},
        procedure=random.choice((BIRTH, MARRIAGE, None)),
        complete=random.random() < 0.9,
        attributes={"sex": random.choice("FM")} if random.random() < 0.8 else {},
    )
