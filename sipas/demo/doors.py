"""The three addresses that a start of the demonstration prints: for a reader, a kiosk and a citizen."""

from datetime import UTC, datetime

from sipas.demo.loading import ROUND
from sipas.postgres import connected
from sipas.settings import Settings
from sipas.survey.catalogue import load_catalogue
from sipas.survey.kiosks.terminals import enrol_kiosk
from sipas.survey.links.one_time_links import create_links, link_for

_UNIT, _PROCEDURE = "00070", "2.000815"  # Hoàn Kiếm certifies copies


async def open_doors(settings: Settings) -> tuple[str, str, str]:
    """The dashboard, a kiosk that is yet to be enrolled, and a survey that is yet to be answered."""
    now = datetime.now(UTC)
    async with connected(settings) as pool, pool.acquire() as conn:
        catalogue = await load_catalogue(conn)
        kiosk = await enrol_kiosk(conn, catalogue, _UNIT, now, settings.public_url)
        link = link_for(
            catalogue,
            now,
            round_code=ROUND,
            unit_code=_UNIT,
            procedure_code=_PROCEDURE,
            service_channel="counter",
        )
        (survey,) = await create_links(conn, link, 1, settings.secret, settings.public_url)
    return f"dashboard {settings.public_url}/", f"kiosk {kiosk.url}", f"survey {survey.url}"
