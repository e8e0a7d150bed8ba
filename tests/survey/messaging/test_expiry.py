"""Nothing leads from a message to a phone for longer than it must."""

from datetime import timedelta

from sipas.survey.messaging.expiry import expire_messages
from sipas.survey.messaging.transports import Accepted
from sipas.survey.tokens import hash_link
from tests.serving import SECRET
from tests.survey.messaging.conftest import Office, log_config, phones


async def test_phones_are_forgotten_when_the_link_expires_and_nothing_was_heard(office: Office) -> None:
    """A provider that accepts and never tells; and messages that never went out."""
    await office.write(phones(4))
    await office.conn.execute("update message set state = 'sent', provider_id = 'p' || id where id <= 2")
    await expire_messages(office.pool, office.clock.now())
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 4
    office.clock.pass_(days=14)
    assert await expire_messages(office.pool, office.clock.now()) == 4
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 0
    assert await office.funnel() == {"failed: no receipt": 2, "failed: not sent in time": 2}


async def test_an_answer_proves_that_its_message_arrived(office: Office) -> None:
    sent, waiting = await office.write(phones(2))
    await office.conn.execute(
        "update message set state = 'sent', provider_id = 'p' where link_hash = $1", hash_link(sent, SECRET)
    )
    await office.use(sent)
    await office.use(waiting)
    assert await expire_messages(office.pool, office.clock.now()) == 2
    assert await office.states() == {"delivered": 2}
    assert await office.funnel() == {"sent": 1, "delivered": 2}  # the second was not recorded as sent
    left = "select count(*) from message where num_nonnulls(payload, link_hash, provider_id) > 0"
    assert await office.conn.fetchval(left) == 0


async def test_a_round_that_has_closed_sends_no_more_and_its_phones_are_forgotten(office: Office) -> None:
    """An unsent message cannot be answered."""
    await office.remind_after(3)
    await office.write(phones(1))
    sender = await office.sender(log_config())
    await sender.send_due()
    await office.write(phones(3))
    await office.conn.execute("update round set closes_at = now()")
    await sender.send_due()  # before anything is swept
    assert await office.states() == {"sent": 1, "waiting": 4}
    assert await expire_messages(office.pool, office.clock.now()) == 4
    assert await office.states() == {"sent": 1, "cancelled": 4}
    assert await office.funnel() == {"sent": 1, "failed: closed": 3}
    assert await office.conn.fetchval("select count(*) from message where payload is not null") == 0
    assert await office.conn.fetchval("select count(*) from link where expires_at <= now()") == 3


async def test_no_reminder_is_written_for_a_time_after_the_round(office: Office) -> None:
    await office.remind_after(3)
    await office.write(phones(1))
    await office.conn.execute("update round set closes_at = $1", office.clock.now() + timedelta(days=2))
    await (await office.sender(log_config())).send_due()
    assert await office.states() == {"sent": 1}


async def test_what_a_sender_holds_is_left_to_it(office: Office) -> None:
    await office.write(phones(2))
    outbox = (await office.sender(log_config())).outbox
    (held,), _ = await outbox.claim(office.clock.now(), 1)
    await office.conn.execute("update round set closes_at = now()")
    assert await expire_messages(office.pool, office.clock.now()) == 1
    await outbox.record([(held, Accepted(None))], office.clock.now(), receipts=False)
    assert await office.funnel() == {"sent": 1, "failed: closed": 1}
