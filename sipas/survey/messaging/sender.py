"""The sender: sends due messages and stores what the gateway returns. Several may run at once."""

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sipas.errors import SipasError
from sipas.postgres.pool import CONTENT_ERRORS, UNREACHABLE_ERRORS, Pool
from sipas.queries.messages import Claimed
from sipas.settings import Settings
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.encryption import read_cipher
from sipas.survey.messaging.clock import Clock, SystemClock
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.delivery_receipts import DeliveryReceipts
from sipas.survey.messaging.expiry import expire_messages
from sipas.survey.messaging.outbox import SEND_ATTEMPTS_MAX, Judgement, Outbox, without_numbers
from sipas.survey.messaging.outgoing import MessageComposer
from sipas.survey.messaging.transports import (
    Accepted,
    Deferred,
    GatewayAway,
    OutgoingSms,
    Rejected,
    SendOutcome,
    Transport,
    Unknown,
    Unsent,
)
from sipas.survey.messaging.window import Window

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 0.5  # between two looks at an empty outbox
_EXPIRY_EVERY = timedelta(minutes=1)
RETRY_PAUSE_MAX = timedelta(minutes=10)  # between two attempts while the provider cannot be reached


class Sender:
    """did: outcomes of messages by kind. unnoted: outcomes not stored yet, while the database is away.

    late: answers that arrive after their timeout.
    """

    def __init__(
        self,
        pool: Pool,
        catalogue: LiveCatalogue,
        settings: Settings,
        config: SmsConfig,
        transport: Transport,
        clock: Clock | None = None,
    ) -> None:
        self.pool, self.catalogue, self.config, self.transport = pool, catalogue, config, transport
        self.clock = clock or SystemClock()
        self.outbox = Outbox(pool, config)
        self.composer = MessageComposer(catalogue, settings, config, read_cipher(settings))
        self.returns = DeliveryReceipts(pool, transport, settings.secret, read_cipher(settings))
        self.window = Window(config.at_once)
        self.did: Counter[str] = Counter()
        self.unnoted: list[Judgement] = []
        self.late: list[tuple[Claimed, asyncio.Future[SendOutcome]]] = []
        self.is_leaving = False
        self.problem = ""
        self.pause = timedelta(0)
        self.resumes_at = self.swept_at = self.clock.now() - _EXPIRY_EVERY

    def leave(self) -> None:
        """Send and record the claimed messages; then `run` ends."""
        self.is_leaving = True

    async def run(self) -> None:
        """Run until `leave` is called. No error ends it, because it may run unattended."""
        try:
            while self.window.flights or not self.is_leaving:
                if not await self.try_step():
                    await self.clock.sleep(_POLL_SECONDS)
        finally:
            self.window.cancel()

    async def try_step(self) -> bool:
        try:
            return await self.step()
        except GatewayAway as error:
            self.go_slow(str(error))
        except UNREACHABLE_ERRORS as error:
            _LOG.warning("the database is away; the sender tries again: %s", error)
        except Exception as error:
            self.go_slow(unforeseen(error))
        return False

    async def send_due(self) -> None:
        """Send all due messages. GatewayAway or SipasError: the provider accepts nothing."""
        try:
            busy = True
            while busy:
                busy = await self.step()
                if self.problem and not self.window.flights:
                    raise SipasError(f"the provider takes no messages now: {self.problem}; they wait")
        finally:
            await self.window.wait_for_all()
            await self.conclude(self.clock.now())

    async def step(self) -> bool:
        """Return whether more can be done at once: messages are in flight or wait for their turn."""
        now = self.clock.now()
        await self.conclude(now)
        await self.take_late(now)
        if now - self.swept_at >= _EXPIRY_EVERY:
            await self.catalogue.refresh()
            await expire_messages(self.pool, now)
            self.swept_at = now
        await self.returns.take(now)
        if now >= self.resumes_at and not self.is_leaving:
            await self.transport.ready()
            if not self.config.quiet.is_quiet(now) and await self.send_some(now):
                return True
        return await self.await_outcomes(_POLL_SECONDS)

    async def send_some(self, now: datetime) -> bool:
        """Fill the free slots of the window. False where nothing is due, or no slot is free."""
        # If the provider accepts nothing, a single message tests whether it does again.
        room = self.window.room() if not self.problem else int(not self.window.flights)
        if not room:
            return False
        claimed, first = await self.outbox.claim(now, room)
        if not claimed:
            return first > now and await self.await_turn((first - now).total_seconds())
        composed = await self.composer.compose_all(claimed)
        not_sent: list[Judgement] = [
            (one, what) for one, what in composed if not isinstance(what, OutgoingSms)
        ]
        self.unnoted += not_sent
        self.count(not_sent)
        to_send = [(one, what) for one, what in composed if isinstance(what, OutgoingSms)]
        for place, (one, sms) in enumerate(to_send):
            self.window.start(one, self.send(one, sms, place, first))
        await self.await_outcomes(_POLL_SECONDS)
        return True

    async def await_turn(self, seconds: float) -> bool:
        """Wait until the next message may go out, or until an outcome arrives."""
        if not await self.await_outcomes(seconds):
            await self.clock.sleep(seconds)
        return True

    async def await_outcomes(self, seconds: float) -> bool:
        """Record the outcomes that arrive within that time; False if no message is in flight."""
        is_flying = bool(self.window.flights)
        await self.window.wait(seconds)
        await self.conclude(self.clock.now())
        if is_flying:
            await self.returns.take(self.clock.now())
        return is_flying

    async def take_late(self, now: datetime) -> None:
        """Take late answers that are final; for others the next attempt decides."""
        ended = [(one, answer) for one, answer in self.late if answer.done()]
        self.late = [(one, answer) for one, answer in self.late if not answer.done()]
        outcomes = [(one, answer.result()) for one, answer in ended if answer.exception() is None]
        if final := [(one, what) for one, what in outcomes if isinstance(what, Accepted | Rejected)]:
            self.unnoted += final
            self.count(final)
            self.hear_again()
            await self.note(now)

    async def conclude(self, now: datetime) -> None:
        """Record the outcomes since the last call, and whether the provider answers at all."""
        outcomes = self.window.take_ended()
        self.unnoted += outcomes
        self.late += [(one, what.late) for one, what in outcomes if isinstance(what, Unknown) and what.late]
        self.count(outcomes)
        self.judge(outcomes)
        await self.note(now)

    async def note(self, now: datetime) -> None:
        """Record outcomes as soon as the database is back: an unrecorded message is sent again.

        If the database refuses one of them, the others are recorded without it.
        """
        at_once = len(self.unnoted)
        while some := self.unnoted[:at_once]:
            try:
                await self.outbox.record(some, now, receipts=self.transport.receipts)
            except CONTENT_ERRORS as error:
                if at_once > 1:
                    at_once = 1
                    continue
                key = some[0][0].key
                _LOG.error("message %s: what became of it cannot be noted: %s", key, unforeseen(error))
            del self.unnoted[:at_once]

    async def send(self, claimed: Claimed, sms: OutgoingSms, place: int, first: datetime) -> SendOutcome:
        """Send a message in its turn, at most per_second in a second. An error concerns only this message."""
        if claimed.tries > SEND_ATTEMPTS_MAX:
            return Deferred("never noted")
        turn = first + timedelta(seconds=place / self.config.per_second)
        await self.clock.sleep(max(0.0, (turn - self.clock.now()).total_seconds()))
        try:
            return await self.transport.send(sms)
        except Exception as error:
            _LOG.warning("message %s may have been sent: %s", claimed.key, unforeseen(error))
            return Unknown(f"{type(error).__name__} while sending")

    def count(self, outcomes: Sequence[Judgement]) -> None:
        self.did.update(type(what).__name__.lower() for _, what in outcomes)

    def judge(self, outcomes: Sequence[Judgement]) -> None:
        """Reduce attempts while the provider answers nothing, whatever it does with single messages."""
        if any(not isinstance(what, Unsent | Unknown) for _, what in outcomes):
            self.hear_again()
        elif silence := self.window.take_silence():
            self.go_slow(silence)

    def hear_again(self) -> None:
        self.problem, self.pause = "", timedelta(0)

    def go_slow(self, problem: str) -> None:
        if problem != self.problem:
            _LOG.warning("no messages go out: %s", problem)
        self.problem = problem
        self.pause = min(max(self.pause * 2, timedelta(seconds=1)), RETRY_PAUSE_MAX)
        self.resumes_at = self.clock.now() + self.pause


def unforeseen(error: Exception) -> str:
    """Describe an error in one line with its place. A traceback could repeat the message's content."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}: {error}"
    return without_numbers(" ".join(said.split()))
