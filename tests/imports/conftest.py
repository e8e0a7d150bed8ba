"""Files to import, and a small catalogue to import them against."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sipas.postgres.pool import Connection
from tests.cast import build_town

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
async def town(conn: Connection) -> Connection:
    """A connection to a database that holds the town: communes 00070 and 00004, round `autumn`."""
    await build_town(conn)
    return conn
