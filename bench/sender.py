"""Messages through the outbox to the `log` transport, beside what the database alone lets through."""

import logging
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from bench.city import build_city, connected, scratch_server
from bench.printing import print_table, spread
from sipas.postgres.pool import Pool, open_pool
from sipas.queries.messages import SentMessage, claim_messages, mark_sent
from sipas.settings import Settings
from sipas.survey.catalogue import LiveCatalogue, local_day
from sipas.survey.contacts.message_payload import MessagePayload, encrypt_payload
from sipas.survey.encryption import FieldCipher
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.quiet_hours import QuietHours
from sipas.survey.messaging.sender import Sender
from sipas.survey.messaging.transports.log import LogTransport
from sipas.survey.tokens import hash_link, new_link_token

MESSAGES = 5_000
AT_ONCE = (20, 200)
ROUNDS = 3
SECRET = b"a secret of the benchmarks"
FILL = """
with sampled as (select unit.id as unit_id from unit limit 1), round_ as (select id from round limit 1),
made as (
    insert into link (token_hash, round_id, unit_id, expires_at)
    select hash, round_.id, unit_id, now() + interval '14 days'
    from round_, sampled, unnest($1::bytea[]) as hash returning token_hash, round_id, unit_id, expires_at)
insert into message (key, kind, round_id, unit_id, link_hash, payload, state, due_at, expires_at)
select gen_random_uuid(), 'invitation', round_id, unit_id, token_hash, letter, 'waiting', now(), expires_at
from made join unnest($1::bytea[], $2::bytea[]) as sent (hash, letter) on hash = token_hash
"""


def bench() -> None:
    logging.getLogger("sipas.survey.messaging.transports.log").addHandler(logging.NullHandler())
    with scratch_server() as city:
        uvloop.run(build_city(city.dsn))
        for at_once in AT_ONCE:
            uvloop.run(measure(city.dsn, at_once))


async def measure(dsn: str, at_once: int) -> None:
    timed = []
    async with await open_pool(dsn) as pool:
        for _ in range(ROUNDS):
            await fill(dsn)
            limit = await time_database(pool, at_once)
            await fill(dsn)
            timed.append((limit, await time_sender(pool, dsn, at_once)))
    show(timed, at_once)


async def fill(dsn: str) -> None:
    tokens, cipher = [new_link_token() for _ in range(MESSAGES)], FieldCipher([SECRET])
    letters = [encrypt_payload(MessagePayload("+84912345678", token, "vi"), cipher) for token in tokens]
    async with connected(dsn) as conn:
        await conn.execute("truncate message")
        await conn.execute(FILL, [hash_link(token, SECRET) for token in tokens], letters)
        await conn.execute("vacuum analyze message, link")


async def time_database(pool: Pool, at_once: int) -> float:
    """Claims and marks alone, each committed: no letter is opened, nothing is counted or sent."""
    started = time.perf_counter()
    async with pool.acquire() as conn:
        while claimed := await claim_messages(conn, datetime.now(UTC), at_once, timedelta(minutes=2)):
            sent = [SentMessage(one.id, None) for one in claimed]
            await mark_sent(conn, sent, local_day(datetime.now(UTC)), keeps=False)
    return time.perf_counter() - started


async def time_sender(pool: Pool, dsn: str, at_once: int) -> float:
    catalogue = LiveCatalogue(pool)
    await catalogue.refresh()
    settings = Settings(dsn, Path("unused"), SECRET, "https://sipas.example")
    never_quiet = QuietHours(QuietHours().until, QuietHours().until)
    config = SmsConfig(at_once=at_once, per_second=1_000_000, quiet=never_quiet)
    sender = Sender(pool, catalogue, settings, config, LogTransport())
    started = time.perf_counter()
    await sender.send_due()
    assert sender.did["accepted"] == MESSAGES
    return time.perf_counter() - started


def show(timed: list[tuple[float, float]], at_once: int) -> None:
    limits, senders = ([MESSAGES / seconds for seconds in column] for column in zip(*timed, strict=True))
    ratios = [ours / limit for limit, ours in zip(limits, senders, strict=True)]
    print_table(
        f"{MESSAGES:,} messages to the `log` transport, {at_once} in flight",
        ["", "messages/s", "in multiples of the database's"],
        [
            ["The database alone: claims and marks, each committed", spread(limits, 0), ""],
            ["`sipas link send`: opened, addressed, sent, counted", spread(senders, 0), spread(ratios)],
        ],
        f"Medians of {ROUNDS} rounds of both (lowest–highest), one sender.",
    )
