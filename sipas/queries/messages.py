"""The outbox: messages from waiting to their last state, and the one row that stops them all."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("messages")

Kind = Literal["invitation", "reminder"]
LastState = Literal["delivered", "failed", "expired", "cancelled"]


class Turn(msgspec.Struct, frozen=True):
    """taken: messages of the day so far. next_at: not before now."""

    stopped: bool
    taken: int
    next_at: datetime


class About(msgspec.Struct, frozen=True):
    """The stratum that a message is counted in."""

    kind: Kind
    round_id: int
    unit_id: int
    procedure_id: int | None
    service_channel: str | None


class Claimed(msgspec.Struct, frozen=True):
    id: int
    key: str
    about: About
    payload: bytes
    tries: int
    expires_at: datetime
    link_hash: bytes


class Sent(msgspec.Struct, frozen=True):
    id: int
    provider_id: str | None


class PutOff(msgspec.Struct, frozen=True):
    """counts: whether the try counts as one."""

    id: int
    due_at: datetime
    reason: str
    counts: bool


class Locked(msgspec.Struct, frozen=True):
    id: int
    about: About
    state: Literal["waiting", "sent"]
    link_hash: bytes | None


class Withheld(msgspec.Struct, frozen=True):
    """Must not go out. ends_link: its link goes, too."""

    id: int
    kind: Kind
    link_hash: bytes
    reason: str
    ends_link: bool


class Closed(msgspec.Struct, frozen=True):
    id: int
    state: LastState
    reason: str | None = None


class Sealed(msgspec.Struct, frozen=True):
    """key: of its row."""

    key: int | bytes
    content: bytes


async def lock_sending(conn: Connection, day: date, now: datetime) -> Turn:
    return Turn(*await conn.fetchrow(Q.lock_sending, day, now) or ())


async def note_sending(conn: Connection, day: date, taken: int, next_at: datetime) -> None:
    await conn.execute(Q.note_sending, day, taken, next_at)


async def give_back(conn: Connection, day: date, n: int) -> None:
    await conn.execute(Q.give_back, day, n)


class Stop(msgspec.Struct, frozen=True):
    """Why no messages go out: somebody said so."""

    at: datetime
    by: str


async def stop_sending(conn: Connection, by: str) -> None:
    await conn.execute(Q.stop_sending, by)


async def resume_sending(conn: Connection) -> None:
    await conn.execute(Q.resume_sending)


async def find_stop(conn: Connection) -> Stop | None:
    row = await conn.fetchrow(Q.find_stop)
    return Stop(*row) if row else None


async def claim_messages(conn: Connection, now: datetime, most: int, lease: timedelta) -> list[Claimed]:
    rows = await conn.fetch(Q.claim_messages, now, most, lease)
    return [Claimed(row[0], str(row[1]), About(*row[2:7]), *row[7:]) for row in map(tuple, rows)]


async def mark_sent(conn: Connection, sent: Sequence[Sent], day: date, *, keeps: bool) -> list[About]:
    rows = await conn.fetch(
        Q.mark_sent, [one.id for one in sent], [one.provider_id for one in sent], day, keeps
    )
    return [About(*row) for row in rows]


async def insert_reminders(conn: Connection, ids: Sequence[int], now: datetime) -> None:
    await conn.execute(Q.insert_reminders, ids, now)


async def put_off_messages(conn: Connection, put_off: Sequence[PutOff]) -> None:
    rows = [msgspec.structs.astuple(one) for one in put_off]
    await conn.execute(Q.put_off_messages, *zip(*rows, strict=True))


async def lock_messages(conn: Connection, ids: Sequence[int]) -> list[Locked]:
    rows = await conn.fetch(Q.lock_messages, ids)
    return [Locked(row[0], About(*row[1:6]), *row[6:]) for row in map(tuple, rows)]


async def forget_contacts(conn: Connection, ids: Sequence[int]) -> None:
    """Whoever was sent nothing has not been asked."""
    await conn.execute(Q.forget_contacts, ids)


async def close_messages(conn: Connection, closed: Sequence[Closed]) -> None:
    rows = [msgspec.structs.astuple(one) for one in closed]
    await conn.execute(Q.close_messages, *zip(*rows, strict=True))


async def list_reminders(conn: Connection, link_hashes: Sequence[bytes]) -> list[int]:
    return [row[0] for row in await conn.fetch(Q.list_reminders, link_hashes)]


async def list_messages_of_phone(conn: Connection, phone_hash: bytes) -> list[tuple[int, str]]:
    """Those on their way, each with its state."""
    return [(row[0], row[1]) for row in await conn.fetch(Q.list_messages_of_phone, phone_hash)]


async def list_receipted(conn: Connection, provider_ids: Sequence[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in await conn.fetch(Q.list_receipted, provider_ids)}


async def list_withheld(conn: Connection, now: datetime, most: int) -> list[int]:
    return [row[0] for row in await conn.fetch(Q.list_withheld, now, most)]


async def lock_withheld(conn: Connection, ids: Sequence[int], now: datetime) -> list[Withheld]:
    """Those of them that must not go out, but for what a sender holds at this moment."""
    return [Withheld(*row) for row in await conn.fetch(Q.lock_withheld, ids, now)]


async def list_answered(conn: Connection, most: int) -> list[int]:
    """Messages that went out and were answered."""
    return [row[0] for row in await conn.fetch(Q.list_answered, most)]


async def list_expired(conn: Connection, now: datetime, most: int) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in await conn.fetch(Q.list_expired, now, most)]


async def list_letters_of_other_keys(conn: Connection, key_name: bytes, most: int) -> list[Sealed]:
    return [Sealed(*row) for row in await conn.fetch(Q.list_letters_of_other_keys, key_name, most)]


async def reseal_letters(conn: Connection, sealed: Sequence[Sealed]) -> None:
    await conn.execute(Q.reseal_letters, [one.key for one in sealed], [one.content for one in sealed])


async def list_phones_of_other_keys(conn: Connection, key_name: bytes, most: int) -> list[Sealed]:
    return [Sealed(*row) for row in await conn.fetch(Q.list_phones_of_other_keys, key_name, most)]


async def reseal_phones(conn: Connection, sealed: Sequence[Sealed]) -> None:
    await conn.execute(Q.reseal_phones, [one.key for one in sealed], [one.content for one in sealed])


async def count_waiting(conn: Connection, round_id: int) -> tuple[int, datetime | None]:
    """Due and not sent yet, and since when the oldest is."""
    row = await conn.fetchrow(Q.count_waiting, round_id)
    assert row is not None
    return row[0], row[1]
