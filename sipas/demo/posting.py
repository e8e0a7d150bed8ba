"""Posts to the service as terminals and browsers make them, and counts what it acknowledges."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec

from sipas.demo.line import HttpLine, HttpReply, open_line
from sipas.errors import SipasError

_POSTS_AT_ONCE = 16
ATTEMPTS = 60  # while the service says 503; about two minutes
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class KioskBatch(msgspec.Struct, frozen=True):
    """Submissions that waited on a terminal."""

    token: str
    submissions: list[dict[str, Any]]

    async def send(self, line: HttpLine) -> int:
        body = msgspec.json.encode(self.submissions)
        reply = await _post(line, "/api/submissions", _JSON, body, {"authorization": f"Bearer {self.token}"})
        results = msgspec.json.decode(reply.body)["results"]
        return sum(result["status"] in ("stored", "duplicate") for result in results)


class LinkAnswer(msgspec.Struct, frozen=True):
    """A survey behind a link, filled in."""

    token: str
    language: str
    form: dict[str, str]

    async def send(self, line: HttpLine) -> int:
        await _post(line, f"/s/{self.token}?lang={self.language}", _FORM, urlencode(self.form).encode())
        return 1


Post = KioskBatch | LinkAnswer


async def send_all(address: str, posts: Iterable[Post], heard: Callable[[int], None]) -> int:
    """Send all posts and return how many responses were acknowledged; call `heard` after each post."""
    acknowledged = 0
    waiting = iter(posts)

    async def work(mine: Iterator[Post]) -> None:
        nonlocal acknowledged
        async with open_line(address) as line:
            for one in mine:
                count = await one.send(line)
                acknowledged += count
                heard(count)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_POSTS_AT_ONCE):
                group.create_task(work(waiting))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures  # the first has ended the others
    return acknowledged


async def enrol_terminal(line: HttpLine, code: str) -> str:
    """A terminal's token for its code."""
    reply = await _post(line, "/api/kiosk/enrol", _JSON, msgspec.json.encode({"code": code}))
    return str(msgspec.json.decode(reply.body)["token"])


async def _post(
    line: HttpLine, path: str, kind: str, body: bytes, headers: dict[str, str] | None = None
) -> HttpReply:
    """Tries again for as long as the service is busy or its database away."""
    for _ in range(ATTEMPTS):
        reply = await line.post(path, {"content-type": kind, **(headers or {})}, body)
        if reply.status == 200:
            return reply
        if reply.status != 503:
            place = path.split("/")[1]  # no more: what follows may be a token
            reason = reply.body[:200].decode(errors="replace")
            raise SipasError(f"POST /{place}… gave {reply.status}: {reason}")
        await asyncio.sleep(float(reply.headers.get("retry-after", 1)))
    raise SipasError("the service has been too busy for two minutes; see its log and try again")
