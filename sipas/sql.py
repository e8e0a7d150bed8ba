"""Named SQL: the blocks of sql/queries/*.sql by the names in their first lines."""

import re
from types import SimpleNamespace

from sipas.resources import folder

SQL = folder("sql")
_BLOCK = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load(entity: str) -> SimpleNamespace:
    """Return the statements of sql/queries/<entity>.sql as attributes."""
    _, *parts = _BLOCK.split((SQL / "queries" / f"{entity}.sql").read_text(encoding="utf-8"))
    return SimpleNamespace(**dict(zip(parts[::2], parts[1::2], strict=True)))
