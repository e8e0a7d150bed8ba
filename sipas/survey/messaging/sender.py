"""The sender: what is due goes out, and what comes back is kept. Several may run at once."""

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sipas.errors import SipasError
from sipas.postgres.pool import AWAY, CONTENT_ERRORS, Pool
from sipas.queries.messages import Claimed
from sipas.settings import Settings
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.encryption import read_sealer
from sipas.survey.messaging.clock import Clock, SystemClock
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.delivery_receipts import Returns
from sipas.survey.messaging.expiry import sweep
from sipas.survey.messaging.outbox import TRIES, Judgement, Outbox, without_numbers
from sipas.survey.messaging.outgoing import Packer
from sipas.survey.messaging.transports import (
    Accepted,
    Deferred,
    GatewayAway,
    Outcome,
    Parcel,
    Rejected,
    Transport,
    Unknown,
    Unsent,
)
from sipas.survey.messaging.window import Window

LOG = logging.getLogger(__name__)
LOOKING = 0.5  # seconds between two looks at an outbox in which nothing is due
SWEEPING = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=10)  # between two tries of a provider that is away


class Sender:
    """did: what became of the messages that it took up. unnoted: of the last, while the database is away.
    late: answers to some that are not waited for any longer.
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
        self.packer = Packer(catalogue, settings, config, read_sealer(settings))
        self.returns = Returns(pool, transport, settings.secret, read_sealer(settings))
        self.window = Window(config.at_once)
        self.did: Counter[str] = Counter()
        self.unnoted: list[Judgement] = []
        self.late: list[tuple[Claimed, asyncio.Future[Outcome]]] = []
        self.is_leaving = False
        self.problem = ""
        self.pause = timedelta(0)
        self.resumes_at = self.swept_at = self.clock.now() - SWEEPING

    def leave(self) -> None:
        """What it has taken up it sends, and notes; then `run` ends."""
        self.is_leaving = True

    async def run(self) -> None:
        """Until it is told to leave. Nothing else ends it: nobody may be watching."""
        try:
            while self.window.flights or not self.is_leaving:
                if not await self.try_step():
                    await self.clock.sleep(LOOKING)
        finally:
            self.window.cancel()

    async def try_step(self) -> bool:
        try:
            return await self.step()
        except GatewayAway as error:
            self.go_slow(str(error))
        except AWAY as error:
            LOG.warning("the database is away; the sender tries again: %s", error)
        except Exception as error:
            self.go_slow(unforeseen(error))
        return False

    async def send_due(self) -> None:
        """All that may go out now. GatewayAway or SipasError where the provider takes nothing."""
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
        """Whether there may be more to do at once: messages in flight, or some that wait for their turn."""
        now = self.clock.now()
        await self.conclude(now)
        await self.take_late(now)
        if now - self.swept_at >= SWEEPING:
            await self.catalogue.refresh()
            await sweep(self.pool, now)
            self.swept_at = now
        await self.returns.take(now)
        if now >= self.resumes_at and not self.is_leaving:
            await self.transport.ready()
            if not self.config.quiet.is_quiet(now) and await self.send_some(now):
                return True
        return await self.await_outcomes(LOOKING)

    async def send_some(self, now: datetime) -> bool:
        """Fill the free slots of the window. False where nothing is due, or no slot is free."""
        # Of a provider that takes nothing, one message finds out whether it does again.
        room = self.window.room() if not self.problem else int(not self.window.flights)
        if not room:
            return False
        claimed, first = await self.outbox.claim(now, room)
        if not claimed:
            return first > now and await self.await_turn((first - now).total_seconds())
        packed = await self.packer.pack(claimed)
        not_sent: list[Judgement] = [(one, what) for one, what in packed if not isinstance(what, Parcel)]
        self.unnoted += not_sent
        self.count(not_sent)
        to_send = [(one, what) for one, what in packed if isinstance(what, Parcel)]
        for place, (one, parcel) in enumerate(to_send):
            self.window.start(one, self.send(one, parcel, place, first))
        await self.await_outcomes(LOOKING)
        return True

    async def await_turn(self, seconds: float) -> bool:
        """Wait until the next message may go out, or an outcome comes before."""
        if not await self.await_outcomes(seconds):
            await self.clock.sleep(seconds)
        return True

    async def await_outcomes(self, seconds: float) -> bool:
        """Note the outcomes that come within that time; False where no message is in flight."""
        is_flying = bool(self.window.flights)
        await self.window.wait(seconds)
        await self.conclude(self.clock.now())
        if is_flying:
            await self.returns.take(self.clock.now())
        return is_flying

    async def take_late(self, now: datetime) -> None:
        """Answers that say for good what became of a message; of others the next try tells."""
        ended = [(one, answer) for one, answer in self.late if answer.done()]
        self.late = [(one, answer) for one, answer in self.late if not answer.done()]
        outcomes = [(one, answer.result()) for one, answer in ended if answer.exception() is None]
        if final := [(one, what) for one, what in outcomes if isinstance(what, Accepted | Rejected)]:
            self.unnoted += final
            self.count(final)
            self.hear_again()
            await self.note(now)

    async def conclude(self, now: datetime) -> None:
        """Note what came since, and whether the provider answers at all."""
        outcomes = self.window.take_ended()
        self.unnoted += outcomes
        self.late += [(one, what.late) for one, what in outcomes if isinstance(what, Unknown) and what.late]
        self.count(outcomes)
        self.judge(outcomes)
        await self.note(now)

    async def note(self, now: datetime) -> None:
        """As soon as there is a database: a message of which nothing is noted goes out again.

        Where the database takes offence at one of them, the others are noted without it.
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
                LOG.error("message %s: what became of it cannot be noted: %s", key, unforeseen(error))
            del self.unnoted[:at_once]

    async def send(self, claimed: Claimed, parcel: Parcel, place: int, first: datetime) -> Outcome:
        """In its turn, so that no more than per_second go out in a second. An error is of one message."""
        if claimed.tries > TRIES:
            return Deferred("never noted")
        turn = first + timedelta(seconds=place / self.config.per_second)
        await self.clock.sleep(max(0.0, (turn - self.clock.now()).total_seconds()))
        try:
            return await self.transport.send(parcel)
        except Exception as error:
            LOG.warning("message %s may have been sent: %s", claimed.key, unforeseen(error))
            return Unknown(f"{type(error).__name__} while sending")

    def count(self, outcomes: Sequence[Judgement]) -> None:
        self.did.update(type(what).__name__.lower() for _, what in outcomes)

    def judge(self, outcomes: Sequence[Judgement]) -> None:
        """A provider that answers nothing is tried less often, whatever it does with single messages."""
        if any(not isinstance(what, Unsent | Unknown) for _, what in outcomes):
            self.hear_again()
        elif silence := self.window.take_silence():
            self.go_slow(silence)

    def hear_again(self) -> None:
        self.problem, self.pause = "", timedelta(0)

    def go_slow(self, problem: str) -> None:
        if problem != self.problem:
            LOG.warning("no messages go out: %s", problem)
        self.problem = problem
        self.pause = min(max(self.pause * 2, timedelta(seconds=1)), LONGEST_PAUSE)
        self.resumes_at = self.clock.now() + self.pause


def unforeseen(error: Exception) -> str:
    """In one line with its place, and without a traceback, which might repeat what a letter says."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    said = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}: {error}"
    return without_numbers(" ".join(said.split()))
