"""Nothing leads from a message to a phone for longer than it must."""

from sipas.survey.sms.sweeping import sweep
from sipas.survey.tokens import hash_link
from tests.serving import SECRET
from tests.survey.sms.conftest import Office, phones


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
