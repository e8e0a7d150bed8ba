"""Citizens behind links, each with an answer that tells the test, and nobody else, which link was theirs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random

from sipas.postgres.pool import Connection
from sipas.queries.links import Link, OpenLink
from sipas.survey.catalogue import load_catalogue, local_day
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.links.drafts import Draft
from sipas.survey.links.one_time_links import (
    LINK_VALID_FOR,
    Visit,
    answer_link,
    find_visit,
    keep_draft,
    new_links,
    note_opened,
    note_started,
)
from sipas.survey.tokens import hash_link
from tests.mixed import CIPHER
from tests.serving import SECRET

EACH = 10  # answers of a unit to a procedure over a service channel on one day
UNITS = PROCEDURES = 10
SERVICE_CHANNELS = ("counter", "online")
HESITANT = 0.05  # of the citizens begin, and send later
ANSWERS_A_DAY = UNITS * PROCEDURES * len(SERVICE_CHANNELS) * EACH

Stratum = tuple[int, int, str]


@dataclass
class Citizen:
    """number: what the answer spells. day: on which it is given."""

    number: int
    stratum: Stratum
    day: date
    token: str = ""

    @property
    def token_hash(self) -> bytes:
        return hash_link(self.token, SECRET)


@dataclass
class Crowd:
    round_id: int
    sheet: Sheet
    citizens: list[Citizen]
    random: Random

    def of_day(self, day: date) -> list[Citizen]:
        """In the order in which they answer."""
        here = [citizen for citizen in self.citizens if citizen.day == day]
        self.random.shuffle(here)
        return here

    def days(self) -> list[date]:
        return sorted({citizen.day for citizen in self.citizens})


async def gather(conn: Connection, days: int, seed: int) -> Crowd:
    """Everybody has got a link, and nobody has opened it; the last of the days was yesterday."""
    await conn.execute("update round set mixed_every = 'day'")
    await conn.execute(
        """insert into unit (code, name, type)
            select 'U' || n, 'Unit ' || n, 'ward' from generate_series(1, $1::int) as n""",
        UNITS,
    )
    await conn.execute(
        """insert into procedure (code, name, field)
            select 'P' || n, 'Procedure ' || n, 'Field' from generate_series(1, $1::int) as n""",
        PROCEDURES,
    )
    catalogue = await load_catalogue(conn)
    round_ = catalogue.get_round("autumn")
    units = [unit.id for unit in catalogue.units.values() if unit.type == "ward"]
    procedures = [p.id for p in catalogue.procedures.values() if p.field == "Field"]
    strata = list(product(units, procedures, SERVICE_CHANNELS))
    today = local_day(datetime.now(UTC))
    places = product(range(days, 0, -1), strata, range(EACH))
    citizens = [
        Citizen(number, stratum, today - timedelta(days=ago))
        for number, (ago, stratum, _) in enumerate(places)
    ]
    random = Random(seed)
    random.shuffle(citizens)  # links are not sent in the order of their strata
    wanted = [Link(round_.id, *citizen.stratum, citizen.day) for citizen in citizens]
    for citizen, token in zip(citizens, await new_links(conn, wanted, LINK_VALID_FOR, SECRET), strict=True):
        citizen.token = token
    instrument = catalogue.instrument_of(round_)
    return Crowd(round_.id, Sheet(instrument, instrument.form_for("sms")), citizens, random)


async def answer(conn: Connection, crowd: Crowd, citizens: Iterable[Citizen]) -> None:
    """One after the other, each by a transaction of its own, as over the web."""
    items = list(crowd.sheet.places)
    for citizen in citizens:
        said = dict(zip(items, spelled(citizen.number, len(items)), strict=True))
        language = crowd.random.choice(("vi", "vi", "vi", "en"))
        if crowd.random.random() < HESITANT:
            await begin(conn, citizen, language, {items[0]: str(said[items[0]])})
        noon = datetime(citizen.day.year, citizen.day.month, citizen.day.day, 5, tzinfo=UTC)
        link = OpenLink(crowd.round_id, *citizen.stratum, citizen.day)
        visit = Visit(citizen.token_hash, b"", b"", link, None)
        assert await answer_link(conn, CIPHER, crowd.sheet, visit, said, language, noon)


async def begin(conn: Connection, citizen: Citizen, language: str, fields: dict[str, str]) -> None:
    """Opens the link and gives an answer that is kept until all are sent."""
    visit = await find_visit(conn, citizen.token, SECRET)
    assert visit is not None
    await note_opened(conn, visit, citizen.day)
    await note_started(conn, visit, citizen.day)
    await keep_draft(conn, visit, Draft(language, fields))


def spelled(number: int, length: int) -> list[int]:
    """In base five, in points from 1 to 5."""
    return [number // 5**place % 5 + 1 for place in range(length)]


def read_number(answers: Sequence[int]) -> int:
    return sum((answer - 1) * 5**place for place, answer in enumerate(answers))
