"""Procedures by code; a changed name or field is updated.

The columns `name_en` and `field_en` are optional: English names, for terminals.
"""

from pathlib import Path

from sipas.imports.counts import ImportCounts
from sipas.imports.lookup import refuse_lost_zeros
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Procedure, list_procedures
from sipas.queries.procedures import ProcedureTexts, upsert_procedures
from sipas.tables import TableRow, read_table


async def import_procedures(conn: Connection, path: Path) -> ImportCounts:
    rows: dict[str, TableRow] = {}
    for row in read_table(path, required=("code", "name", "field")).rows:
        if earlier := rows.get(row.get("code")):
            raise row.error("code", f"procedure {row.get('code')} stands in row {earlier.number} too")
        rows[row.get("code")] = row
    async with conn.transaction():
        earlier_ones = {p.code: p for p in await list_procedures(conn)}
        given = {code: _texts_of(row, earlier_ones.get(code)) for code, row in rows.items()}
        known = {p.code: (p.code, p.name, p.field, p.name_en, p.field_en) for p in earlier_ones.values()}
        refuse_lost_zeros((("", code, row) for code, row in rows.items()), {("", code) for code in known})
        changed = [procedure for code, procedure in given.items() if known.get(code) != procedure]
        await upsert_procedures(conn, changed)
    added = len(given.keys() - known.keys())
    return ImportCounts(added, len(changed) - added, len(given) - len(changed))


def _texts_of(row: TableRow, earlier: Procedure | None) -> ProcedureTexts:
    """Return the texts. English names missing in the file stay unchanged."""
    code, name, field = (row.get(column) for column in ("code", "name", "field"))
    name_en, field_en = (earlier.name_en, earlier.field_en) if earlier else (None, None)
    return code, name, field, row.find("name_en") or name_en, row.find("field_en") or field_en
