"""Computations for requests, in classes that do not block each other, and only while the client waits."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar, TypeVarTuple

from litestar import Request
from litestar.datastructures import State

from sipas.charts.drawer import Drawer
from sipas.routes.guards import SESSION_COOKIE, request_source
from sipas.stopping import CURRENT, Abandoned, Deadline
from sipas.turns import Turns

_Made = TypeVar("_Made")
_Arguments = TypeVarTuple("_Arguments")
_AnyRequest = Request[Any, Any, State]

_LONGEST_WAIT_S = 20.0  # in the queue
_LONGEST_RUN_S = 30.0  # of computing
_LONGEST_EXPORT_S = 900.0
_SHORT_ROWS = 2_000  # larger tables are long work
_BUSY_TEXT = "the server is computing for others at the moment; try again"


class WorkPool:
    """Threads for one class of work. Clients take turns, and each has a limit of waiting requests."""

    def __init__(self, name: str, threads: int, longest_run_s: float = _LONGEST_RUN_S) -> None:
        self.longest_run_s = longest_run_s
        self.executor = ThreadPoolExecutor(threads, name)
        self.turns = Turns(threads, busy=_BUSY_TEXT, each_waiting=16, longest_wait_s=_LONGEST_WAIT_S)

    async def run(self, client: str, work: Callable[[*_Arguments], _Made], *arguments: *_Arguments) -> _Made:
        """Run work. Overloaded: no turn came in time. If the client leaves, the work ends at its next
        step.
        """
        async with self.turns.turn(client):
            deadline, context = Deadline(self.longest_run_s), copy_context()
            context.run(CURRENT.set, deadline)
            loop = asyncio.get_running_loop()
            running = loop.run_in_executor(self.executor, context.run, work, *arguments)
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                deadline.abandoned.set()
                await asyncio.wait([running])  # keep the turn until the thread is free
                running.exception()
                raise


class Work:
    """short: small tables. long: large ones, replicates, comparisons. pages: the dashboard.
    exports: files of responses.
    """

    def __init__(self) -> None:
        self.short = WorkPool("short", 2)
        self.long = WorkPool("long", 1)
        self.pages = WorkPool("pages", 1)
        self.charts = WorkPool("charts", 1)
        self.exports = WorkPool("exports", 1, _LONGEST_EXPORT_S)
        self.drawer = Drawer()

    def for_table(self, rows: int, *, replicates: bool = False) -> WorkPool:
        return self.long if replicates or rows > _SHORT_ROWS else self.short

    async def close(self) -> None:
        await self.drawer.close()
        for pool in (self.short, self.long, self.pages, self.charts, self.exports):
            pool.executor.shutdown(wait=False, cancel_futures=True)


def client_of(request: _AnyRequest) -> str:
    """Return a hash of the client's key, session or address, for turns while it waits."""
    credential = request.headers.get("authorization") or request.cookies.get(SESSION_COOKIE)
    return hashlib.sha256((credential or request_source(request)).encode(errors="replace")).hexdigest()


async def while_connected(request: _AnyRequest, work: Awaitable[_Made]) -> _Made:
    """Cancel the work when the client leaves."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_until_gone(request))
    try:
        await asyncio.wait([task, gone], return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Abandoned("the client has left")
        return task.result()
    finally:
        for one in (task, gone):
            one.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def _until_gone(request: _AnyRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
