"""Senders that die, ways out that fail, a database that goes away: each message still goes out once."""

import asyncio
import logging
import re
from collections import Counter

import pytest

from sipas.errors import DatabaseAway
from sipas.survey.messaging.transports import Accepted, Deferred, OutgoingSms, Rejected, SendOutcome
from sipas.survey.messaging.transports.log import LogTransport
from tests.survey.messaging.conftest import Office, Told, log_config, phones
from tests.waiting import until


async def test_a_sender_that_dies_in_between_leaves_its_message_to_the_next(
    office: Office, told: Told
) -> None:
    class Dying(LogTransport):
        async def send(self, sms: OutgoingSms) -> SendOutcome:
            keys.append(sms.key)
            raise asyncio.CancelledError

    keys: list[str] = []
    await office.write(phones(1))
    with pytest.raises(asyncio.CancelledError):
        await (await office.sender(log_config(), Dying())).step()
    sender = await office.sender(log_config())
    await sender.send_due()
    assert await office.states() == {"waiting": 1}  # it may still be at work
    office.clock.pass_(minutes=3)
    await sender.send_due()
    assert await office.states() == {"sent": 1}
    assert keys[0] in told()[0]  # by which a provider that knows keys sees that it is the same


async def test_what_was_sent_while_the_database_went_away_is_noted_once_it_is_back(
    office: Office, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.write(phones(3))
    sender = await office.sender(log_config())
    with monkeypatch.context() as away:
        away.setattr(sender.outbox, "record", no_database)
        for _ in range(2):
            with pytest.raises(DatabaseAway):
                await sender.step()
    assert await office.states() == {"waiting": 3}
    await sender.step()
    assert await office.states() == {"sent": 3}
    office.clock.pass_(minutes=5)
    await sender.send_due()
    assert len(told()) == 3


async def no_database(*_: object, **__: object) -> None:
    raise DatabaseAway("the database is away")


async def test_a_sender_that_is_told_to_leave_notes_what_it_sends(office: Office, told: Told) -> None:
    class Leaving(LogTransport):
        async def send(self, sms: OutgoingSms) -> SendOutcome:
            sender.leave()
            async with asyncio.timeout(30):
                await both_in_flight.wait()
            return await super().send(sms)

    both_in_flight = asyncio.Barrier(2)
    await office.write(phones(5))
    sender = await office.sender(log_config(at_once=2), Leaving())
    await sender.run()
    assert len(told()) == 2
    assert await office.states() == {"sent": 2, "waiting": 3}


async def test_two_that_sent_the_same_message_make_one_reminder_of_it(office: Office) -> None:
    """The claim of the first lapsed before it had an answer."""
    await office.remind_after(3)
    await office.write(phones(1))
    outbox = (await office.sender(log_config())).outbox
    claims = []
    for _ in range(2):
        claims += (await outbox.claim(office.clock.now(), 1))[0]
        office.clock.pass_(minutes=3)
    now = office.clock.now()
    await asyncio.gather(*(outbox.record([(one, Accepted(None))], now, receipts=False) for one in claims))
    assert await office.states() == {"sent": 1, "waiting": 1}
    assert await office.funnel() == {"sent": 1}


async def test_what_was_cancelled_while_a_sender_held_it_is_not_tried_again(office: Office) -> None:
    await office.write(phones(2))
    await office.conn.execute(
        """insert into transaction (id_hash, round_id, unit_id, procedure_id, service_channel, completed_at,
                changed_at, drawn, cancelled)
            select key::text::bytea, round_id, unit_id, procedure_id, service_channel, now(), now(),
                true, false
            from message"""
    )
    await office.conn.execute("update message set transaction_hash = key::text::bytea")
    sender = await office.sender(log_config(), AlwaysDeferred())
    await sender.send_due()
    assert await office.states() == {"waiting": 2}
    await office.conn.execute("update transaction set cancelled = true where ctid = '(0,1)'")
    office.clock.pass_(minutes=2)
    sender.transport = LogTransport()
    await sender.send_due()
    assert await office.states() == {"sent": 1, "cancelled": 1}
    assert await office.funnel() == {"sent": 1, "failed: cancelled": 1}
    assert await office.conn.fetchval("select count(*) from link where expires_at <= now()") == 1


class AlwaysDeferred(LogTransport):
    async def send(self, sms: OutgoingSms) -> SendOutcome:
        return Deferred("later")


class BrokenFor(LogTransport):
    """Fails as no way out of the house may: for a phone."""

    def __init__(self, phone: str) -> None:
        super().__init__()
        self.phone = phone
        self.tries: Counter[str] = Counter()
        self.keys: set[str] = set()

    async def send(self, sms: OutgoingSms) -> SendOutcome:
        self.tries[sms.phone] += 1
        if sms.phone == self.phone:
            self.keys.add(sms.key)
            raise ValueError(f"broken for {sms.phone}")
        return await super().send(sms)


async def test_a_message_that_breaks_the_way_out_sends_no_other_one_twice(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    to = phones(10)
    await office.write(to)
    transport = BrokenFor(to[3])
    sender = await office.sender(log_config(), transport)
    for _ in range(5):
        await sender.step()
        office.clock.pass_(minutes=10)
    assert transport.tries == dict.fromkeys(to, 1) | {to[3]: 3}  # it may have arrived each time
    assert len(transport.keys) == 1
    assert await office.states() == {"sent": 9, "failed": 1}
    assert await office.funnel() == {"sent": 9, "failed: ValueError while sending": 1}
    said = caplog.messages[0]
    assert re.search(
        r"may have been sent: ValueError in test_sender_trouble.py, line \d+: broken for …", said
    )
    assert to[3][3:] not in caplog.text


async def test_an_outcome_that_the_database_refuses_holds_up_no_other_message(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """And its own message does not go out for ever, although it is never recorded as sent."""

    class Odd(LogTransport):
        async def send(self, sms: OutgoingSms) -> SendOutcome:
            tries[sms.phone] += 1
            return Rejected("a\0b") if sms.phone == odd else Accepted(None)

    tries: Counter[str] = Counter()
    _, odd, _ = to = phones(3)
    await office.write(to)
    for _ in range(12):
        await (await office.sender(log_config(), Odd())).step()
        office.clock.pass_(minutes=10)
    assert tries == dict.fromkeys(to, 1) | {odd: 8}
    assert await office.funnel() == {"sent": 2, "failed: never noted": 1}
    assert "what became of it cannot be noted" in caplog.text


@pytest.mark.parametrize(("outcome", "state"), [(Accepted(None), "sent"), (Rejected("no"), "failed")])
async def test_the_key_that_a_provider_knows_goes_with_all_else(
    office: Office, outcome: SendOutcome, state: str
) -> None:
    class Listing(LogTransport):
        async def send(self, sms: OutgoingSms) -> SendOutcome:
            keys.append(sms.key)
            return outcome if len(keys) > 2 else Deferred("later")

    keys: list[str] = []
    await office.write(phones(1))
    sender = await office.sender(log_config(), Listing())
    for _ in range(3):
        await sender.step()
        office.clock.pass_(minutes=10)
    assert keys == [keys[0]] * 3  # while it waits, it is the same message
    assert await office.states() == {state: 1}
    assert await office.conn.fetchval("select key::text from message") != keys[0]


class BrokenOnce(LogTransport):
    """Fails as no way out of the house may: for all."""

    broken = False

    async def ready(self) -> None:
        if not self.broken:
            self.broken = True
            raise ValueError(f"broken for {phones(1)[0]}")


async def test_an_unhandled_exception_is_logged_in_one_line_and_ends_no_sender(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    [phone] = phones(1)
    await office.write([phone])
    sender = await office.sender(log_config(), BrokenOnce())
    running = asyncio.create_task(sender.run())

    async def sent() -> bool:
        return await office.states() == {"sent": 1}

    await until(sent, "the message went out all the same")
    sender.leave()
    await running
    [said] = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert re.search(r"no messages go out: ValueError in test_sender_trouble.py, line \d+: broken for", said)
    assert phone[3:] not in said
