"""Letters and links of another key wait for it, and nothing is lost when keys change."""

import pytest

from sipas.queries.callbacks import insert_unread
from sipas.survey.encryption import FieldCipher
from sipas.survey.messaging.reencryption import reencrypt_all
from sipas.survey.messaging.transports import Unread
from sipas.survey.messaging.unread_callbacks import encrypted_unread
from tests.serving import SECRET
from tests.survey.messaging.conftest import Office, log_config, phones


async def test_a_letter_sealed_with_a_key_that_is_not_at_hand_waits_for_it(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await office.write(phones(1))
    sender = await office.sender(log_config())
    sender.composer.cipher = FieldCipher([b"another key altogether"])
    await sender.step()
    assert await office.states() == {"waiting": 1}
    assert "add the earlier key" in caplog.text
    assert sender.problem == ""  # of the provider's; other messages go out meanwhile
    sender.composer.cipher = FieldCipher([b"another key altogether", SECRET])
    office.clock.pass_(minutes=2)
    await sender.send_due()
    assert await office.states() == {"sent": 1}


async def test_a_link_that_would_not_open_is_not_sent(office: Office) -> None:
    """Made before SIPAS_SECRET changed, while SIPAS_PHONE_KEYS still opens the letter."""
    await office.write(phones(1))
    sender = await office.sender(log_config())
    sender.composer.secret = b"the secret of next year"
    await sender.step()
    reason = await office.conn.fetchval("select reason from message where state = 'waiting'")
    assert reason == "made with another secret"
    sender.composer.secret = SECRET
    office.clock.pass_(minutes=2)
    await sender.send_due()
    assert await office.states() == {"sent": 1}


async def test_a_new_key_takes_over_and_the_earlier_one_may_go(office: Office) -> None:
    await office.write(phones(3))
    await office.conn.execute(
        """insert into transaction (id_hash, round_id, unit_id, procedure_id, service_channel, completed_at,
                changed_at, due_at, phone, drawn, cancelled)
            select 'H', round.id, 1, 1, 'counter', now(), now(), now(), $1, true, false from round""",
        FieldCipher([SECRET]).encrypt(b"reach"),
    )
    kept = encrypted_unread(Unread("a=…", b"a=1"), "content", None, FieldCipher([SECRET]), office.clock.now())
    await insert_unread(office.conn, [kept], 9)
    new = FieldCipher([b"the key of this year", SECRET])
    assert await reencrypt_all(office.conn, new) == 5
    assert await reencrypt_all(office.conn, new) == 0
    sender = await office.sender(log_config())
    sender.composer.cipher = FieldCipher([b"the key of this year"])
    assert (
        sender.composer.cipher.decrypt(await office.conn.fetchval("select phone from transaction"))
        == b"reach"
    )
    content = await office.conn.fetchval("select content from unread_callback")
    assert sender.composer.cipher.decrypt(content) == b"a=1"
    await sender.send_due()
    assert await office.states() == {"sent": 3}
