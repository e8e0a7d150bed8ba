"""The catalogue's rows: units, procedures, instruments, rounds."""

from datetime import date, datetime

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("catalogue")

# Defaults of a round's rules for mixing; docs/explanation/privacy.md gives the reasons.
ANONYMITY_DEFAULT = 5  # answers that share the attributes stored
COARSENING_DEFAULT = ("week", "month", "field", "service_channel", "unit", "round")
MIXED_EVERY_DEFAULT = "month"


class Unit(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str
    type: str
    parent_id: int | None
    valid_from: date | None
    valid_to: date | None


class Procedure(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str
    field: str
    name_en: str | None = None
    field_en: str | None = None


class Round(msgspec.Struct, frozen=True):
    """index_code None: the instrument has no index.

    anonymity, coarsening, mixed_every: rules of the mix (sipas/survey/links/mixing.py).
    """

    id: int
    code: str
    instrument_id: int
    strata: tuple[str, ...]
    index_code: str | None
    target: float | None
    opens_at: datetime
    closes_at: datetime | None
    anonymity: int = ANONYMITY_DEFAULT
    coarsening: tuple[str, ...] = COARSENING_DEFAULT
    mixed_every: str = MIXED_EVERY_DEFAULT


async def get_catalogue_version(conn: Connection) -> int:
    return int(await conn.fetchval(_Q.get_catalogue_version))


async def list_units(conn: Connection) -> list[Unit]:
    return [Unit(*row) for row in await conn.fetch(_Q.list_units)]


async def list_procedures(conn: Connection) -> list[Procedure]:
    return [Procedure(*row) for row in await conn.fetch(_Q.list_procedures)]


async def list_instruments(conn: Connection) -> list[tuple[int, str]]:
    """Id and TOML source of each published version."""
    return [(row["id"], row["source"]) for row in await conn.fetch(_Q.list_instruments)]


async def list_rounds(conn: Connection) -> list[Round]:
    return [msgspec.convert(dict(row), Round) for row in await conn.fetch(_Q.list_rounds)]


async def list_offered_procedures(
    conn: Connection, round_id: int, unit_id: int, service_channel: str
) -> list[int]:
    rows = await conn.fetch(_Q.list_offered_procedures, round_id, unit_id, service_channel)
    return [row["procedure_id"] for row in rows]
