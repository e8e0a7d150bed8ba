"""Messages in flight: a slot is free again as soon as its own message has an outcome."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from sipas.queries.messages import Claimed
from sipas.survey.messaging.outbox import Judgement
from sipas.survey.messaging.transports import Outcome, Unknown, Unsent


@dataclass(frozen=True)
class _Flight:
    """answers_before: how many answers of the provider had come when the message left."""

    claimed: Claimed
    answers_before: int


class Window:
    """At most `at_once` messages in flight, fewer while the provider leaves messages unanswered.

    A message that stays unanswered keeps its slot closed until the provider answers another message that left
    later or at the same time. So a provider that falls silent gets no more than `at_once` messages.
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.flights: dict[asyncio.Task[Outcome], _Flight] = {}
        self.answers = 0
        self.unanswered: list[str] = []  # the reasons, since the last answer

    def room(self) -> int:
        return max(0, self.at_once - len(self.flights) - len(self.unanswered))

    def start(self, claimed: Claimed, sending: Coroutine[Any, Any, Outcome]) -> None:
        self.flights[asyncio.create_task(sending)] = _Flight(claimed, self.answers)

    async def wait(self, seconds: float) -> None:
        """Until a message in flight has its outcome, and no longer than that."""
        if self.flights:
            await asyncio.wait(self.flights, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def wait_for_all(self) -> None:
        if self.flights:
            await asyncio.wait(self.flights)

    def take_ended(self) -> list[Judgement]:
        """Outcomes that came since the last call. Raises CancelledError where a task was cancelled."""
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
        """The last reason, once, where nothing is in flight and the last messages were left unanswered."""
        if self.flights or not self.unanswered:
            return None
        reason = self.unanswered[-1]
        self.unanswered.clear()
        return reason

    def cancel(self) -> None:
        for task in self.flights:
            task.cancel()
