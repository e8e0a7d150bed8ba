"""Whom a round asks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("invitations")


class Invitation(msgspec.Struct, frozen=True):
    """rate: where no stratum has its own. again_after: before the same phone is asked again."""

    round_id: int
    seed: int
    rate: float
    delay: timedelta
    again_after: timedelta
    lasts: timedelta
    remind_after: timedelta | None


class StratumRate(msgspec.Struct, frozen=True):
    """A column that is None stands for all."""

    unit_id: int | None
    procedure_id: int | None
    service_channel: str | None
    rate: float


async def list_invitations(conn: Connection) -> list[Invitation]:
    return [Invitation(*row) for row in await conn.fetch(Q.list_invitations)]


async def list_invitation_strata(conn: Connection) -> list[tuple[int, StratumRate]]:
    """Each with its round."""
    return [(row[0], StratumRate(*row[1:])) for row in await conn.fetch(Q.list_invitation_strata)]


async def replace_invitation(conn: Connection, invitation: Invitation, strata: Sequence[StratumRate]) -> None:
    await conn.execute(Q.upsert_invitation, *msgspec.structs.astuple(invitation))
    await conn.execute(Q.delete_invitation_strata, invitation.round_id)
    if rows := [msgspec.structs.astuple(stratum) for stratum in strata]:
        await conn.execute(Q.insert_invitation_strata, invitation.round_id, *zip(*rows, strict=True))


class Due(msgspec.Struct, frozen=True):
    """A drawn transaction that it is time to decide about. phone: sealed; None where there is none to ask."""

    id_hash: bytes
    round_id: int
    unit_id: int
    procedure_id: int
    service_channel: str
    completed_at: datetime
    cancelled: bool
    phone: bytes | None


class InvitationMessage(msgspec.Struct, frozen=True):
    transaction_hash: bytes
    link_hash: bytes
    payload: bytes
    contact_hash: bytes


async def take_due(conn: Connection, now: datetime, most: int) -> list[Due]:
    """Locked until the transaction ends."""
    return [Due(*row) for row in await conn.fetch(Q.take_due, now, most)]


async def settle_due(conn: Connection, id_hashes: Sequence[bytes]) -> None:
    """They have been decided about, and their phones are forgotten."""
    await conn.execute(Q.settle_due, id_hashes)


async def ask_phones(
    conn: Connection, phones: Sequence[tuple[int, bytes]], day: date
) -> set[tuple[int, bytes]]:
    """Of rounds and phones those that may be asked today, which is noted."""
    if not phones:
        return set()
    rows = await conn.fetch(Q.ask_phones, *zip(*phones, strict=True), day)
    return {(row[0], row[1]) for row in rows}


async def delete_old_contacts(conn: Connection, now: datetime) -> None:
    await conn.execute(Q.delete_old_contacts, now)


async def insert_invitation_messages(
    conn: Connection, now: datetime, messages: Sequence[InvitationMessage]
) -> None:
    if rows := [msgspec.structs.astuple(message) for message in messages]:
        await conn.execute(Q.insert_invitation_messages, now, *zip(*rows, strict=True))
