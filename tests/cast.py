"""The same few units, procedures, people and terminals in every test that needs some."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sipas.postgres.pool import Connection
from sipas.queries.kiosks import Kiosk
from sipas.queries.links import Link
from sipas.survey.catalogue import Catalogue, load_catalogue
from sipas.survey.intake.submission import new_id
from sipas.survey.kiosks.terminals import enrol_kiosk, exchange_code
from sipas.survey.links.one_time_links import link_for

INSTRUMENT = Path(__file__).parent.parent / "sipas" / "demo" / "city" / "instrument.toml"
DECLARED = '[[attributes]]\nid = "sex"\nvalues = ["F", "M"]\n'
HOAN_KIEM, BA_DINH = "00070", "00004"
BIRTH, MARRIAGE = "HT-01", "HT-02"


@dataclass
class Town:
    """Two communes, two procedures, one open round, one enrolled terminal in Hoàn Kiếm."""

    catalogue: Catalogue
    kiosk: Kiosk
    token: str


async def build_town(conn: Connection) -> Town:
    await conn.execute(
        """insert into unit (code, name, type, valid_from, valid_to) values
            ('00070', 'Phường Hoàn Kiếm', 'commune', '2025-07-01', null),
            ('00004', 'Phường Ba Đình', 'commune', '2025-07-01', null),
            ('00004', 'Phường Trúc Bạch', 'commune', null, '2025-06-30')"""
    )
    await conn.execute(
        """insert into procedure (code, name, field) values
            ('HT-01', 'Đăng ký khai sinh', 'Hộ tịch'), ('HT-02', 'Đăng ký kết hôn', 'Hộ tịch')"""
    )
    await conn.execute(
        "insert into instrument (code, version, source) values ('sipas-22', 1, $1)",
        instrument_source(),
    )
    await conn.execute(
        """insert into round (code, instrument_id, strata, index_code, target, opens_at)
            select 'autumn', id, '{unit,procedure,service_channel}', 'overall', 0.85,
                now() - interval '30 days'
            from instrument"""
    )
    await conn.execute(
        """insert into frame (round_id, unit_id, procedure_id, service_channel, transactions)
            select round.id, unit.id, procedure.id, service_channel, 100
            from round, unit, procedure, unnest('{counter,online}'::text[]) as service_channel
            where unit.valid_to is null"""
    )
    catalogue = await load_catalogue(conn)
    enrolment = await enrol_kiosk(conn, catalogue, HOAN_KIEM, datetime.now(UTC), "http://test")
    credential = await exchange_code(conn, catalogue, enrolment.code)
    assert credential is not None
    unit = catalogue.unit_at(HOAN_KIEM, datetime.now(UTC).date())
    assert unit is not None
    return Town(catalogue, Kiosk(credential.kiosk, unit.id), credential.token)


def instrument_source() -> str:
    """The instrument of the round: the demonstration's, with an attribute."""
    return f"{INSTRUMENT.read_text(encoding='utf-8')}\n{DECLARED}"


async def reword(conn: Connection, **words: str) -> None:
    """The round asks by another version of its instrument, with other words in quotes."""
    source = instrument_source().replace("version = 1", "version = 2")
    source = re.sub(rf'"({"|".join(words)})"', lambda found: f'"{words[found[1]]}"', source)
    await conn.execute("insert into instrument (code, version, source) values ('sipas-22', 2, $1)", source)
    await conn.execute("update round set instrument_id = (select id from instrument where version = 2)")


def submission(**changes: Any) -> dict[str, Any]:
    """A whole, valid submission of a citizen at the terminal in Hoàn Kiếm."""
    now = datetime.now(UTC)
    return {
        "id": str(new_id(now)),
        "instrument": "sipas-22@1",
        "form": "kiosk",
        "channel": "kiosk",
        "unit": HOAN_KIEM,
        "procedure": BIRTH,
        "service_channel": "counter",
        "started_at": (now - timedelta(seconds=40)).isoformat(),
        "submitted_at": now.isoformat(),
        "language": "vi",
        "complete": True,
        "sequence": 1,
        "answers": {
            "overall": 5,
            "access1": 4,
            "procedures2": 3,
            "officials3": None,
            "results1": 5,
            "feedback4": "NA",
        },
        "comment": None,
        "attributes": {"sex": "F"},
        **changes,
    }


def link_about(catalogue: Catalogue, **changes: Any) -> Link:
    """What a link asks about: a birth that was registered online in Hoàn Kiếm."""
    about = {
        "round_code": "autumn",
        "unit_code": HOAN_KIEM,
        "procedure_code": BIRTH,
        "service_channel": "online",
    }
    return link_for(catalogue, datetime.now(UTC), **about | changes)


async def fresh_code(conn: Connection, town: Town) -> str:
    """An enrolment code for another terminal in Hoàn Kiếm."""
    enrolment = await enrol_kiosk(conn, town.catalogue, HOAN_KIEM, datetime.now(UTC), "http://test")
    return enrolment.code
