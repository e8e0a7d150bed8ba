"""Posts to the service as terminals and browsers make them, and counts what it acknowledges."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx
import msgspec

from sipas.errors import SipasError

logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it logs addresses, which hold links' tokens

AT_ONCE = 16
ATTEMPTS = 60  # while the service says 503; about two minutes
TIMEOUT = 60.0  # seconds


class KioskBatch(msgspec.Struct, frozen=True):
    """What a terminal had waiting."""

    token: str
    submissions: list[dict[str, Any]]

    async def send(self, client: httpx.AsyncClient) -> int:
        bearer = {"authorization": f"Bearer {self.token}"}
        response = await post(client, "/api/submissions", headers=bearer, json=self.submissions)
        results = response.json()["results"]
        return sum(result["status"] in ("stored", "duplicate") for result in results)


class LinkAnswer(msgspec.Struct, frozen=True):
    """A survey behind a link, filled in."""

    token: str
    language: str
    form: dict[str, str]

    async def send(self, client: httpx.AsyncClient) -> int:
        await post(client, f"/s/{self.token}?lang={self.language}", data=self.form)
        return 1


Post = KioskBatch | LinkAnswer


async def send_all(client: httpx.AsyncClient, posts: Iterable[Post], heard: Callable[[int], None]) -> int:
    """How many responses were acknowledged; `heard` is told of each post's as they come."""
    acknowledged = 0
    waiting = iter(posts)

    async def work(mine: Iterator[Post]) -> None:
        nonlocal acknowledged
        for one in mine:
            count = await one.send(client)
            acknowledged += count
            heard(count)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work(waiting))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures  # the first has ended the others
    return acknowledged


async def enrol(client: httpx.AsyncClient, code: str) -> str:
    """A terminal's token for its code."""
    response = await post(client, "/api/kiosk/enrol", json={"code": code})
    return str(response.json()["token"])


async def post(client: httpx.AsyncClient, path: str, **content: Any) -> httpx.Response:
    """Tries again for as long as the service is busy or its database away."""
    for _ in range(ATTEMPTS):
        try:
            response = await client.post(path, **content)
        except httpx.TransportError as error:
            raise SipasError(f"the service broke off: {error or type(error).__name__}") from error
        if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            if not response.is_success:
                place = path.split("/")[1]  # no more: what follows may be a token
                raise SipasError(f"POST /{place}… gave {response.status_code}: {response.text[:200]}")
            return response
        await asyncio.sleep(float(response.headers.get("retry-after", 1)))
    raise SipasError("the service has been too busy for two minutes; see its log and try again")


def open_client(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=address,
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=AT_ONCE),
        trust_env=False,  # no proxy stands between this machine and itself
    )
