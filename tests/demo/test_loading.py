"""The city in the database, and the real survey beside it."""

from datetime import UTC, datetime

import asyncpg
import pytest

from sipas.demo.loading import load_city, load_kansas_city
from sipas.postgres.pool import Connection
from sipas.survey.catalogue import Catalogue, load_catalogue

NOW = datetime.now(UTC)
SPAN = "select count(*), min(submitted_at), max(submitted_at) from response where round_id = $1"


async def count(conn: Connection, table: str) -> int:
    return int(await conn.fetchval(f"select count(*) from {table}"))


async def load(conn: Connection) -> Catalogue:
    await load_city(conn, NOW)
    await load_kansas_city(conn)
    return await load_catalogue(conn)


async def test_the_city_is_loaded_whole_and_once(conn: Connection) -> None:
    await load(conn)
    tables = ("unit", "succession", "procedure", "instrument", "round", "frame", "response")
    first = [await count(conn, table) for table in tables]
    catalogue = await load(conn)
    assert [await count(conn, table) for table in tables] == first
    assert first[0] == 711 + 7
    assert await conn.fetchval("select sum(transactions) from frame") == 600_000
    assert set(catalogue.rounds) == {"demo", "kc-2021q3", "kc-2022q1"}


async def test_round_demo_is_open_and_has_the_target(conn: Connection) -> None:
    await load_city(conn, NOW)
    catalogue = await load_catalogue(conn)
    round_ = catalogue.get_round("demo")
    assert catalogue.open_round(NOW) == round_
    assert round_.strata == ("unit", "procedure", "service_channel")
    assert (round_.index_code, round_.target, round_.closes_at) == ("overall", 0.85, None)
    assert catalogue.instrument_of(round_).name == "sipas-22@1"


async def test_the_real_rounds_hold_every_resident_of_their_own_time(conn: Connection) -> None:
    catalogue = await load(conn)
    for code, residents in (("kc-2021q3", 1033), ("kc-2022q1", 984)):
        round_ = catalogue.get_round(code)
        held = await conn.fetchrow(SPAN, round_.id)
        assert held is not None
        assert held["count"] == residents
        assert round_.opens_at <= held["min"] <= held["max"]
        assert round_.closes_at is not None
        assert held["max"] < round_.closes_at


async def test_a_city_cut_short_is_not_loaded_at_all(conn: Connection) -> None:
    await conn.execute("alter table frame add constraint full_disk check (transactions < 5)")
    with pytest.raises(asyncpg.CheckViolationError, match="full_disk"):
        await load_city(conn, NOW)
    assert await count(conn, "unit") == 0
    assert await count(conn, "round") == 0
