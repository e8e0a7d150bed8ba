"""Citizens' answers into the rounds, all of them by HTTP; codes and links alone are made in the database,
and answers of links are mixed there at once, which a real round never does."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from sipas.demo.citizens import Citizens, draw_citizens
from sipas.demo.city import read_city
from sipas.demo.frame import draw_frame
from sipas.demo.line import HttpLine, open_line
from sipas.demo.loading import RESIDENTS_ROUND, ROUND
from sipas.demo.model import draw_model
from sipas.demo.posting import Post, enrol_terminal, send_all
from sipas.demo.posts import Crowd, Visits
from sipas.demo.progress import Progress
from sipas.demo.residents.filling import fill_residents, residents_for
from sipas.postgres.pool import Connection, Pool
from sipas.queries.kiosks import find_kiosk, retire_kiosk
from sipas.settings import Settings
from sipas.survey.catalogue import Catalogue, load_catalogue, local_day
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.kiosks.terminals import enrol_kiosk
from sipas.survey.links.mixing import mix_all
from sipas.survey.links.one_time_links import create_links, link_for
from sipas.survey.links.waiting import read_answer_cipher
from sipas.survey.tokens import hash_token

ROUNDS = (ROUND, RESIDENTS_ROUND)
_SERVED = timedelta(days=3)  # before the link is opened


class Filled(NamedTuple):
    """Responses that the service acknowledged, by round."""

    citizens: int = 0
    residents: int = 0


async def fill(
    pool: Pool, settings: Settings, responses: int, seed: int, rounds: Collection[str] = ROUNDS
) -> Filled:
    """Fill these rounds through the service at settings.public_url."""
    now, citizens, residents = datetime.now(UTC), 0, 0
    async with pool.acquire() as conn, open_line(settings.public_url) as line:
        catalogue = await load_catalogue(conn)
        if ROUND in rounds:
            terminals = await _enrol_terminals(conn, line, catalogue, now)
            citizens = await _fill_citizens(conn, catalogue, settings, terminals, responses, seed, now)
            await _retire_terminals(conn, terminals.values())
        if RESIDENTS_ROUND in rounds:
            people = residents_for(responses)
            residents = await fill_residents(conn, catalogue, settings, line, people, seed, now)
        await mix_all(conn, read_answer_cipher(settings))
    return Filled(citizens, residents)


async def _fill_citizens(
    conn: Connection,
    catalogue: Catalogue,
    settings: Settings,
    terminals: Mapping[str, str],
    responses: int,
    seed: int,
    now: datetime,
) -> int:
    round_ = catalogue.get_round(ROUND)
    crowd = draw_crowd(catalogue.instrument_of(round_), responses, seed)
    links = await _invite(conn, catalogue, crowd, settings, now)
    visits = Visits(round_.opens_at, now, seed)
    posts = chain[Post](crowd.kiosk_batches(terminals, visits), crowd.link_answers(links))
    return await send_all(settings.public_url, posts, Progress("citizens answer", responses).add)


def draw_crowd(instrument: Instrument, responses: int, seed: int) -> Crowd:
    strata = draw_frame(read_city())
    citizens: Citizens = draw_citizens(draw_model(strata, instrument), instrument, responses, seed)
    return Crowd(citizens, strata, instrument)


async def _enrol_terminals(
    conn: Connection, line: HttpLine, catalogue: Catalogue, now: datetime
) -> dict[str, str]:
    """A terminal in every unit; its token by the unit's code."""
    tokens = {}
    for unit in read_city().units:
        enrolment = await enrol_kiosk(conn, catalogue, unit.code, now, "")
        tokens[unit.code] = await enrol_terminal(line, enrolment.code)
    return tokens


async def _retire_terminals(conn: Connection, tokens: Iterable[str]) -> None:
    """Nothing stands behind them that could speak again: in use they would all be silent."""
    for token in tokens:
        if terminal := await find_kiosk(conn, hash_token(token)):
            await retire_kiosk(conn, terminal.id)


async def _invite(
    conn: Connection, catalogue: Catalogue, crowd: Crowd, settings: Settings, now: datetime
) -> dict[int, list[str]]:
    """Create as many links for each stratum as are answered, and return their tokens."""
    tokens = {}
    async with conn.transaction():
        for stratum, count in crowd.links_wanted().items():
            unit, procedure, service_channel = crowd.strata.key(stratum)
            link = link_for(
                catalogue,
                now,
                round_code=ROUND,
                unit_code=unit,
                procedure_code=procedure,
                service_channel=service_channel,
                completed_on=local_day(now - _SERVED),
            )
            made = await create_links(conn, link, count, settings.secret, settings.public_url)
            tokens[stratum] = [link.token for link in made]
    return tokens
