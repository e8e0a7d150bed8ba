"""An outbox with letters in it, a clock that a test sets, and senders at work."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.survey.catalogue import LOCAL, LiveCatalogue
from sipas.survey.contacts.message_payload import MessagePayload, encrypt_payload
from sipas.survey.contacts.opt_outs import OPT_OUT_PURPOSE
from sipas.survey.contacts.phones import hash_phone
from sipas.survey.encryption import FieldCipher
from sipas.survey.messaging.config import SmsConfig
from sipas.survey.messaging.sender import Sender
from sipas.survey.messaging.transports import Transport
from sipas.survey.messaging.transports.opening import open_transport
from sipas.survey.tokens import hash_link, new_link_token
from tests.cast import Town
from tests.serving import SECRET, settings_for
from tests.survey.messaging.provider import Provider, providing

OUT = "sipas.survey.messaging.transports.log"

CIPHER = FieldCipher([SECRET])

Told = Callable[[], list[str]]


class SetClock:
    """A clock that the test sets; sleeps return at once and are recorded."""

    def __init__(self, start: datetime) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def at(self, clock: str) -> None:
        """On to the next time that clocks in Hanoi show that."""
        hour, minute = map(int, clock.split(":"))
        then = self.moment.astimezone(LOCAL).replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.moment = then if then >= self.moment else then + timedelta(days=1)

    def pass_(self, **time: float) -> None:
        self.moment += timedelta(**time)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=max(0.0, seconds))


@dataclass
class Office:
    """An outbox, and what is needed to fill and to empty it."""

    dsn: str
    pool: Pool
    conn: Connection
    clock: SetClock
    town: Town

    async def sender(self, config: SmsConfig, transport: Transport | None = None) -> Sender:
        catalogue = LiveCatalogue(self.pool)
        await catalogue.refresh()
        settings = settings_for(self.dsn)
        return Sender(self.pool, catalogue, settings, config, transport or open_transport(config), self.clock)

    async def step(self, sender: Sender) -> None:
        """One step, and on until nothing is in flight."""
        await sender.step()
        while sender.window.flights:
            await sender.step()

    async def write(self, phones: Sequence[str], *, language: str = "vi", lasts_days: int = 14) -> list[str]:
        """An invitation to each, due now; the tokens of their links."""
        tokens = [new_link_token() for _ in phones]
        expires = self.clock.now() + timedelta(days=lasts_days)
        hashes = [hash_link(token, SECRET) for token in tokens]
        letters = [
            encrypt_payload(MessagePayload(phone, token, language), CIPHER)
            for phone, token in zip(phones, tokens, strict=True)
        ]
        await self.conn.execute(
            """insert into link (token_hash, round_id, unit_id, procedure_id, service_channel,
                    opt_out_hash, expires_at)
                select hash, round.id, unit.id, procedure.id, 'counter', opt_out_hash, $3
                from unnest($1::bytea[], $2::bytea[]) as sent (hash, opt_out_hash), round, unit, procedure
                where unit.code = '00070' and procedure.code = 'HT-01'""",
            hashes, [hash_phone(phone, SECRET, OPT_OUT_PURPOSE) for phone in phones], expires,
        )  # fmt: skip
        await self.conn.execute(
            """insert into message (key, kind, round_id, unit_id, procedure_id, service_channel,
                    link_hash, payload, state, due_at, expires_at)
                select gen_random_uuid(), 'invitation', round_id, unit_id, procedure_id, service_channel,
                    token_hash, letter, 'waiting', $3, $4
                from link join unnest($1::bytea[], $2::bytea[]) as written (hash, letter)
                    on token_hash = hash""",
            hashes, letters, self.clock.now(), expires,
        )  # fmt: skip
        return tokens

    async def states(self) -> dict[str, int]:
        rows = await self.conn.fetch("select state, count(*) from message group by state")
        return {row[0]: row[1] for row in rows}

    async def funnel(self) -> dict[str, int]:
        rows = await self.conn.fetch(
            "select concat_ws(': ', step, reason), sum(n)::int from funnel group by 1 having sum(n) <> 0"
        )
        return {row[0]: row[1] for row in rows}

    async def use(self, token: str) -> None:
        await self.conn.execute(
            """update link set used = true, unit_id = null, procedure_id = null,
                service_channel = null, completed_on = null, expires_at = null,
                opt_out_hash = null, opened = false, started = false
                where token_hash = $1""",
            hash_link(token, SECRET),
        )

    async def remind_after(self, days: int) -> None:
        await self.conn.execute(
            """insert into invitation (round_id, seed, rate, delay, again_after, lasts, remind_after)
                select id, 1, 1, '3 hours', '90 days', '14 days', $1 from round""",
            timedelta(days=days),
        )


@pytest.fixture
async def office(dsn: str, pool: Pool, conn: Connection, town: Town) -> Office:
    now = datetime.now(UTC).astimezone(LOCAL).replace(hour=10, minute=0, second=0, microsecond=0)
    return Office(dsn, pool, conn, SetClock(now), town)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with providing() as one:
        yield one


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    """What went out, as the way out that only writes a log tells of it."""
    caplog.set_level(logging.INFO, OUT)
    return lambda: [record.getMessage() for record in caplog.records if record.name == OUT]


def phones(n: int) -> list[str]:
    return [f"+8491{i:07d}" for i in range(n)]


def log_config(**changes: Any) -> SmsConfig:
    return SmsConfig(per_second=10_000, **changes)
