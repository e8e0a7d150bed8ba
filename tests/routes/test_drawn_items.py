"""Which items a form draws for a link: its token tells, and nothing that is kept does."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from sipas.postgres.pool import Connection
from sipas.survey.catalogue import load_catalogue
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import NOT_ASKED
from sipas.survey.links.one_time_links import LINK_CHANNEL, LINK_VALID_FOR, new_links
from sipas.survey.links.survey_parts import parts_asked
from tests.cast import Town, link_about, reword
from tests.mixed import mix_everything
from tests.serving import SECRET, client_of, serving

LINKS = 40
ASKED = re.compile(r'type="radio" name="([^"]+)"')


@pytest.fixture
async def sheet(conn: Connection, town: Town) -> Sheet:
    """A link asks what a terminal asks: one item of each factor."""
    await reword(conn, sms="kiosk", kiosk="sms")
    catalogue = await load_catalogue(conn)
    instrument = catalogue.instrument_of(catalogue.get_round("autumn"))
    return Sheet(instrument, instrument.form_for(LINK_CHANNEL))


@pytest.fixture
async def paths(conn: Connection, town: Town) -> list[str]:
    link = link_about(town.catalogue)
    return [f"/s/{token}" for token in await new_links(conn, [link] * LINKS, LINK_VALID_FOR, SECRET)]


@pytest.fixture
async def client(dsn: str, sheet: Sheet) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(dsn) as address,
        client_of(address) as client,
    ):
        yield client


async def asked_by(client: httpx.AsyncClient, path: str) -> frozenset[str]:
    return frozenset(ASKED.findall((await client.get(path)).text))


async def test_a_link_asks_the_same_items_whenever_and_wherever_it_is_opened(
    client: httpx.AsyncClient, conn: Connection, paths: list[str], sheet: Sheet
) -> None:
    for path in paths[:10]:
        asked = await asked_by(client, path)
        assert len(asked) == 6
        begun = await client.post(path, data=dict.fromkeys(asked, "4") | {"Draft": "1"})
        assert begun.status_code == 204
        resumed = await client.get(path)
        assert resumed.text.count(" checked") == 6
        assert frozenset(ASKED.findall(resumed.text)) == asked
        assert (await client.post(path, data=dict.fromkeys(asked, "3"))).status_code == 200
    assert await mix_everything(conn) == 10


async def test_what_the_database_keeps_of_a_link_does_not_tell_which_items_it_asked(
    client: httpx.AsyncClient, conn: Connection, paths: list[str], sheet: Sheet
) -> None:
    """By chance one draw in 1,440 is right."""
    asked = [await asked_by(client, path) for path in paths]
    assert len(set(asked)) > LINKS / 2
    for path, items in zip(paths, asked, strict=True):
        assert (await client.post(path, data=dict.fromkeys(items, "4"))).status_code == 200
    await mix_everything(conn)
    answers = [row["answers"] for row in await conn.fetch("select answers from response")]
    shown = [
        frozenset(item for item, place in sheet.places.items() if row[place] != NOT_ASKED) for row in answers
    ]
    assert sorted(map(sorted, shown)) == sorted(map(sorted, asked))
    hashes = [row["token_hash"] for row in await conn.fetch("select token_hash from link where used")]
    assert len(hashes) == LINKS
    drawn = {
        frozenset(item.id for part in parts_asked(sheet.instrument, sheet.form, seed) for item in part.items)
        for seed in hashes
    }
    assert len(drawn & set(asked)) < LINKS / 4
