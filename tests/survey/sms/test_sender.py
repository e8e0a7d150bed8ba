"""When messages go out, how many, and how often one does."""

import asyncio
import logging
import re
from collections import Counter
from datetime import datetime, timedelta

import pytest

from sipas.errors import DatabaseAway
from sipas.queries.messages import resume_sending, stop_sending
from sipas.queries.opt_outs import insert_opt_out
from sipas.survey.sms.config import SmsConfig
from sipas.survey.sms.hours import QuietHours
from sipas.survey.sms.opt_out import OPT_OUT, cancel_messages_of_link
from sipas.survey.sms.phones import hash_phone
from sipas.survey.sms.resealing import reseal_all
from sipas.survey.sms.sealing import Sealer
from sipas.survey.sms.sweeping import sweep
from sipas.survey.sms.transports import Accepted, Deferred, Outcome, Parcel, Rejected, Unknown
from sipas.survey.sms.transports.log import LogTransport
from sipas.survey.tokens import hash_link
from tests.serving import SECRET
from tests.survey.sms.conftest import Office, SetClock, log_config, phones
from tests.waiting import until

OUT = "sipas.survey.sms.transports.log"


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == OUT]


async def test_each_message_goes_out_once_however_many_senders_there_are(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, OUT)
    tokens = await office.write(phones(300))
    senders = [await office.sender(log_config(at_once=7)) for _ in range(4)]
    await asyncio.gather(*(sender.send_due() for sender in senders))
    found = Counter(token for line in told(caplog) for token in tokens if token in line)
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


async def test_a_sender_that_dies_in_between_leaves_its_message_to_the_next(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, OUT)

    class Dying(LogTransport):
        async def send(self, parcel: Parcel) -> Outcome:
            keys.append(parcel.key)
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
    assert keys[0] in told(caplog)[0]  # by which a provider that knows keys sees that it is the same


async def test_what_was_sent_while_the_database_went_away_is_noted_once_it_is_back(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, OUT)
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
    assert len(told(caplog)) == 3


async def no_database(*_: object, **__: object) -> None:
    raise DatabaseAway("the database is away")


async def test_a_sender_that_is_told_to_leave_notes_what_it_sends(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, OUT)

    class Leaving(LogTransport):
        async def send(self, parcel: Parcel) -> Outcome:
            sender.leave()
            await asyncio.sleep(0.05)
            return await super().send(parcel)

    await office.write(phones(5))
    sender = await office.sender(log_config(at_once=2), Leaving())
    await sender.run()
    assert len(told(caplog)) == 2
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


async def test_a_message_that_may_have_arrived_counts_for_the_day(office: Office) -> None:
    class Vague(LogTransport):
        async def send(self, parcel: Parcel) -> Outcome:
            return Unknown("no answer") if parcel.phone == phones(2)[0] else Rejected("no such number")

    await office.write(phones(2))
    await (await office.sender(log_config(), Vague())).step()
    assert await office.conn.fetchval("select taken from sending") == 1


async def test_one_reminder_goes_out_and_only_where_nobody_answered(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.remind_after(3)
    answered, _, stopped = await office.write(phones(3))
    sender = await office.sender(log_config())
    await sender.send_due()
    await office.use(answered)
    async with office.conn.transaction():
        await cancel_messages_of_link(office.conn, hash_link(stopped, SECRET))
    caplog.set_level(logging.INFO, OUT)
    for _ in range(5):
        office.clock.pass_(days=3)
        await sender.send_due()
    assert len(told(caplog)) == 1
    assert "van mong y kien" in told(caplog)[0]
    assert await office.funnel() == {"sent": 3, "reminded": 1}
    assert await office.states() == {"sent": 4, "cancelled": 2}
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 0


async def test_whoever_opted_out_since_a_message_was_written_does_not_get_it(office: Office) -> None:
    await office.write(phones(2))
    await insert_opt_out(office.conn, hash_phone(phones(1)[0], SECRET, OPT_OUT), office.clock.now().date())
    await (await office.sender(log_config())).send_due()
    assert await office.states() == {"sent": 1, "cancelled": 1}
    assert await office.funnel() == {"sent": 1, "failed: opted out": 1}


async def test_phones_are_forgotten_when_the_link_expires_and_nothing_was_heard(office: Office) -> None:
    """A provider that accepts and never tells; and messages that never went out."""
    await office.write(phones(4))
    await office.conn.execute("update message set state = 'sent', provider_id = 'p' || id where id <= 2")
    await sweep(office.pool, office.clock.now())
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 4
    office.clock.pass_(days=14)
    assert await sweep(office.pool, office.clock.now()) == 4
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 0
    assert await office.funnel() == {"failed: no receipt": 2, "failed: not sent in time": 2}


async def test_an_answer_proves_that_its_message_arrived(office: Office) -> None:
    sent, waiting = await office.write(phones(2))
    await office.conn.execute(
        "update message set state = 'sent', provider_id = 'p' where link_hash = $1", hash_link(sent, SECRET)
    )
    await office.use(sent)
    await office.use(waiting)
    assert await sweep(office.pool, office.clock.now()) == 2
    assert await office.states() == {"delivered": 1, "cancelled": 1}
    left = "select count(*) from message where num_nonnulls(payload, link_hash, provider_id) > 0"
    assert await office.conn.fetchval(left) == 0


async def test_a_letter_sealed_with_a_key_that_is_not_at_hand_waits_for_it(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.write(phones(1))
    sender = await office.sender(log_config())
    sender.packer.sealer = Sealer([b"another key altogether"])
    await sender.step()
    assert await office.states() == {"waiting": 1}
    assert "add the earlier key" in caplog.text
    assert sender.problem == ""  # of the provider's; other messages go out meanwhile
    sender.packer.sealer = Sealer([b"another key altogether", SECRET])
    office.clock.pass_(minutes=2)
    await sender.send_due()
    assert await office.states() == {"sent": 1}


async def test_a_link_that_would_not_open_is_not_sent(office: Office) -> None:
    """Made before SIPAS_SECRET changed, while SIPAS_PHONE_KEYS still opens the letter."""
    await office.write(phones(1))
    sender = await office.sender(log_config())
    sender.packer.secret = b"the secret of next year"
    await sender.step()
    reason = await office.conn.fetchval("select reason from message where state = 'waiting'")
    assert reason == "made with another secret"
    sender.packer.secret = SECRET
    office.clock.pass_(minutes=2)
    await sender.send_due()
    assert await office.states() == {"sent": 1}


async def test_a_new_key_takes_over_and_the_earlier_one_may_go(office: Office) -> None:
    await office.write(phones(3))
    await office.conn.execute(
        """insert into transaction (id_hash, round_id, unit_id, procedure_id, service_channel, completed_at,
                changed_at, due_at, phone, drawn, cancelled)
            select 'H', round.id, 1, 1, 'counter', now(), now(), now(), $1, true, false from round""",
        Sealer([SECRET]).seal(b"reach"),
    )
    new = Sealer([b"the key of this year", SECRET])
    assert await reseal_all(office.conn, new) == 4
    assert await reseal_all(office.conn, new) == 0
    sender = await office.sender(log_config())
    sender.packer.sealer = Sealer([b"the key of this year"])
    assert (
        sender.packer.sealer.unseal(await office.conn.fetchval("select phone from transaction")) == b"reach"
    )
    await sender.send_due()
    assert await office.states() == {"sent": 3}


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
    async def send(self, parcel: Parcel) -> Outcome:
        return Deferred("later")


class BrokenFor(LogTransport):
    """Fails as no way out of the house may: for a phone."""

    def __init__(self, phone: str) -> None:
        super().__init__()
        self.phone = phone
        self.tries: Counter[str] = Counter()
        self.keys: set[str] = set()

    async def send(self, parcel: Parcel) -> Outcome:
        self.tries[parcel.phone] += 1
        if parcel.phone == self.phone:
            self.keys.add(parcel.key)
            raise ValueError(f"broken for {parcel.phone}")
        return await super().send(parcel)


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
    assert re.search(r"may have been sent: ValueError in test_sender.py, line \d+: broken for …", said)
    assert to[3][3:] not in caplog.text


@pytest.mark.parametrize(("outcome", "state"), [(Accepted(None), "sent"), (Rejected("no"), "failed")])
async def test_the_key_that_a_provider_knows_goes_with_all_else(
    office: Office, outcome: Outcome, state: str
) -> None:
    class Listing(LogTransport):
        async def send(self, parcel: Parcel) -> Outcome:
            keys.append(parcel.key)
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


async def test_what_nobody_foresaw_is_logged_in_a_line_and_ends_no_sender(
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
    assert re.search(r"no messages go out: ValueError in test_sender.py, line \d+: broken for", said)
    assert phone[3:] not in said


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
