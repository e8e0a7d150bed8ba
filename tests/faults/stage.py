"""What a service needs before it can collect: a town with a terminal, and links that were sent out."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sipas.postgres.embedded import running
from sipas.postgres.migrate import migrate
from sipas.postgres.pool import connect
from sipas.settings import read_secret
from sipas.survey.links.one_time_links import create_links
from tests.cast import build_town, link_about


@dataclass(frozen=True)
class Stage:
    """token: of the terminal. links: tokens of unanswered links."""

    data_dir: Path
    token: str
    links: list[str]


def set_stage(data_dir: Path, links: int = 0) -> Stage:
    with running(data_dir) as dsn:
        return asyncio.run(build(data_dir, dsn, links))


async def build(data_dir: Path, dsn: str, number: int) -> Stage:
    await migrate(dsn)
    conn = await connect(dsn)
    town = await build_town(conn)
    about, secret = link_about(town.catalogue), read_secret(None, data_dir)
    links = await create_links(conn, about, number, secret, "http://test")
    await conn.close()
    return Stage(data_dir, town.token, [link.token for link in links])
