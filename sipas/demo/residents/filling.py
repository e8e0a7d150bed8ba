"""Residents' answers into their round, all of them by HTTP. Links, posters and the interviewer alone are made
in the database.
"""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import chain

from sipas.demo.line import HttpLine
from sipas.demo.loading import RESIDENTS_ROUND
from sipas.demo.posting import Post, send_all, sign_in_interviewer
from sipas.demo.posts import Visits
from sipas.demo.progress import Progress
from sipas.demo.residents.model import TABLET, draw_residents_model
from sipas.demo.residents.people import draw_residents
from sipas.demo.residents.places import read_places
from sipas.demo.residents.posts import ResidentPosts
from sipas.postgres.pool import Connection
from sipas.settings import Settings
from sipas.survey.access.people import add_person, retire_person
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.links.one_time_links import create_links, link_for
from sipas.survey.links.posters import create_poster

_RESIDENTS = 3_000
_CITIZENS_PER_RESIDENT = 20 / 3  # a smaller demonstration has fewer of both


def residents_for(responses: int) -> int:
    """Return how many residents answer beside so many citizens."""
    return min(_RESIDENTS, max(1, round(responses / _CITIZENS_PER_RESIDENT)))


async def fill_residents(
    conn: Connection,
    catalogue: Catalogue,
    settings: Settings,
    line: HttpLine,
    people: int,
    seed: int,
    now: datetime,
) -> int:
    """Return how many responses were acknowledged."""
    round_ = catalogue.get_round(RESIDENTS_ROUND)
    posts = draw_posts(catalogue.instrument_of(round_), people, seed)
    links = await _invite(conn, catalogue, posts, settings, now)
    posters = await _hang_posters(conn, catalogue, posts, now)
    moments = Visits(round_.opens_at, now, seed).draw(len(posts.residents.over(TABLET)))
    async with _interviewer(conn, line) as token:
        sent: Iterator[Post] = chain[Post](
            posts.tablet_batches(token, moments),
            posts.link_answers(links, settings.secret),
            posts.poster_answers(posters),
        )
        return await send_all(settings.public_url, sent, Progress("residents answer", people).add)


@asynccontextmanager
async def _interviewer(conn: Connection, line: HttpLine) -> AsyncIterator[str]:
    """Add an interviewer, yield the token of the tablet, and end the access."""
    name, password = f"interviewer-{secrets.token_hex(4)}", secrets.token_urlsafe()
    await add_person(conn, name, password, "interviewer")
    try:
        yield await sign_in_interviewer(line, name, password)
    finally:
        await retire_person(conn, name)


def draw_posts(instrument: Instrument, people: int, seed: int) -> ResidentPosts:
    places = read_places()
    model = draw_residents_model(len(places.communes), instrument)
    return ResidentPosts(draw_residents(model, places, instrument, people, seed), places, instrument)


async def _invite(
    conn: Connection, catalogue: Catalogue, posts: ResidentPosts, settings: Settings, now: datetime
) -> dict[str, list[str]]:
    """Create as many links for each commune as are answered, and return their tokens."""
    tokens = {}
    async with conn.transaction():
        for unit, count in posts.links_wanted().items():
            link = link_for(
                catalogue,
                now,
                round_code=RESIDENTS_ROUND,
                unit_code=unit,
                procedure_code=None,
                service_channel=None,
            )
            made = await create_links(conn, link, count, settings.secret, settings.public_url)
            tokens[unit] = [one.token for one in made]
    return tokens


async def _hang_posters(
    conn: Connection, catalogue: Catalogue, posts: ResidentPosts, now: datetime
) -> dict[str, str]:
    """Create a poster in each commune, and return their codes."""
    units = [unit.code for unit in posts.places.communes]
    made = [await create_poster(conn, catalogue, unit, now, "", RESIDENTS_ROUND) for unit in units]
    return {one.unit: one.code for one in made}
