"""Getting to the schema, from anywhere."""

import asyncio
import subprocess
from pathlib import Path

import asyncpg
import pytest

import sipas.postgres.migrate
from sipas.errors import DatabaseError
from sipas.postgres.migrate import MIGRATIONS, list_migrations, migrate
from sipas.postgres.owner import wheel
from sipas.postgres.pool import Connection, connect
from sipas.sql import SQL
from tests.databases import execute


def dump(dsn: str) -> str:
    """The schema as Postgres writes it, without the key that pg_dump draws anew each time."""
    pg_dump = wheel() / "pginstall" / "bin" / "pg_dump"
    text = subprocess.run([pg_dump, "--schema-only", dsn], check=True, capture_output=True, text=True).stdout
    return "\n".join(
        line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
    )


async def tables(dsn: str) -> list[str]:
    conn = await connect(dsn)
    rows = await conn.fetch("select tablename from pg_tables where schemaname = 'public' order by tablename")
    await conn.close()
    return [row["tablename"] for row in rows]


async def test_the_schema_and_all_migrations_give_the_same_database(dsn: str, empty_dsn: str) -> None:
    await execute(empty_dsn, (SQL / "schema.sql").read_text(encoding="utf-8"))
    assert dump(dsn) == dump(empty_dsn)


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    assert list(list_migrations(MIGRATIONS)) == list(range(1, len(list(MIGRATIONS.iterdir())) + 1))


async def test_a_database_is_migrated_once(empty_dsn: str) -> None:
    assert await migrate(empty_dsn) == list(list_migrations(MIGRATIONS))
    assert await migrate(empty_dsn) == []


async def test_of_several_that_migrate_at_once_one_does_it(empty_dsn: str) -> None:
    done = await asyncio.gather(*(migrate(empty_dsn) for _ in range(4)))
    assert sorted(done, key=len) == [[], [], [], list(list_migrations(MIGRATIONS))]


async def test_a_later_migration_is_applied_alone(dsn: str, tmp_path: Path) -> None:
    for migration in list_migrations(MIGRATIONS).values():
        (tmp_path / migration.file).write_text(migration.sql, encoding="utf-8")
    (tmp_path / "9999_more.sql").write_text("create table more (id int);", encoding="utf-8")
    assert await migrate(dsn, tmp_path) == [9999]
    assert "more" in await tables(dsn)


async def test_a_migration_that_fails_takes_all_of_them_back(empty_dsn: str, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("create table schema_migration (number int);", encoding="utf-8")
    (tmp_path / "0002_broken.sql").write_text("create table half (id int); select 1/0;", encoding="utf-8")
    with pytest.raises(
        DatabaseError, match=r"0002_broken\.sql failed, and nothing was changed: division by zero"
    ):
        await migrate(empty_dsn, tmp_path)
    assert await tables(empty_dsn) == []


async def test_a_database_that_holds_something_else_is_left_as_it_is(empty_dsn: str) -> None:
    await execute(empty_dsn, "create table unit (ours text)")
    with pytest.raises(DatabaseError, match='nothing was changed: relation "unit" already exists'):
        await migrate(empty_dsn)
    assert await tables(empty_dsn) == ["unit"]


async def test_a_database_of_a_later_version_is_refused(dsn: str, conn: Connection) -> None:
    await conn.execute("insert into schema_migration (number) values (4711)")
    with pytest.raises(DatabaseError, match="has migration 4711, which this version of sipas does not know"):
        await migrate(dsn)


async def test_an_old_server_is_refused(empty_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sipas.postgres.migrate, "OLDEST_POSTGRES", 99)
    with pytest.raises(DatabaseError, match=r"this is PostgreSQL \d+; sipas needs 99 or later"):
        await migrate(empty_dsn)


async def test_a_database_that_cannot_hold_vietnamese_is_refused(server_dsn: str, empty_dsn: str) -> None:
    name = empty_dsn.split("?")[0].rsplit("/", 1)[1]
    await execute(server_dsn, f"drop database {name}")
    await execute(
        server_dsn,
        f"create database {name} template template0 encoding 'LATIN1' locale 'C' locale_provider libc",
    )
    with pytest.raises(DatabaseError, match="encoded in LATIN1; create one with encoding UTF8"):
        await migrate(empty_dsn)


async def test_a_failed_migration_leaves_no_connection_behind(empty_dsn: str, tmp_path: Path) -> None:
    (tmp_path / "0001_broken.sql").write_text("nonsense", encoding="utf-8")
    with pytest.raises(DatabaseError, match="syntax error"):
        await migrate(empty_dsn, tmp_path)
    conn: asyncpg.Connection[asyncpg.Record] = await connect(empty_dsn)
    here = "select count(*) from pg_stat_activity where datname = current_database()"
    assert await conn.fetchval(here) == 1
    await conn.close()
