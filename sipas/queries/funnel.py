"""Steps from a transaction to an answer, counted by day and stratum, without reference to persons."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("funnel")

FunnelStepName = Literal[
    "finished",
    "drawn",
    "not_drawn",
    "not_asked",
    "invited",
    "created",
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
    """n took the step on that day; negative n takes some back. Fields are in the order of the statement."""

    round_id: int
    unit_id: int | None
    procedure_id: int | None
    service_channel: str | None
    day: date
    step: FunnelStepName
    reason: str | None = None
    n: int = 1


async def add_funnel(conn: Connection, steps: Iterable[FunnelStep]) -> None:
    """Add to the counts; equal steps may occur more than once."""
    if rows := [msgspec.structs.astuple(step) for step in steps]:
        await conn.execute(_Q.add_funnel, *zip(*rows, strict=True))


class FunnelCount(msgspec.Struct, frozen=True):
    """unit and day: None unless requested."""

    round: str
    unit: str | None
    day: date | None
    step: FunnelStepName
    n: int


class ReasonCount(msgspec.Struct, frozen=True):
    round: str
    reason: str
    n: int


async def count_funnel(
    conn: Connection, round_code: str | None, *, by_unit: bool, by_day: bool
) -> list[FunnelCount]:
    return [FunnelCount(*row) for row in await conn.fetch(_Q.count_funnel, round_code, by_unit, by_day)]


async def count_failures(
    conn: Connection, round_code: str | None, steps: Iterable[FunnelStepName]
) -> list[ReasonCount]:
    """Return the reasons of those steps, the most frequent first."""
    return [ReasonCount(*row) for row in await conn.fetch(_Q.count_failures, round_code, list(steps))]
