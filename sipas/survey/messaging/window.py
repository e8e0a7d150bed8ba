"""The window of messages in flight: each outcome frees a slot at once."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from sipas.queries.messages import Claimed
from sipas.survey.messaging.outbox import Judgement
from sipas.survey.messaging.transports import SendOutcome, Unknown, Unsent


@dataclass(frozen=True)
class _Flight:
    """answers_before: number of the provider's answers when the message was sent."""

    claimed: Claimed
    answers_before: int


class Window:
    """At most `at_once` messages in flight, fewer while the provider leaves messages unanswered.

    An unanswered message keeps its slot until the provider answers another message that was sent at the same
    time or later. So a silent provider gets at most `at_once` messages.
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.flights: dict[asyncio.Task[SendOutcome], _Flight] = {}
        self.answers = 0
        self.unanswered: list[str] = []  # the reasons, since the last answer

    def room(self) -> int:
        return max(0, self.at_once - len(self.flights) - len(self.unanswered))

    def start(self, claimed: Claimed, sending: Coroutine[Any, Any, SendOutcome]) -> None:
        self.flights[asyncio.create_task(sending)] = _Flight(claimed, self.answers)

    async def wait(self, seconds: float) -> None:
        """Wait until a message has its outcome, or until the time is over."""
        if self.flights:
            await asyncio.wait(self.flights, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def wait_for_all(self) -> None:
        if self.flights:
            await asyncio.wait(self.flights)

    def take_ended(self) -> list[Judgement]:
        """Return the outcomes since the last call. Raises CancelledError if a task was cancelled."""
        ended = {task: self.flights.pop(task) for task in list(self.flights) if task.done()}
        outcomes = [(flight, task.result()) for task, flight in ended.items()]
        if answered := sum(not isinstance(what, Unsent | Unknown) for _, what in outcomes):
            self.answers += answered
            self.unanswered.clear()
        for flight, what in outcomes:
            if isinstance(what, Unsent | Unknown) and flight.answers_before == self.answers:
                self.unanswered.append(what.reason)
        return [(flight.claimed, what) for flight, what in outcomes]

    def take_silence(self) -> str | None:
        """Return the last reason, once, if nothing is in flight and the last messages were unanswered."""
        if self.flights or not self.unanswered:
            return None
        reason = self.unanswered[-1]
        self.unanswered.clear()
        return reason

    def cancel(self) -> None:
        for task in self.flights:
            task.cancel()
