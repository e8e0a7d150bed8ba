"""A link to the long form of `sipas-2026`, the questionnaire with every kind of item."""

import msgspec

from sipas.instruments import find_shipped
from sipas.postgres.pool import Connection
from sipas.survey.links.one_time_links import LINK_VALID_FOR, new_links
from tests.cast import Town, link_about
from tests.serving import SECRET

_ROUND = """
    with published as (
        insert into instrument (code, version, source) values ('sipas-2026', 1, $1) returning id
    )
    insert into round (code, instrument_id, strata, index_code, opens_at)
    select 'households', id, '{unit}', 'tree', now() - interval '1 day' from published returning id"""


async def open_long_form(conn: Connection, town: Town, *, kiosk: str = "kiosk", short: bool = False) -> str:
    """Open a round in which links lead to the form that posters have; return the path of a link.

    kiosk: the form of terminals. short: links lead to the short form, as they usually do.
    """
    shipped = find_shipped("sipas-2026")
    assert shipped is not None
    source = shipped.read_text(encoding="utf-8")
    if not short:
        source = source.replace('["sms"]', "[]").replace('["web"]', '["web", "sms"]')
    if kiosk != "kiosk":
        source = source.replace('["kiosk"]', "[]").replace('["tablet", "paper"]', '["tablet", "kiosk"]')
    round_id = await conn.fetchval(_ROUND, source)
    link = msgspec.structs.replace(link_about(town.catalogue), round_id=round_id)
    (token,) = await new_links(conn, [link], LINK_VALID_FOR, SECRET)
    return f"/s/{token}"
