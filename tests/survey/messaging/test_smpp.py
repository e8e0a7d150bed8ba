"""SMPP against a provider's server that is not ours."""

import random
from collections import Counter

import pytest
from aiosmpplib.protocol import DeliverSm, SubmitSm
from aiosmpplib.state import MESSAGE_STATE, RECEIPTED_MESSAGE_ID, OptionalParam

from sipas.errors import SipasError
from sipas.queries.callbacks import count_unread, group_unread
from sipas.queries.opt_outs import list_opted_out
from sipas.survey.contacts.opt_outs import OPT_OUT_PURPOSE
from sipas.survey.contacts.phones import hash_phone
from sipas.survey.messaging.delivery_receipts import keep_gateway_messages
from sipas.survey.messaging.sender import Sender
from sipas.survey.messaging.transports import (
    Accepted,
    GatewayAway,
    OutgoingSms,
    Receipt,
    SendOutcome,
    SmsReply,
    Unsent,
)
from sipas.survey.messaging.transports.session import Session
from sipas.survey.messaging.transports.smpp import SmppTransport, read_incoming
from tests.serving import SECRET
from tests.survey.messaging.conftest import CIPHER, Office, phones
from tests.survey.messaging.provider import Provider
from tests.waiting import until

THROTTLED, INVALID_NUMBER, OWN_STATUS = 0x58, 0x0B, 0x0414


async def receive(office: Office, sender: Sender, state: str, n: int) -> None:
    """Steps until so many messages have come to that state."""

    async def there() -> bool:
        await sender.step()
        return (await office.states()).get(state) == n

    await until(there, f"{n} messages were {state}", 20)


async def test_a_message_arrives_as_it_was_written_and_its_receipt_closes_it(
    office: Office, provider: Provider
) -> None:
    sender = await office.sender(provider.config())
    [token] = await office.write(phones(1))
    key = await office.conn.fetchval("select key from message")
    await sender.send_due()
    [submit] = provider.submits
    assert submit["text"] == (
        "Phuong Hoan Kiem xin y kien Ong/Ba ve thu tuc vua giai quyet, an danh: "
        f"http://test/s/{token} Tu choi: soan TC"
    )
    assert (submit["to"], submit["from"], submit["coding"]) == (phones(1)[0][1:], "HANOI", 0)
    await receive(office, sender, "delivered", 1)
    await sender.transport.close()
    kept = "select num_nonnulls(payload, link_hash, provider_id, transaction_hash) from message"
    assert await office.conn.fetchval(kept) == 0
    assert await office.conn.fetchval("select key from message") != key
    assert await office.funnel() == {"sent": 1, "delivered": 1}


async def test_diacritics_and_several_parts_come_together_again(office: Office, provider: Provider) -> None:
    await office.conn.execute(
        "update unit set name = 'Văn phòng Đăng ký đất đai {Hà Nội} € 🏛' where code = '00070'"
    )
    sender = await office.sender(provider.config(plain=False))
    [token] = await office.write(phones(1))
    await sender.send_due()
    parts = sorted(provider.submits, key=lambda part: part["udh"])
    assert len(parts) == 3
    assert len({part["udh"][:-2] for part in parts}) == 1  # one message, by its reference
    assert "".join(part["text"] for part in parts) == (
        "Văn phòng Đăng ký đất đai {Hà Nội} € 🏛 xin ý kiến Ông/Bà về thủ tục vừa giải quyết, ẩn danh: "
        f"http://test/s/{token} Từ chối: soạn TC"
    )
    assert [part["registered"] for part in provider.submits] == [0, 0, 1]
    await receive(office, sender, "delivered", 1)
    await sender.transport.close()


async def test_receipts_say_why_a_message_did_not_arrive(office: Office, provider: Provider) -> None:
    await provider.tell(receipts="UNDELIV")
    sender = await office.sender(provider.config())
    await office.remind_after(3)
    await office.write(phones(2))
    await sender.send_due()
    await receive(office, sender, "failed", 2)
    assert await office.funnel() == {"sent": 2, "failed: UNDELIV 11": 2}
    assert (await office.states())["cancelled"] == 2  # no reminder of a message that never arrived
    await sender.transport.close()


@pytest.mark.parametrize("form", ["unreadable", "data_sm", "unmarked"])
async def test_a_receipt_in_a_form_of_its_own_is_read(office: Office, provider: Provider, form: str) -> None:
    await provider.tell(receipts=form)
    sender = await office.sender(provider.config())
    await office.write(phones(1))
    await sender.send_due()
    await receive(office, sender, "delivered", 1)
    await provider.said("receipted")
    await sender.transport.close()


async def test_a_receipt_that_is_not_understood_is_kept_and_counted(
    office: Office, provider: Provider
) -> None:
    await provider.tell(receipts="GONE-FISHING")
    sender = await office.sender(provider.config())
    await office.write(phones(1))
    await sender.send_due()

    async def kept() -> bool:
        await sender.step()
        return (await count_unread(office.conn)).kept == 1

    await until(kept, "it was kept", 20)
    await provider.said("receipted")
    assert [one.outline for one in await group_unread(office.conn)] == ["SMPP receipt: stat=GONE-FISHING"]
    await sender.transport.close()


@pytest.mark.parametrize(
    ("word", "state"), [("DELIVERED", "delivered"), ("Failed", "failed"), ("UNDELIVERABLE", "failed")]
)
def test_receipts_in_other_words_are_read(word: str, state: str) -> None:
    message = DeliverSm(short_message=f"id:7 sub:001 stat:{word} err:000", esm_class=4)
    receipt = read_incoming(message)
    assert isinstance(receipt, Receipt)
    assert receipt.state == state


async def test_a_reply_of_stop_or_tc_opts_the_phone_out(office: Office, provider: Provider) -> None:
    stopping, going_on, refusing = phones(3)
    sender = await office.sender(provider.config())
    await sender.step()
    await provider.tell(reply={"from": stopping[1:], "text": "stop "})
    await provider.tell(reply={"from": f"0{refusing[3:]}", "text": "Từ chối ạ"})
    await provider.tell(reply={"from": going_on, "text": "Khong stop dau"})

    async def answered() -> bool:
        await sender.step()
        return provider.count("replied") == 3

    await until(answered, "three answers were taken in", 20)
    hashes = {phone: hash_phone(phone, SECRET, OPT_OUT_PURPOSE) for phone in phones(3)}
    assert await list_opted_out(office.conn, list(hashes.values())) == {hashes[stopping], hashes[refusing]}
    await office.write(phones(3))
    office.clock.pass_(minutes=1)  # until the next sweep
    await sender.send_due()
    await receive(office, sender, "delivered", 1)
    assert [submit["to"] for submit in provider.submits] == [going_on[1:]]
    assert await office.funnel() == {"sent": 1, "delivered": 1, "failed: opted out": 2}
    await sender.transport.close()


async def test_refusals_of_a_message_close_it_and_others_wait(office: Office, provider: Provider) -> None:
    sender = await office.sender(provider.config())
    await office.write(phones(1))
    await provider.tell(answer=INVALID_NUMBER)
    await sender.send_due()
    assert await office.funnel() == {"failed: ESME_RINVDSTADR": 1}
    await office.write(phones(1))
    await provider.tell(answer=OWN_STATUS)
    await sender.send_due()
    assert await office.states() == {"failed": 1, "waiting": 1}
    assert await office.conn.fetchval("select reason from message where state = 'waiting'") == "0x414"
    office.clock.pass_(minutes=2)
    await provider.tell(answer="ok")
    await sender.send_due()
    await receive(office, sender, "delivered", 1)
    await sender.transport.close()


async def test_a_part_that_is_refused_behind_one_that_was_taken_is_not_tried_for_ever(
    office: Office, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.conn.execute("update unit set name = repeat('Ủy ban ', 12) where code = '00070'")
    sender = await office.sender(provider.config(plain=False))
    assert isinstance(sender.transport, SmppTransport)
    submit = sender.transport.submit

    async def throttled_later(session: Session, part: SubmitSm) -> SendOutcome:
        return Unsent("ESME_RTHROTTLED") if part.registered_delivery else await submit(session, part)

    monkeypatch.setattr(sender.transport, "submit", throttled_later)
    await office.write(phones(1))
    for _ in range(5):
        await sender.step()
        office.clock.pass_(days=1)
    assert await office.funnel() == {"failed: ESME_RTHROTTLED after a part was taken": 1}
    assert {part["registered"] for part in provider.submits} == {0}  # the last part never left
    await sender.transport.close()


@pytest.mark.parametrize("odd", ["a\0b", "".join(map(chr, range(0x4E00, 0x9A20)))])
async def test_a_receipt_with_an_id_that_cannot_be_kept_holds_up_nobody(office: Office, odd: str) -> None:
    fields = [OptionalParam(RECEIPTED_MESSAGE_ID, odd), OptionalParam(MESSAGE_STATE, 2)]
    receipt = read_incoming(DeliverSm(short_message="-", optional_params=fields))
    assert isinstance(receipt, Receipt)
    await keep_gateway_messages(
        office.conn, [receipt, SmsReply(phones(1)[0], "TC")], SECRET, CIPHER, office.clock.now()
    )
    assert await list_opted_out(office.conn, [hash_phone(phones(1)[0], SECRET, OPT_OUT_PURPOSE)])


async def test_a_message_whose_id_is_very_long_is_noted(office: Office, provider: Provider) -> None:
    await provider.tell(prefix=random.Random(1).randbytes(10_000).hex(), receipts="none")
    sender = await office.sender(provider.config())
    await office.write(phones(1))
    await sender.send_due()
    assert await office.states() == {"sent": 1}
    await sender.transport.close()


async def test_a_provider_that_never_answers_gets_a_message_three_times_and_no_more(
    office: Office, provider: Provider
) -> None:
    await provider.tell(answer="silent")
    sender = await office.sender(provider.config(timeout=1))
    await office.write(phones(1))
    for _ in range(5):
        await office.step(sender)
        office.clock.pass_(days=1)
    assert len(provider.submits) == 3
    assert await office.funnel() == {"failed: provider did not answer in time": 1}
    await sender.transport.close()


async def test_an_answer_that_comes_after_the_time_out_counts(office: Office, provider: Provider) -> None:
    await provider.tell(answer="late")
    sender = await office.sender(provider.config(timeout=1))
    await office.write(phones(5))
    await office.step(sender)
    assert await office.states() == {"waiting": 5}
    await provider.tell(answer="ok")
    await receive(office, sender, "delivered", 5)
    for _ in range(5):
        office.clock.pass_(days=1)
        await sender.step()
    assert len(provider.submits) == 5
    assert await office.funnel() == {"sent": 5, "delivered": 5}
    await sender.transport.close()


async def test_an_answer_that_comes_after_the_next_try_leaves_two_copies_and_no_more(
    office: Office, provider: Provider
) -> None:
    """What one sender waits for in vain another may try again."""
    await provider.tell(answer="late")
    senders = [await office.sender(provider.config(timeout=1)) for _ in range(2)]
    await office.write(phones(5))
    for sender in senders:
        await office.step(sender)
        office.clock.pass_(minutes=2)
    await provider.tell(answer="ok")
    for sender in senders:
        await receive(office, sender, "delivered", 5)
        office.clock.pass_(days=1)
        await sender.step()
    assert sorted(Counter(submit["to"] for submit in provider.submits).values()) == [2] * 5
    assert await office.funnel() == {"sent": 5, "delivered": 5}
    for sender in senders:
        await sender.transport.close()


async def test_a_provider_that_is_busy_or_away_for_a_day_loses_no_message(
    office: Office, provider: Provider
) -> None:
    sender = await office.sender(provider.config())
    await office.write(phones(30))
    await provider.tell(answer=THROTTLED)
    with pytest.raises(SipasError, match="takes no messages now: ESME_RTHROTTLED"):
        await sender.send_due()
    assert await office.states() == {"waiting": 30}
    await provider.kill()
    for _ in range(24):
        office.clock.pass_(hours=1)
        with pytest.raises(GatewayAway, match="cannot connect"):
            await sender.step()
    assert await office.conn.fetchval("select max(tries) from message") == 0
    await provider.start()
    office.clock.pass_(hours=1)
    await sender.send_due()
    await receive(office, sender, "delivered", 30)
    await sender.transport.close()


async def test_who_asks_to_stop_is_heard_while_sending_pauses(office: Office, provider: Provider) -> None:
    sender = await office.sender(provider.config())
    await office.write(phones(1))
    await provider.tell(answer=THROTTLED)
    await sender.step()
    assert office.clock.now() < sender.resumes_at
    await provider.tell(reply={"from": phones(1)[0][1:], "text": "TC"})

    async def heard() -> bool:
        await sender.step()
        return provider.count("replied") == 1

    await until(heard, "the provider was told that the answer is kept", 20)
    assert await list_opted_out(office.conn, [hash_phone(phones(1)[0], SECRET, OPT_OUT_PURPOSE)])
    assert len(provider.submits) == 1
    await sender.transport.close()


async def test_a_wrong_password_and_a_line_that_is_no_smpp_are_said_so(
    office: Office, provider: Provider
) -> None:
    sender = await office.sender(provider.config(password="wrong"))
    with pytest.raises(GatewayAway, match="ESME_RINVPASWD"):
        await sender.step()
    sender = await office.sender(provider.config())
    await sender.step()
    await provider.tell(garbage=True)
    transport = sender.transport
    assert isinstance(transport, SmppTransport)
    session = transport.session
    assert session is not None
    await until(lambda: not session.is_open, "the line was given up", 20)
    await office.write(phones(1))
    await sender.send_due()  # over a new one
    await receive(office, sender, "delivered", 1)
    await sender.transport.close()


async def test_a_receipt_that_comes_before_its_message_is_noted_is_kept_for_it(
    office: Office, provider: Provider
) -> None:
    """Two senders: the one that hears the receipt is not the one that has yet to note what it sent."""
    sender, other = await office.sender(provider.config()), await office.sender(provider.config())
    await office.write(phones(1))
    claimed, _ = await sender.outbox.claim(office.clock.now(), 1)
    await sender.transport.ready()
    [(one, sms)] = await sender.composer.compose_all(claimed)
    assert isinstance(sms, OutgoingSms)
    outcome = await sender.transport.send(sms)
    assert isinstance(outcome, Accepted)
    await until(lambda: not sender.transport.events.empty(), "the receipt came", 20)
    other.returns.transport = sender.transport
    await other.returns.take(office.clock.now())
    await provider.said("receipted")
    await sender.outbox.record([(one, outcome)], office.clock.now(), receipts=True)
    assert await office.states() == {"delivered": 1}
    await sender.transport.close()
