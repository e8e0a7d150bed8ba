"""A city to be measured: its database, and the token of one terminal in it."""

import tempfile
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sipas.demo.city import CITY_FOLDER
from sipas.postgres.embedded import running
from sipas.postgres.migrate import migrate
from sipas.postgres.pool import connect
from sipas.survey.catalogue import load_catalogue
from sipas.survey.kiosks.terminals import enrol_kiosk, exchange_code

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sipas.postgres.pool import Connection

HERE = Path(__file__).parent
UNIT = "00001"


class City(NamedTuple):
    data_dir: Path
    dsn: str


@contextmanager
def scratch_server() -> Iterator[City]:
    """An embedded Postgres on disk, as an installation has it, that goes when it has been measured."""
    with tempfile.TemporaryDirectory(prefix="sipas-bench-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        with running(Path(name)) as dsn:
            yield City(Path(name), dsn)


async def build_city(dsn: str) -> str:
    """The token of a terminal in unit 00001."""
    await migrate(dsn)
    async with connected(dsn) as conn:
        source = (CITY_FOLDER / "instrument.toml").read_text(encoding="utf-8").replace("'", "''")
        await conn.execute(
            (HERE / "city.sql").read_text(encoding="utf-8").replace("$INSTRUMENT$", f"'{source}'")
        )
        catalogue, now = await load_catalogue(conn), datetime.now(UTC)
        enrolment = await enrol_kiosk(conn, catalogue, UNIT, now, "http://bench")
        credential = await exchange_code(conn, catalogue, enrolment.code)
    assert credential is not None, "the code was made a moment ago"
    return credential.token


@asynccontextmanager
async def connected(dsn: str) -> "AsyncIterator[Connection]":
    conn = await connect(dsn)
    try:
        yield conn
    finally:
        await conn.close()
