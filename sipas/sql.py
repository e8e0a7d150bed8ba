"""Named SQL: each block of sql/queries/*.sql by the name that its first line gives it."""

import re
from types import SimpleNamespace

from sipas.resources import folder

SQL = folder("sql")
BLOCK = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load(entity: str) -> SimpleNamespace:
    """The statements of sql/queries/<entity>.sql, each an attribute."""
    _, *parts = BLOCK.split((SQL / "queries" / f"{entity}.sql").read_text(encoding="utf-8"))
    return SimpleNamespace(**dict(zip(parts[::2], parts[1::2], strict=True)))
