"""Computing for requests, in classes that do not wait for each other, and no longer than the client does."""

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
from sipas.routes.guards import COOKIE, source_of
from sipas.stopping import CURRENT, Abandoned, Deadline
from sipas.turns import Turns

Made = TypeVar("Made")
Arguments = TypeVarTuple("Arguments")
AnyRequest = Request[Any, Any, State]

LONGEST_WAIT_S = 20.0  # for a turn
LONGEST_RUN_S = 30.0  # of computing
SHORT_ROWS = 2_000  # a table of more is long work
BUSY = "the server is computing for others at the moment; try again"


class WorkPool:
    """Threads for one class of work. Readers take turns; each has some waiting, not all."""

    def __init__(self, name: str, threads: int) -> None:
        self.executor = ThreadPoolExecutor(threads, name)
        self.turns = Turns(threads, busy=BUSY, each_waiting=16, longest_wait_s=LONGEST_WAIT_S)

    async def run(self, client: str, work: Callable[[*Arguments], Made], *arguments: *Arguments) -> Made:
        """Overloaded: no turn came in time. A client that leaves ends its work at the next step."""
        async with self.turns.turn(client):
            deadline, context = Deadline(LONGEST_RUN_S), copy_context()
            context.run(CURRENT.set, deadline)
            loop = asyncio.get_running_loop()
            running = loop.run_in_executor(self.executor, context.run, work, *arguments)
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                deadline.abandoned.set()
                await asyncio.wait([running])  # the turn lasts until the thread is free
                running.exception()
                raise


class Work:
    """short: small tables. long: large ones, replicates, comparisons. pages: the dashboard."""

    def __init__(self) -> None:
        self.short = WorkPool("short", 2)
        self.long = WorkPool("long", 1)
        self.pages = WorkPool("pages", 1)
        self.charts = WorkPool("charts", 1)
        self.drawer = Drawer()

    def for_table(self, rows: int, *, replicates: bool = False) -> WorkPool:
        return self.long if replicates or rows > SHORT_ROWS else self.short

    async def close(self) -> None:
        await self.drawer.close()
        for pool in (self.short, self.long, self.pages, self.charts):
            pool.executor.shutdown(wait=False, cancel_futures=True)


def client_of(request: AnyRequest) -> str:
    """Identify the client that takes turns: by key, session or address, hashed, while it waits."""
    credential = request.headers.get("authorization") or request.cookies.get(COOKIE)
    return hashlib.sha256((credential or source_of(request)).encode(errors="replace")).hexdigest()


async def while_connected(request: AnyRequest, work: Awaitable[Made]) -> Made:
    """Cancel the work when the client leaves."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(until_gone(request))
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


async def until_gone(request: AnyRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
