"""Households of drawn samples: who interviews them, and how far they are."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("households")
_IMPORT_TIMEOUT_SECONDS = 600.0

HouseholdState = Literal["open", "not-at-home", "refused", "ineligible", "done"]


class NewHousehold(msgspec.Struct, frozen=True):
    """grid: which adult is interviewed, by the number of adults; None: by the last birthday."""

    questionnaire: str
    village: str
    household: str
    unit_id: int
    grid: tuple[int, ...] | None


class Household(msgspec.Struct, frozen=True):
    id: int
    round_id: int
    questionnaire: str
    village: str
    household: str
    unit_id: int
    grid: tuple[int, ...] | None
    state: HouseholdState
    visits: int
    visited_on: date | None
    interview: UUID | None = None


class HouseholdCounts(msgspec.Struct, frozen=True):
    village: str
    interviewer: str | None
    drawn: int
    open: int
    not_at_home: int
    refused: int
    ineligible: int
    done: int


async def insert_households(conn: Connection, round_id: int, rows: Iterable[NewHousehold]) -> None:
    records = ((round_id, *msgspec.structs.astuple(row)) for row in rows)
    columns = ("round_id", *NewHousehold.__struct_fields__)
    await conn.copy_records_to_table(
        "household", records=records, columns=columns, timeout=_IMPORT_TIMEOUT_SECONDS
    )


async def lock_sample(conn: Connection, round_id: int) -> None:
    """Let one import of a round's sample run at a time."""
    await conn.execute(_Q.lock_sample, round_id)


async def list_drawn(conn: Connection, round_id: int) -> list[NewHousehold]:
    rows = await conn.fetch(_Q.list_drawn, round_id)
    return [NewHousehold(**{**dict(row), "grid": _grid(row["grid"])}) for row in rows]


async def list_assigned(conn: Connection, person_id: int, round_id: int) -> list[Household]:
    return [_household(row) for row in await conn.fetch(_Q.list_assigned, person_id, round_id)]


async def list_assigned_rounds(conn: Connection, person_id: int) -> list[int]:
    return [row["round_id"] for row in await conn.fetch(_Q.list_assigned_rounds, person_id)]


async def assign_village(conn: Connection, round_id: int, village: str, person_id: int) -> int:
    """Assign the households of a village that are not done; return how many."""
    return len(await conn.fetch(_Q.assign_village, round_id, village, person_id))


async def count_households(conn: Connection, round_id: int) -> list[HouseholdCounts]:
    return [HouseholdCounts(*row) for row in await conn.fetch(_Q.count_households, round_id)]


async def lock_household(conn: Connection, round_id: int, questionnaire: str) -> Household | None:
    row = await conn.fetchrow(_Q.lock_household, round_id, questionnaire)
    return _household(row) if row else None


async def record_visit(
    conn: Connection, household_id: int, state: HouseholdState, visits: int, day: date
) -> None:
    await conn.execute(_Q.record_visit, household_id, state, visits, day)


async def finish_household(conn: Connection, household_id: int, day: date, interview: UUID | None) -> bool:
    """Mark a household as done; return whether it was not done before."""
    return await conn.fetchval(_Q.finish_household, household_id, day, interview) is not None


def _household(row: asyncpg.Record) -> Household:
    return Household(**{**dict(row), "grid": _grid(row["grid"])})


def _grid(stored: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if stored is None else tuple(stored)
