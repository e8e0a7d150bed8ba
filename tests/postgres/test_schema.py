"""Rules that the database enforces itself."""

from datetime import date

import asyncpg
import pytest

from sipas.postgres.pool import Connection

RESPONSE = """
insert into response (id, round_id, unit_id, submitted_at, complete, channel, form, language, answers, digest)
values ('0198c0de-0000-7000-8000-000000000001', 1, $1, now(), true, 'kiosk', 'kiosk', 'vi', '{5,-1}', '\\x00')
"""
UNIT = "insert into unit (code, name, type, valid_from, valid_to) values ($1, $1, 'commune', $2, $3)"
INSTRUMENT = "insert into instrument (code, version, source) values ('sipas-22', 1, 'items') returning id"
ROUND = """
insert into round (code, instrument_id, strata, index_code, opens_at, closes_at)
values ($1, $2, '{unit}', 'pooled', $3::date, $4::date) returning id
"""


async def version(conn: Connection) -> int:
    return int(await conn.fetchval("select version from catalogue_version"))


@pytest.mark.parametrize(
    "change", ["update response set answers = '{1}'", "delete from response", "truncate response"]
)
async def test_a_response_never_changes(conn: Connection, change: str) -> None:
    await conn.execute(RESPONSE, 1)
    with pytest.raises(asyncpg.RestrictViolationError, match="response never changes"):
        await conn.execute(change)
    assert await conn.fetchval("select answers from response") == [5, -1]


async def test_one_id_never_stands_under_two_units(conn: Connection) -> None:
    await conn.execute(RESPONSE, 1)
    with pytest.raises(asyncpg.UniqueViolationError, match="response_pkey"):
        await conn.execute(RESPONSE, 2)


@pytest.mark.parametrize("change", ["update instrument set source = 'other'", "delete from instrument"])
async def test_a_published_instrument_never_changes(conn: Connection, change: str) -> None:
    await conn.execute(INSTRUMENT)
    with pytest.raises(asyncpg.RestrictViolationError, match="instrument never changes"):
        await conn.execute(change)


async def test_a_code_belongs_to_one_unit_at_a_time(conn: Connection) -> None:
    await conn.execute(UNIT, "00070", None, date(2025, 6, 30))
    await conn.execute(UNIT, "00070", date(2025, 7, 1), None)
    with pytest.raises(asyncpg.ExclusionViolationError, match="unit_code_once"):
        await conn.execute(UNIT, "00070", date(2025, 6, 30), date(2025, 6, 30))


async def test_a_unit_does_not_end_before_it_begins(conn: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="unit_dates"):
        await conn.execute(UNIT, "00070", date(2025, 7, 1), date(2025, 6, 30))


async def test_an_instrument_collects_for_one_round_at_a_time(conn: Connection) -> None:
    instrument = await conn.fetchval(INSTRUMENT)
    await conn.execute(ROUND, "first", instrument, date(2025, 1, 1), date(2025, 7, 1))
    await conn.execute(ROUND, "second", instrument, date(2025, 7, 1), None)
    with pytest.raises(asyncpg.ExclusionViolationError, match="round_instrument_once"):
        await conn.execute(ROUND, "third", instrument, date(2025, 6, 30), date(2025, 7, 1))


async def test_a_stratum_is_counted_once_in_a_frame_also_where_columns_are_empty(conn: Connection) -> None:
    instrument = await conn.fetchval(INSTRUMENT)
    round_id = await conn.fetchval(ROUND, "first", instrument, date(2025, 1, 1), None)
    frame = "insert into frame (round_id, service_channel, transactions) values ($1, 'counter', 10)"
    await conn.execute(frame, round_id)
    with pytest.raises(asyncpg.UniqueViolationError, match="frame_stratum_once"):
        await conn.execute(frame, round_id)


async def test_the_same_refused_submission_is_kept_once_for_each_reason(conn: Connection) -> None:
    quarantine = "insert into quarantine (reason, detail, raw) values ($1, '', 'same') on conflict do nothing"
    for reason in ("unit", "unit", "clock"):
        await conn.execute(quarantine, reason)
    assert await conn.fetchval("select count(*) from quarantine") == 2


async def test_a_used_link_holds_nothing_of_what_it_was_about(conn: Connection) -> None:
    instrument = await conn.fetchval(INSTRUMENT)
    round_id = await conn.fetchval(ROUND, "first", instrument, date(2025, 1, 1), None)
    unit = await conn.fetchval(f"{UNIT} returning id", "00070", None, None)
    await conn.execute(
        "insert into link (token_hash, round_id, unit_id, expires_at) values ('x', $1, $2, now())",
        round_id,
        unit,
    )
    with pytest.raises(asyncpg.CheckViolationError, match="link_used_forgets"):
        await conn.execute("update link set used = true")
    await conn.execute("update link set used = true, unit_id = null, expires_at = null")


async def test_every_change_of_the_catalogue_moves_its_version(conn: Connection) -> None:
    before = await version(conn)
    await conn.execute(UNIT, "00070", None, None)
    await conn.execute("update unit set name = 'Phường Hoàn Kiếm'")
    await conn.execute("insert into procedure (code, name, field) values ('1.001', 'Khai sinh', 'Hộ tịch')")
    await conn.execute(ROUND, "first", await conn.fetchval(INSTRUMENT), date(2025, 1, 1), None)
    assert await version(conn) == before + 5
