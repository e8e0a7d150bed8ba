"""Migrates a database to this version's schema: files of sql/migrations in order, each once, all or none."""

from pathlib import Path
from typing import NamedTuple

import asyncpg

from sipas.errors import DatabaseError
from sipas.postgres.pool import Connection, connect
from sipas.sql import SQL, load

MIGRATIONS = SQL / "migrations"
OLDEST_POSTGRES = 15
_Q = load("migrations")


class Migration(NamedTuple):
    file: str
    sql: str


async def migrate(dsn: str, directory: Path = MIGRATIONS) -> list[int]:
    """Return the numbers of the migrations applied now; none if the database was up to date."""
    conn = await connect(dsn)
    try:
        await _check_server(conn)
        async with conn.transaction():
            await _lock_migrations(conn)
            applied = await _list_applied_migrations(conn)
            pending = _find_pending(applied, list_migrations(directory))
            for number, migration in pending.items():
                await _apply_migration(conn, number, migration)
        return list(pending)
    finally:
        await conn.close()


async def _check_server(conn: Connection) -> None:
    major = conn.get_server_version().major
    if major < OLDEST_POSTGRES:
        raise DatabaseError(f"this is PostgreSQL {major}; sipas needs {OLDEST_POSTGRES} or later")
    encoding = conn.get_settings().server_encoding
    if encoding != "UTF8":
        raise DatabaseError(f"the database is encoded in {encoding}; create one with encoding UTF8")


def list_migrations(directory: Path) -> dict[int, Migration]:
    files = sorted(directory.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return {int(file.name[:4]): Migration(file.name, file.read_text(encoding="utf-8")) for file in files}


def _find_pending(applied: list[int], known: dict[int, Migration]) -> dict[int, Migration]:
    if newer := [number for number in applied if number not in known]:
        raise DatabaseError(
            f"the database has migration {max(newer)}, which this version of sipas does not know; "
            "install the version that made it, or a later one"
        )
    return {number: migration for number, migration in known.items() if number not in applied}


async def _lock_migrations(conn: Connection) -> None:
    await conn.execute(_Q.lock_migrations)


async def _list_applied_migrations(conn: Connection) -> list[int]:
    if await conn.fetchval(_Q.find_migration_table) is None:
        return []
    return [row["number"] for row in await conn.fetch(_Q.list_applied_migrations)]


async def _apply_migration(conn: Connection, number: int, migration: Migration) -> None:
    try:
        await conn.execute(migration.sql)
    except asyncpg.PostgresError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise DatabaseError(f"{migration.file} failed, and nothing was changed: {error}{hint}") from error
    await conn.execute(_Q.insert_migration, number)
