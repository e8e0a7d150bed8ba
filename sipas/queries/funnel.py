"""The steps from a transaction to an answer, counted by day and stratum, and leading to nobody."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

Q = load("funnel")

Step = Literal[
    "finished",
    "drawn",
    "not_drawn",
    "not_asked",
    "invited",
    "sent",
    "reminded",
    "delivered",
    "failed",
    "opened",
    "started",
    "completed",
    "refused",
]


class FunnelStep(msgspec.Struct, frozen=True):
    """n took the step on that day; fewer again where n is negative. Field order is the statement's."""

    round_id: int
    unit_id: int | None
    procedure_id: int | None
    service_channel: str | None
    day: date
    step: Step
    reason: str | None = None
    n: int = 1


async def add_funnel(conn: Connection, steps: Iterable[FunnelStep]) -> None:
    """Adds to the counts; steps that are alike may stand there more than once."""
    if rows := [msgspec.structs.astuple(step) for step in steps]:
        await conn.execute(Q.add_funnel, *zip(*rows, strict=True))
