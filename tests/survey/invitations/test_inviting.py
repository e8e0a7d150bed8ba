"""Who is drawn, who of them is asked, and what is kept of the others."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec
import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.queries.invitations import StratumRate
from sipas.survey.catalogue import LiveCatalogue, local_day
from sipas.survey.contacts.message_payload import MessagePayload, decrypt_payload
from sipas.survey.contacts.opt_outs import OPT_OUT_PURPOSE
from sipas.survey.contacts.phones import hash_phone
from sipas.survey.encryption import read_cipher
from sipas.survey.invitations.contact_details import decrypt_contact
from sipas.survey.invitations.event_parts import join_events
from sipas.survey.invitations.event_reader import EventReader
from sipas.survey.invitations.event_recorder import EventRecorder
from sipas.survey.invitations.event_storing import EventStorage
from sipas.survey.invitations.events import IdHasher, TransactionEvent, event_columns
from sipas.survey.invitations.inviting import invite_due
from sipas.survey.tokens import hash_link
from tests.cast import BA_DINH
from tests.survey.invitations.told import PHONE, SETTINGS, YESTERDAY, event, funnel, invite, statuses, tell

pytestmark = pytest.mark.usefixtures("town")
Step = Callable[..., Awaitable[int]]
CIPHER = read_cipher(SETTINGS)
NAMED = IdHasher(SETTINGS.secret)


@pytest.fixture
def step(pool: Pool) -> Step:
    """The invite step, now or at another time."""
    return lambda now=None: invite_due(pool, LiveCatalogue(pool), SETTINGS, now)


def number(transaction_id: str, seed: str) -> float:
    """As docs/guides/planning.md has it, written anew."""
    key = blake2b(seed.encode()).digest()
    digest = blake2b(transaction_id.encode(), key=key, digest_size=16).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


async def test_the_draw_can_be_repeated_from_seed_and_ids(conn: Connection) -> None:
    await invite(conn, 0.3, StratumRate(await unit_id(conn, BA_DINH), None, "counter", 0.9), seed=11)
    events = [event(f"H26-{i}", unit=BA_DINH if i % 2 else "00070") for i in range(400)]
    await tell(conn, *events)
    drawn = [e for e in events if number(e["transaction_id"], "11") < (0.9 if e["unit"] == BA_DINH else 0.3)]
    rows = await conn.fetch(
        "select unit.code, count(*) from transaction join unit on unit.id = unit_id where drawn group by 1"
    )
    assert dict(map(tuple, rows)) == {
        code: sum(e["unit"] == code for e in drawn) for code in (BA_DINH, "00070")
    }
    assert await funnel(conn) == {"drawn": len(drawn), "not_drawn": 400 - len(drawn)}


async def unit_id(conn: Connection, code: str) -> int:
    return int(await conn.fetchval("select id from unit where code = $1 and valid_to is null", code))


async def test_of_who_is_not_drawn_no_phone_is_kept(conn: Connection) -> None:
    await invite(conn, 0.5)
    await tell(conn, *(event(f"H26-{i}") for i in range(50)))
    rows = await conn.fetch("select drawn, phone, due_at from transaction")
    assert {(row["drawn"], row["phone"] is not None, row["due_at"] is not None) for row in rows} == {
        (True, True, True),
        (False, False, False),
    }
    assert {decrypt_contact(row["phone"], CIPHER).phone for row in rows if row["phone"]} == {PHONE}


async def test_the_phone_stands_nowhere_in_the_database_in_clear(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event("1"), event("2", unit="99999"))
    tables = [
        row[0] for row in await conn.fetch("select tablename from pg_tables where schemaname = 'public'")
    ]
    for _ in range(2):
        for table in tables:
            assert PHONE[1:] not in str(await conn.fetch(f"select t::text from {table} as t")), table
        await step()


async def test_a_due_transaction_becomes_a_link_and_a_letter(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event(language="en"))
    assert await step() == 1
    message = await conn.fetchrow("select * from message join link on token_hash = link_hash")
    assert message is not None
    letter = decrypt_payload(message["payload"], CIPHER)
    assert letter == MessagePayload("+84912345678", letter.token, "en")
    assert message["link_hash"] == hash_link(letter.token, SETTINGS.secret)
    assert (message["state"], message["kind"]) == ("waiting", "invitation")
    assert message["completed_on"] == local_day(YESTERDAY)
    assert await conn.fetchval("select phone is null and due_at is null from transaction")
    assert await funnel(conn) == {"drawn": 1, "invited": 1}
    assert await step() == 0


async def test_invitations_wait_for_the_delay(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event(completed_at=datetime.now(UTC).isoformat()))
    assert await step(datetime.now(UTC) + timedelta(hours=2)) == 0
    assert await step(datetime.now(UTC) + timedelta(hours=4)) == 1


async def test_who_is_not_asked_is_counted_with_the_reason(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    stopped = hash_phone("+84987654321", SETTINGS.secret, OPT_OUT_PURPOSE)
    await conn.execute("insert into opt_out (phone_hash, since) values ($1, current_date)", stopped)
    await tell(
        conn,
        event("1"),
        event("2", phone="+84 912 345 678"),
        event("3", phone="0987654321"),
        event("4", phone=None),
        event("5", phone="12"),
        event("6", phone="+447911123456"),
        event("7", phone="02438253536"),
        event("8", completed_at=(YESTERDAY - timedelta(days=20)).isoformat()),
        event("9", phone="0912345679", cancelled=True),
        event("10", phone="9" * 500),
    )
    assert await step() == 1
    assert await funnel(conn) == {
        "drawn": 10,
        "invited": 1,
        "not_asked:asked_lately": 1,
        "not_asked:opted_out": 1,
        "not_asked:no_phone": 1,
        "not_asked:malformed": 2,
        "not_asked:foreign": 1,
        "not_asked:landline": 1,
        "not_asked:late": 1,
        "not_asked:cancelled": 1,
    }


async def test_the_same_phone_is_asked_again_after_the_time(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0, again_after=timedelta(days=5))
    now = datetime.now(UTC)
    for day, invited in ((0, 1), (4, 0), (5, 1)):
        await tell(conn, event(f"H26-{day}"))
        assert await step(now + timedelta(days=day)) == invited


async def test_a_closed_round_invites_no_more_and_deletes_its_contacts(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event("1"))
    assert await step() == 1
    await tell(conn, event("2", phone="0912345679"))
    await conn.execute("update round set closes_at = now()")
    assert await step() == 0
    assert await conn.fetchval("select count(*) from contact") == 0
    assert await funnel(conn) == {"drawn": 2, "invited": 1, "not_asked:closed": 1}


async def test_a_correction_before_it_is_due_changes_whom_and_what_is_asked(
    conn: Connection, step: Step
) -> None:
    await invite(conn, 1.0)
    await tell(conn, event())
    await tell(conn, event(unit=BA_DINH, phone="0912345679"))
    assert await step() == 1
    message = await conn.fetchrow("select unit_id, payload from message")
    assert message is not None
    assert message["unit_id"] == await unit_id(conn, BA_DINH)
    assert decrypt_payload(message["payload"], CIPHER).phone == "+84912345679"


async def test_a_cancellation_afterwards_stops_the_message_and_the_link(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event("1"), event("2", phone="0912345679"))
    assert await step() == 2
    assert await statuses(conn, event("1", cancelled=True)) == ["cancelled"]
    states = await conn.fetch("select state, payload is null from message order by state")
    assert [tuple(row) for row in states] == [("cancelled", True), ("waiting", False)]
    assert await conn.fetchval("select count(*) from link where expires_at > now()") == 1
    assert (await funnel(conn))["failed:cancelled"] == 1


async def test_who_was_never_sent_anything_has_not_been_asked(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event("1"), event("2", phone="0912345679"))
    assert await step() == 2
    await conn.execute("update message set tries = 1 where transaction_hash = $1", NAMED.hash("2"))
    await tell(conn, event("1", cancelled=True), event("2", cancelled=True, phone="0912345679"))
    await tell(conn, event("3"), event("4", phone="0912345679"))
    assert await step() == 1  # the second message may have gone out
    assert (await funnel(conn))["not_asked:asked_lately"] == 1


async def test_a_correction_leaves_the_link_that_the_citizen_has_and_stops_the_reminder(
    conn: Connection, step: Step
) -> None:
    await invite(conn, 1.0)
    await tell(conn, event())
    assert await step() == 1
    await conn.execute("update message set kind = 'reminder'")
    assert await statuses(conn, event(service_channel="online")) == ["corrected"]
    assert await conn.fetchval("select state from message") == "cancelled"
    assert await conn.fetchval("select expires_at > now() from link")
    assert await statuses(conn, event(cancelled=True)) == ["cancelled"]


async def test_what_a_file_corrects_and_takes_back_is_still_sent(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event())
    assert await step() == 1
    recorder = EventRecorder(SETTINGS)
    snapshot = await recorder.current(conn)
    async with conn.transaction():
        storage = EventStorage(conn, snapshot)
        for channel in ("online", "counter"):
            reader = EventReader(snapshot, recorder.named, recorder.cipher)
            read, _ = reader.read([1], event_columns([sent(channel)]))
            await storage.store(join_events([read]), [])
        await storage.finish()
    assert await conn.fetchval("select state from message") == "waiting"
    assert await conn.fetchval("select expires_at > now() from link")


def sent(service_channel: str) -> TransactionEvent:
    return msgspec.convert(event(service_channel=service_channel), TransactionEvent)


async def test_two_steps_at_once_invite_each_once(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, *(event(f"H26-{i}", phone=f"09{i:08d}") for i in range(1000, 1900)))
    assert sum(await asyncio.gather(step(), step(), step())) == 900
    assert await conn.fetchval("select count(*) from message") == 900


async def test_what_cannot_be_unsealed_holds_up_nobody(conn: Connection, step: Step) -> None:
    await invite(conn, 1.0)
    await tell(conn, event("1"), event("2", phone="0912345679"))
    await conn.execute("update transaction set phone = 'of another key' where ctid = '(0,1)'")
    assert await step() == 1
    assert (await funnel(conn))["not_asked:unsealable"] == 1
