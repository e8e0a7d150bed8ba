"""A bounded number of turns at a time, shared evenly between the clients that wait."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sipas.errors import Overloaded

_Turn = asyncio.Future[None]


class Turns:
    """Gives out `at_once` turns. Waiting clients take turns in order, however many turns each requests.

    A client has at most `each_at_once` turns. `each_waiting` and `all_waiting` limit the queue, and
    `longest_wait_s` the wait. Beyond these limits `Overloaded` is raised with `busy`, and no work has begun.
    """

    def __init__(
        self,
        at_once: int,
        *,
        busy: str,
        each_at_once: int | None = None,
        each_waiting: int = 32,
        all_waiting: int = 256,
        longest_wait_s: float = 20.0,
    ) -> None:
        self.at_once, self.each_at_once = at_once, each_at_once or at_once
        self.each_waiting, self.all_waiting = each_waiting, all_waiting
        self.longest_wait_s, self.busy = longest_wait_s, busy
        self.running: dict[str, int] = {}
        self.waiting: dict[str, deque[_Turn]] = {}

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        await self.acquire(client)
        try:
            yield
        finally:
            self.release(client)

    async def acquire(self, client: str) -> None:
        if self.is_free(client):
            self.start(client)
            return
        turn = self.enqueue(client)
        try:
            async with asyncio.timeout(self.longest_wait_s):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # the turn came just as the client left
                self.release(client)
            else:
                self.leave(client, turn)
            if isinstance(error, TimeoutError):
                raise Overloaded(self.busy) from None
            raise

    def release(self, client: str) -> None:
        self.running[client] -= 1
        if not self.running[client]:
            del self.running[client]
        self.call_next()

    def is_free(self, client: str) -> bool:
        return sum(self.running.values()) < self.at_once and self.running.get(client, 0) < self.each_at_once

    def start(self, client: str) -> None:
        self.running[client] = self.running.get(client, 0) + 1

    def enqueue(self, client: str) -> _Turn:
        if len(self.waiting.get(client, ())) >= self.each_waiting or self.total_waiting >= self.all_waiting:
            raise Overloaded(self.busy)
        turn: _Turn = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(client, deque()).append(turn)
        return turn

    def leave(self, client: str, turn: _Turn) -> None:
        self.waiting[client].remove(turn)
        if not self.waiting[client]:
            del self.waiting[client]

    @property
    def total_waiting(self) -> int:
        return sum(map(len, self.waiting.values()))

    def call_next(self) -> None:
        """Serve the client that has waited longest since its last turn, and move it to the end."""
        for client in list(self.waiting):
            if not self.is_free(client):
                continue
            queue = self.waiting.pop(client)
            turn = queue.popleft()
            if queue:
                self.waiting[client] = queue
            self.start(client)
            turn.set_result(None)
