"""A server that logs every statement with its parameters does not log which answer came over which link."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sipas.postgres.embedded import running
from sipas.postgres.migrate import migrate
from sipas.postgres.pool import Connection, connect
from sipas.queries.durability import list_parameter_logging
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.links.mixing import mix_all
from sipas.survey.links.one_time_links import answer_link, create_links, find_visit
from tests.cast import Town, build_town, link_about
from tests.databases import as_superuser
from tests.mixed import CIPHER
from tests.scratch import scratch
from tests.serving import SECRET

LOGGED = ["log_min_duration_statement = 0", "log_statement = 'all'", "log_statement = 'mod'"]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with scratch() as directory:
        yield directory


async def answer_a_link(conn: Connection, town: Town) -> tuple[bytes, str]:
    """The link's hash, and the answer as an array of the log shows it."""
    instrument = town.catalogue.instrument_of(town.catalogue.get_round("autumn"))
    [link] = await create_links(conn, link_about(town.catalogue), 1, SECRET, "http://test")
    visit = await find_visit(conn, link.token, SECRET)
    assert visit is not None
    sheet = Sheet(instrument, instrument.form_for("sms"))
    said = {item: place % 5 + 1 for place, item in enumerate(sheet.places)}
    assert await answer_link(conn, CIPHER, sheet, visit, said, "vi", datetime.now(UTC))
    return visit.token_hash, ",".join(map(str, said.values()))


async def test_the_log_holds_links_and_answers_apart(data_dir: Path) -> None:
    with running(data_dir) as dsn:
        await migrate(dsn)
        conn = await connect(as_superuser(dsn))
        town = await build_town(conn)
        for setting in ("log_min_duration_statement = 0", "log_statement = 'all'"):
            await conn.execute(f"set {setting}")
        token_hash, answers = await answer_a_link(conn, town)
        logged = (data_dir / "postgres.log").read_text(errors="replace")
        assert token_hash.hex() in logged
        assert answers not in logged
        await mix_all(conn, CIPHER)
        await conn.close()
        logged = (data_dir / "postgres.log").read_text(errors="replace")
        lines = [line for line in logged.splitlines() if answers in line]
        assert lines
        assert not any(token_hash.hex() in line for line in lines)


@pytest.mark.parametrize("setting", LOGGED)
async def test_settings_that_log_parameters_are_named(conn: Connection, setting: str) -> None:
    assert await list_parameter_logging(conn) == []
    await conn.execute(f"set {setting}")
    assert [found.name for found in await list_parameter_logging(conn)] == [setting.split(" = ")[0]]
    await conn.execute("set log_parameter_max_length = 0")
    assert await list_parameter_logging(conn) == []


async def test_a_statement_that_fails_logs_no_parameters_whatever_the_database_says(dsn: str) -> None:
    conn = await connect(dsn)
    name = await conn.fetchval("select current_database()")
    await conn.execute(f"alter database {name} set log_parameter_max_length_on_error = -1")
    late = await connect(dsn)
    assert await late.fetchval("show log_parameter_max_length_on_error") == "0"
    for one in (conn, late):
        await one.close()


async def test_the_extension_that_explains_slow_statements_is_named_once_it_is_loaded(
    conn: Connection,
) -> None:
    await conn.execute("load 'auto_explain'; set auto_explain.log_min_duration = 0")
    assert [found.name for found in await list_parameter_logging(conn)] == ["auto_explain.log_min_duration"]
    await conn.execute("set auto_explain.log_parameter_max_length = 0")
    assert await list_parameter_logging(conn) == []
