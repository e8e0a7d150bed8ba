"""What `sipas demo` does: loads the city, lets its citizens answer, and shows what came of it."""

import asyncio
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sipas.app import create_app
from sipas.demo.figures import Outcome, write_figures
from sipas.demo.filling import fill
from sipas.demo.loading import ROUND, load_city, load_kansas_city
from sipas.demo.server import address_of, is_private, listen, serving
from sipas.errors import InputError, SipasError
from sipas.postgres import connected
from sipas.postgres.embedded import running
from sipas.queries.responses import count_responses
from sipas.settings import Settings
from sipas.survey.catalogue import load_catalogue
from sipas.survey.kiosks import enrol_kiosk
from sipas.survey.links import create_links, link_for

SHOWN_UNIT, SHOWN_PROCEDURE = "00070", "2.000815"  # Hoàn Kiếm certifies copies
STOPS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Wanted:
    """How many citizens answer, which, and where they find the service."""

    responses: int
    seed: int
    host: str
    port: int


def run_once(settings: Settings, wanted: Wanted, out: Path) -> Outcome:
    """Fills the round, which must be empty, and writes its figures to `out`."""
    with stoppable(), database(settings) as owned:
        if held := asyncio.run(load(owned)):
            raise InputError(
                f"round {ROUND} already holds {held} answers, and --once fills an empty one; "
                "set SIPAS_DATA_DIR to a fresh directory"
            )
        with service(owned, wanted) as (served, _):
            return asyncio.run(fill_and_figure(served, wanted, out))


def run_shown(settings: Settings, wanted: Wanted) -> None:
    """Fills the round if it is empty and serves it until Ctrl-C or SIGTERM."""
    with stoppable(), database(settings) as owned:
        try:
            held = asyncio.run(load(owned))
            with service(owned, wanted) as (served, ended):
                asyncio.run(fill_or_tell(served, wanted, held))
                print("ready", *asyncio.run(open_doors(served)), sep="\n", flush=True)
                ended.wait()
                raise SipasError("the service ended by itself; what it logged says why")
        except KeyboardInterrupt:
            tell("stopping")


async def load(settings: Settings) -> int:
    """How many answers the round holds, once the city is there."""
    async with connected(settings) as pool, pool.acquire() as conn:
        if ROUND not in (await load_catalogue(conn)).rounds:
            tell("loading the city")
        await load_city(conn, datetime.now(UTC))
        await load_kansas_city(conn)
        catalogue = await load_catalogue(conn)
        return await count_responses(conn, catalogue.get_round(ROUND).id)


async def fill_or_tell(settings: Settings, wanted: Wanted, held: int) -> None:
    """What an interrupted start left unfinished stays so: the round is no longer empty."""
    if held:
        tell(f"round {ROUND} already holds {held} answers; these are shown")
        return
    async with connected(settings) as pool:
        await fill(pool, settings, wanted.responses, wanted.seed)


async def fill_and_figure(settings: Settings, wanted: Wanted, out: Path) -> Outcome:
    async with connected(settings) as pool:
        acknowledged = await fill(pool, settings, wanted.responses, wanted.seed)
        return await write_figures(pool, acknowledged, out)


async def open_doors(settings: Settings) -> tuple[str, str, str]:
    """The dashboard, a kiosk that is yet to be enrolled, and a survey that is yet to be answered."""
    now = datetime.now(UTC)
    async with connected(settings) as pool, pool.acquire() as conn:
        catalogue = await load_catalogue(conn)
        kiosk = await enrol_kiosk(conn, catalogue, SHOWN_UNIT, now, settings.public_url)
        link = link_for(
            catalogue,
            now,
            round_code=ROUND,
            unit_code=SHOWN_UNIT,
            procedure_code=SHOWN_PROCEDURE,
            service_channel="counter",
        )
        (survey,) = await create_links(conn, link, 1, settings.secret, settings.public_url)
    return f"dashboard {settings.public_url}/", f"kiosk {kiosk.url}", f"survey {survey.url}"


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """Settings that name a server which runs for as long: one start for all that follows."""
    server = nullcontext(settings.database_url) if settings.database_url else running(settings.data_dir)
    with server as dsn:
        yield replace(settings, database_url=dsn)


@contextmanager
def service(settings: Settings, wanted: Wanted) -> Iterator[tuple[Settings, threading.Event]]:
    """The service on a free port; its settings name its address. Results are open to this machine alone."""
    with listen(wanted.host, wanted.port) as listening:
        served = replace(settings, public_url=address_of(listening))
        with serving(create_app(served, open_to_all=is_private(listening)), listening) as ended:
            yield served, ended


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM stops as Ctrl-C does, and an impatient second one does not cut the stopping short."""
    before = {stop: signal.signal(stop, interrupt) for stop in STOPS}
    try:
        yield
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)


def interrupt(_: int, __: FrameType | None) -> NoReturn:
    for stop in STOPS:
        signal.signal(stop, signal.SIG_IGN)
    raise KeyboardInterrupt


def tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
