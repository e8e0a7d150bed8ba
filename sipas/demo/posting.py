"""Posts to the service as terminals and browsers make them, and counts what it acknowledges."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec

from sipas.demo.line import HttpLine, HttpReply, open_line
from sipas.errors import SipasError
from sipas.survey.links.survey_page import FORM

_POSTS_AT_ONCE = 16
ATTEMPTS = 60  # while the service says 503; about two minutes
_SIGNED_FORM = re.compile(rb'name="Form" value="([^"]+)"')
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class KioskBatch(msgspec.Struct, frozen=True):
    """Submissions that waited on a terminal, or on an interviewer's tablet, which has another path."""

    token: str
    submissions: list[dict[str, Any]]
    path: str = "/api/submissions"

    async def send(self, line: HttpLine) -> int:
        body = msgspec.json.encode(self.submissions)
        reply = await _post(line, self.path, _JSON, body, {"authorization": f"Bearer {self.token}"})
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


class PosterAnswer(msgspec.Struct, frozen=True):
    """A survey behind a poster, filled in. Its page is opened first: it holds what makes the form unique."""

    code: str
    language: str
    form: dict[str, str]

    async def send(self, line: HttpLine) -> int:
        path = f"/q/{self.code}?lang={self.language}"
        page = await _request(lambda: line.get(path), "GET", path)
        shown = _SIGNED_FORM.search(page.body)
        if shown is None:
            raise SipasError("GET /q… gave a page without a form")
        form = {**self.form, FORM: shown[1].decode()}
        await _post(line, path, _FORM, urlencode(form).encode())
        return 1


Post = KioskBatch | LinkAnswer | PosterAnswer


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


async def sign_in_interviewer(line: HttpLine, name: str, password: str) -> str:
    """Return the token of an interviewer's tablet."""
    body = msgspec.json.encode({"name": name, "password": password})
    reply = await _post(line, "/api/interviews/sign-in", _JSON, body)
    return str(msgspec.json.decode(reply.body)["token"])


async def _post(
    line: HttpLine, path: str, kind: str, body: bytes, headers: dict[str, str] | None = None
) -> HttpReply:
    sent = {"content-type": kind, **(headers or {})}
    return await _request(lambda: line.post(path, sent, body), "POST", path)


async def _request(send: Callable[[], Awaitable[HttpReply]], method: str, path: str) -> HttpReply:
    """Try again for as long as the service is busy or its database away."""
    for _ in range(ATTEMPTS):
        reply = await send()
        if reply.status == 200:
            return reply
        if reply.status != 503:
            place = path.split("/")[1]  # no more: what follows may be a token
            reason = reply.body[:200].decode(errors="replace")
            raise SipasError(f"{method} /{place}… gave {reply.status}: {reason}")
        await asyncio.sleep(float(reply.headers.get("retry-after", 1)))
    raise SipasError("the service has been too busy for two minutes; see its log and try again")
