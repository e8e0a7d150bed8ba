"""Whom a round asks."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("invitations")


class Invitation(msgspec.Struct, frozen=True):
    """seed: of the draw. rate: where no stratum has its own. again_after: before the same phone is asked again."""

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


async def replace_invitation(
    conn: Connection, invitation: Invitation, strata: Sequence[StratumRate]
) -> None:
    await conn.execute(Q.upsert_invitation, *msgspec.structs.astuple(invitation))
    await conn.execute(Q.delete_invitation_strata, invitation.round_id)
    if rows := [msgspec.structs.astuple(stratum) for stratum in strata]:
        await conn.execute(Q.insert_invitation_strata, invitation.round_id, *zip(*rows, strict=True))
