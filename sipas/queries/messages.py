"""The outbox: messages from waiting to their final state, and the row that stops all sending."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("messages")

MessageKind = Literal["invitation", "reminder"]
_LastState = Literal["delivered", "failed", "expired", "cancelled"]


class SendingTurn(msgspec.Struct, frozen=True):
    """taken: number of messages today. next_at: not before now."""

    stopped: bool
    taken: int
    next_at: datetime


class MessageContext(msgspec.Struct, frozen=True):
    """The stratum in which a message is counted."""

    kind: MessageKind
    round_id: int
    unit_id: int
    procedure_id: int | None
    service_channel: str | None


class Claimed(msgspec.Struct, frozen=True):
    id: int
    key: str
    about: MessageContext
    payload: bytes
    tries: int
    expires_at: datetime
    link_hash: bytes


class SentMessage(msgspec.Struct, frozen=True):
    id: int
    provider_id: str | None


class PutOff(msgspec.Struct, frozen=True):
    """counts: whether the attempt counts."""

    id: int
    due_at: datetime
    reason: str
    counts: bool


class Locked(msgspec.Struct, frozen=True):
    id: int
    about: MessageContext
    state: Literal["waiting", "sent"]
    link_hash: bytes | None


class Withheld(msgspec.Struct, frozen=True):
    """A message that must not go out. ends_link: its link ends too."""

    id: int
    kind: MessageKind
    link_hash: bytes
    reason: str
    ends_link: bool


class FinalizedMessage(msgspec.Struct, frozen=True):
    id: int
    state: _LastState
    reason: str | None = None


class EncryptedRow(msgspec.Struct, frozen=True):
    """key: of its row."""

    key: int | bytes
    content: bytes


async def lock_sending(conn: Connection, day: date, now: datetime) -> SendingTurn:
    return SendingTurn(*await conn.fetchrow(_Q.lock_sending, day, now) or ())


async def note_sending(conn: Connection, day: date, taken: int, next_at: datetime) -> None:
    await conn.execute(_Q.note_sending, day, taken, next_at)


async def give_back(conn: Connection, day: date, n: int) -> None:
    await conn.execute(_Q.give_back, day, n)


class Stop(msgspec.Struct, frozen=True):
    """The reason why an operator stopped sending."""

    at: datetime
    by: str


async def stop_sending(conn: Connection, by: str) -> None:
    await conn.execute(_Q.stop_sending, by)


async def resume_sending(conn: Connection) -> None:
    await conn.execute(_Q.resume_sending)


async def find_stop(conn: Connection) -> Stop | None:
    row = await conn.fetchrow(_Q.find_stop)
    return Stop(*row) if row else None


async def claim_messages(conn: Connection, now: datetime, most: int, lease: timedelta) -> list[Claimed]:
    rows = await conn.fetch(_Q.claim_messages, now, most, lease)
    return [Claimed(row[0], str(row[1]), MessageContext(*row[2:7]), *row[7:]) for row in map(tuple, rows)]


async def mark_sent(
    conn: Connection, sent: Sequence[SentMessage], day: date, *, keeps: bool
) -> list[MessageContext]:
    rows = await conn.fetch(
        _Q.mark_sent, [one.id for one in sent], [one.provider_id for one in sent], day, keeps
    )
    return [MessageContext(*row) for row in rows]


async def insert_reminders(conn: Connection, ids: Sequence[int], now: datetime) -> None:
    await conn.execute(_Q.insert_reminders, ids, now)


async def put_off_messages(conn: Connection, put_off: Sequence[PutOff]) -> None:
    rows = [msgspec.structs.astuple(one) for one in put_off]
    await conn.execute(_Q.put_off_messages, *zip(*rows, strict=True))


async def lock_messages(conn: Connection, ids: Sequence[int]) -> list[Locked]:
    rows = await conn.fetch(_Q.lock_messages, ids)
    return [Locked(row[0], MessageContext(*row[1:6]), *row[6:]) for row in map(tuple, rows)]


async def forget_contacts(conn: Connection, ids: Sequence[int]) -> None:
    """Remove contacts that were sent nothing: they do not count as invited."""
    await conn.execute(_Q.forget_contacts, ids)


async def store_final_states(conn: Connection, closed: Sequence[FinalizedMessage]) -> None:
    rows = [msgspec.structs.astuple(one) for one in closed]
    await conn.execute(_Q.store_final_states, *zip(*rows, strict=True))


async def list_reminders(conn: Connection, link_hashes: Sequence[bytes]) -> list[int]:
    return [row[0] for row in await conn.fetch(_Q.list_reminders, link_hashes)]


async def list_messages_of_phone(conn: Connection, phone_hash: bytes) -> list[tuple[int, str]]:
    """Return unfinished messages with their states."""
    return [(row[0], row[1]) for row in await conn.fetch(_Q.list_messages_of_phone, phone_hash)]


async def list_receipted(conn: Connection, provider_ids: Sequence[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in await conn.fetch(_Q.list_receipted, provider_ids)}


async def list_withheld(conn: Connection, now: datetime, most: int) -> list[int]:
    return [row[0] for row in await conn.fetch(_Q.list_withheld, now, most)]


async def lock_withheld(conn: Connection, ids: Sequence[int], now: datetime) -> list[Withheld]:
    """Return those of the messages that must not go out, except those held by a sender now."""
    return [Withheld(*row) for row in await conn.fetch(_Q.lock_withheld, ids, now)]


async def list_answered(conn: Connection, most: int) -> list[int]:
    """Messages that went out and were answered."""
    return [row[0] for row in await conn.fetch(_Q.list_answered, most)]


async def list_expired(conn: Connection, now: datetime, most: int) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in await conn.fetch(_Q.list_expired, now, most)]


async def list_payloads_of_other_keys(conn: Connection, key_name: bytes, most: int) -> list[EncryptedRow]:
    return [EncryptedRow(*row) for row in await conn.fetch(_Q.list_payloads_of_other_keys, key_name, most)]


async def reencrypt_payloads(conn: Connection, rows: Sequence[EncryptedRow]) -> None:
    await conn.execute(_Q.reencrypt_payloads, [one.key for one in rows], [one.content for one in rows])


async def list_phones_of_other_keys(conn: Connection, key_name: bytes, most: int) -> list[EncryptedRow]:
    return [EncryptedRow(*row) for row in await conn.fetch(_Q.list_phones_of_other_keys, key_name, most)]


async def reencrypt_phones(conn: Connection, rows: Sequence[EncryptedRow]) -> None:
    await conn.execute(_Q.reencrypt_phones, [one.key for one in rows], [one.content for one in rows])


async def count_waiting(conn: Connection, round_id: int) -> tuple[int, datetime | None]:
    """Return the number of due messages that are not sent yet, and since when the oldest is due."""
    row = await conn.fetchrow(_Q.count_waiting, round_id)
    assert row is not None
    return row[0], row[1]
