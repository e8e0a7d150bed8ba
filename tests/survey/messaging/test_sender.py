"""When messages go out, how many, and how often one does."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from sipas.errors import SipasError
from sipas.queries.messages import resume_sending, stop_sending
from sipas.queries.opt_outs import insert_opt_out
from sipas.survey.contacts.opt_outs import OPT_OUT_PURPOSE, opt_out
from sipas.survey.contacts.phones import hash_phone
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.quiet_hours import QuietHours
from sipas.survey.messaging.transports import OutgoingSms, Rejected, SendOutcome, Unknown
from sipas.survey.messaging.transports.log import LogTransport
from tests.serving import SECRET
from tests.survey.messaging.conftest import Office, SetClock, Told, log_config, phones
from tests.waiting import until


async def test_each_message_goes_out_once_however_many_senders_there_are(office: Office, told: Told) -> None:
    tokens = await office.write(phones(300))
    senders = [await office.sender(log_config(at_once=7)) for _ in range(4)]
    await asyncio.gather(*(sender.send_due() for sender in senders))
    found = Counter(token for line in told() for token in tokens if token in line)
    assert found == dict.fromkeys(tokens, 1)
    assert await office.funnel() == {"sent": 300}
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 0


async def test_nothing_goes_out_at_night_in_hanoi(office: Office) -> None:
    sender = await office.sender(log_config())
    await office.write(phones(1))
    for clock in ("21:00", "23:59", "03:00", "07:29"):
        office.clock.at(clock)
        await sender.send_due()
        assert await office.states() == {"waiting": 1}
    office.clock.at("07:30")
    await sender.send_due()
    assert await office.states() == {"sent": 1}


async def test_no_more_go_out_in_a_day_than_the_cap_by_all_senders_together(office: Office) -> None:
    await office.write(phones(50))
    for _ in range(3):
        sender = await office.sender(log_config(per_day=20, quiet=QuietHours(*[QuietHours().until] * 2)))
        await sender.send_due()
        assert (await office.states())["sent"] == 20
    office.clock.pass_(days=1)
    await sender.send_due()
    assert await office.states() == {"sent": 40, "waiting": 10}


async def test_the_rate_is_of_all_senders_together(office: Office) -> None:
    await office.write(phones(30))
    started = office.clock.now()
    senders = [await office.sender(SmsConfig(per_second=5)) for _ in range(2)]
    while (await office.states()).get("waiting"):
        for sender in senders:
            await sender.step()
    assert timedelta(seconds=5) <= office.clock.now() - started <= timedelta(seconds=7)


async def test_sending_is_stopped_and_resumed_at_once_for_every_sender(office: Office) -> None:
    await office.write(phones(3))
    sender = await office.sender(log_config(at_once=1))
    await sender.step()
    await stop_sending(office.conn, "us")
    await sender.send_due()
    assert await office.states() == {"sent": 1, "waiting": 2}
    await resume_sending(office.conn)
    await sender.send_due()
    assert await office.states() == {"sent": 3}


async def test_a_message_that_may_have_arrived_counts_for_the_day(office: Office) -> None:
    class Vague(LogTransport):
        async def send(self, sms: OutgoingSms) -> SendOutcome:
            return Unknown("no answer") if sms.phone == phones(2)[0] else Rejected("no such number")

    await office.write(phones(2))
    await (await office.sender(log_config(), Vague())).step()
    assert await office.conn.fetchval("select taken from sending") == 1


async def test_one_reminder_goes_out_and_only_for_unanswered_invitations(
    office: Office, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    await office.remind_after(3)
    answered, _, _ = await office.write(phones(3))
    sender = await office.sender(log_config())
    await sender.send_due()
    await office.use(answered)
    async with office.conn.transaction():
        await opt_out(office.conn, hash_phone(phones(3)[2], SECRET, OPT_OUT_PURPOSE), office.clock.now())
    caplog.clear()
    for _ in range(5):
        office.clock.pass_(days=3)
        await sender.send_due()
    assert len(told()) == 1
    assert "van mong y kien" in told()[0]
    assert await office.funnel() == {"sent": 3, "reminded": 1}
    assert await office.states() == {"sent": 4, "cancelled": 2}
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 0


async def test_a_message_is_cancelled_by_a_later_opt_out(office: Office) -> None:
    await office.write(phones(2))
    await insert_opt_out(
        office.conn, hash_phone(phones(1)[0], SECRET, OPT_OUT_PURPOSE), office.clock.now().date()
    )
    await (await office.sender(log_config())).send_due()
    assert await office.states() == {"sent": 1, "cancelled": 1}
    assert await office.funnel() == {"sent": 1, "failed: opted out": 1}


class Slow(LogTransport):
    """Answers the first message only when a test says so, all others at once."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = asyncio.Event()
        self.taken: list[str] = []

    async def send(self, sms: OutgoingSms) -> SendOutcome:
        self.taken.append(sms.phone)
        if len(self.taken) == 1:
            await self.answered.wait()
        return await super().send(sms)


async def test_one_slow_answer_holds_up_its_own_slot_alone(office: Office) -> None:
    """And what became of the others is noted before it comes."""
    await office.write(phones(50))
    transport = Slow()
    sender = await office.sender(log_config(at_once=3), transport)
    sending = asyncio.create_task(sender.send_due())

    async def noted() -> bool:
        return await office.states() == {"sent": 49, "waiting": 1}

    await until(noted, "all but the slow one were noted", 20)
    transport.answered.set()
    await sending
    assert await office.states() == {"sent": 50}
    assert len(set(transport.taken)) == len(transport.taken) == 50


class Unanswering(LogTransport):
    """Leaves every message unanswered; a test counts how many it got before the sender gave up."""

    taken = 0

    async def send(self, sms: OutgoingSms) -> SendOutcome:
        self.taken += 1
        await asyncio.sleep(0.001 * (self.taken % 5))  # not all at the same moment
        return Unknown("no answer")


async def test_a_provider_that_falls_silent_gets_no_more_than_fit_the_window(office: Office) -> None:
    await office.write(phones(50))
    transport = Unanswering()
    with pytest.raises(SipasError, match="no answer; they wait"):
        await (await office.sender(log_config(at_once=7), transport)).send_due()
    assert transport.taken == 7


async def test_an_unused_turn_does_not_end_sending_early(office: Office) -> None:
    """One of six messages is cancelled, so that the sender is ahead of the rate."""
    await office.write(phones(6))
    await insert_opt_out(
        office.conn, hash_phone(phones(2)[1], SECRET, OPT_OUT_PURPOSE), office.clock.now().date()
    )
    await (await office.sender(SmsConfig(per_second=1))).send_due()
    assert await office.states() == {"sent": 5, "cancelled": 1}


async def test_a_running_sender_hears_within_a_second_that_sending_is_stopped(office: Office) -> None:
    """By the clock of the service, as it runs; what is taken up at once is no more than a second's."""
    await office.write(phones(40))
    config = SmsConfig(per_second=4, quiet=QuietHours(*[QuietHours().until] * 2))
    sender = await office.sender(config)
    clock = sender.clock = StoppingClock(office, after=11)
    with pytest.raises(asyncio.CancelledError):
        await sender.run()
    assert clock.stopped_at is not None
    sent = (await office.states())["sent"]
    assert clock.sent_when_stopped <= sent <= clock.sent_when_stopped + 2 * config.per_second


class StoppingClock(SetClock):
    """Stops sending when so many messages are out, and ends the sender a minute later."""

    def __init__(self, office: Office, after: int) -> None:
        super().__init__(office.clock.moment)
        self.office, self.after = office, after
        self.stopped_at: datetime | None = None
        self.sent_when_stopped = 0

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.stopped_at and self.now() - self.stopped_at > timedelta(minutes=1):
            raise asyncio.CancelledError
        sent = await self.office.pool.fetchval("select count(*) from message where state = 'sent'")
        if self.stopped_at is None and sent >= self.after:
            async with self.office.pool.acquire() as conn:
                await stop_sending(conn, "us")
            self.stopped_at, self.sent_when_stopped = self.now(), sent
