"""Procedures: known by code; a changed name or field is updated."""

from pathlib import Path

from sipas.imports.counts import Counts
from sipas.imports.lookup import refuse_lost_zeros
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import list_procedures
from sipas.queries.procedures import upsert_procedures
from sipas.tables import Row, read_table


async def import_procedures(conn: Connection, path: Path) -> Counts:
    rows: dict[str, Row] = {}
    for row in read_table(path, required=("code", "name", "field")).rows:
        if earlier := rows.get(row.get("code")):
            raise row.error("code", f"procedure {row.get('code')} stands in row {earlier.number} too")
        rows[row.get("code")] = row
    given = {code: (code, row.get("name"), row.get("field")) for code, row in rows.items()}
    async with conn.transaction():
        known = {p.code: (p.code, p.name, p.field) for p in await list_procedures(conn)}
        refuse_lost_zeros((("", code, row) for code, row in rows.items()), {("", code) for code in known})
        changed = [procedure for code, procedure in given.items() if known.get(code) != procedure]
        await upsert_procedures(conn, changed)
    added = len(given.keys() - known.keys())
    return Counts(added, len(changed) - added, len(given) - len(changed))
