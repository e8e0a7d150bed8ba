"""Invitations of rounds: sampling rates, due transactions and messages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("invitations")


class Invitation(msgspec.Struct, frozen=True):
    """rate: of strata without their own. again_after: time until the same phone may be invited again."""

    round_id: int
    seed: int
    rate: float
    delay: timedelta
    again_after: timedelta
    lasts: timedelta
    remind_after: timedelta | None


class StratumRate(msgspec.Struct, frozen=True):
    """A column that is None matches every value."""

    unit_id: int | None
    procedure_id: int | None
    service_channel: str | None
    rate: float


async def list_invitations(conn: Connection) -> list[Invitation]:
    return [Invitation(*row) for row in await conn.fetch(_Q.list_invitations)]


async def list_invitation_strata(conn: Connection) -> list[tuple[int, StratumRate]]:
    """Return each rate with its round."""
    return [(row[0], StratumRate(*row[1:])) for row in await conn.fetch(_Q.list_invitation_strata)]


async def replace_invitation(conn: Connection, invitation: Invitation, strata: Sequence[StratumRate]) -> None:
    await conn.execute(_Q.upsert_invitation, *msgspec.structs.astuple(invitation))
    await conn.execute(_Q.delete_invitation_strata, invitation.round_id)
    if rows := [msgspec.structs.astuple(stratum) for stratum in strata]:
        await conn.execute(_Q.insert_invitation_strata, invitation.round_id, *zip(*rows, strict=True))


class Due(msgspec.Struct, frozen=True):
    """A drawn transaction that is due for a decision. phone: encrypted; None if there is none."""

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
    """Return due transactions, locked until the transaction ends."""
    return [Due(*row) for row in await conn.fetch(_Q.take_due, now, most)]


async def settle_due(conn: Connection, id_hashes: Sequence[bytes]) -> None:
    """Mark transactions as decided and delete their phones."""
    await conn.execute(_Q.settle_due, id_hashes)


async def ask_phones(
    conn: Connection, phones: Sequence[tuple[int, bytes]], day: date
) -> set[tuple[int, bytes]]:
    """Return the rounds and phones that may be invited today, and record that they are."""
    if not phones:
        return set()
    rows = await conn.fetch(_Q.ask_phones, *zip(*phones, strict=True), day)
    return {(row[0], row[1]) for row in rows}


async def delete_old_contacts(conn: Connection, now: datetime) -> None:
    await conn.execute(_Q.delete_old_contacts, now)


async def insert_invitation_messages(
    conn: Connection, now: datetime, messages: Sequence[InvitationMessage]
) -> None:
    if rows := [msgspec.structs.astuple(message) for message in messages]:
        await conn.execute(_Q.insert_invitation_messages, now, *zip(*rows, strict=True))
