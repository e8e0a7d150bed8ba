"""The steps of `sipas demo`: load the city, let its citizens answer, and show the results."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sipas.app import create_app
from sipas.demo.doors import open_doors
from sipas.demo.figures import DemoOutcome, write_figures, write_residents
from sipas.demo.filling import ROUNDS, fill
from sipas.demo.loading import RESIDENTS_ROUND, load_city, load_kansas_city, load_residents_round
from sipas.demo.server import address_of, is_private, listen, serving, stoppable
from sipas.errors import InputError, SipasError
from sipas.postgres import connected
from sipas.postgres.embedded import running
from sipas.queries.responses import count_responses
from sipas.settings import THIS_MACHINE, Settings
from sipas.survey.catalogue import load_catalogue


@dataclass(frozen=True)
class DemoOptions:
    """The number of answers, the seed, and the address of the service."""

    responses: int
    seed: int
    host: str
    port: int


@dataclass(frozen=True)
class Served:
    """Settings that name the service as this machine reaches it, and as its visitors do."""

    here: Settings
    public: Settings
    ended: threading.Event


def run_once(settings: Settings, wanted: DemoOptions, out: Path) -> DemoOutcome:
    """Fill the rounds, which must be empty, and write their figures to `out`."""
    with stoppable(), _database(settings) as owned:
        for code, held in asyncio.run(_load(owned)).items():
            if not held:
                continue
            raise InputError(
                f"round {code} already holds {held} answers, and --once fills empty ones; "
                "set SIPAS_DATA_DIR to a fresh directory"
            )
        with _service(owned, wanted) as served:
            return asyncio.run(_fill_and_figure(served.here, wanted, out))


def run_shown(settings: Settings, wanted: DemoOptions) -> None:
    """Fill the rounds that are empty and serve them until Ctrl-C or SIGTERM."""
    with stoppable(), _database(settings) as owned:
        try:
            held = asyncio.run(_load(owned))
            with _service(owned, wanted) as served:
                asyncio.run(_fill_empty(served.here, wanted, held))
                print("ready", *asyncio.run(open_doors(served.public)), sep="\n", flush=True)
                served.ended.wait()
                raise SipasError("the service stopped unexpectedly; its log says why")
        except KeyboardInterrupt:
            _tell("stopping")


async def _load(settings: Settings) -> dict[str, int]:
    """Load the city, and return how many answers each of its rounds already holds."""
    async with connected(settings) as pool, pool.acquire() as conn:
        if not {*ROUNDS} <= (await load_catalogue(conn)).rounds.keys():
            _tell("loading the city")
        await load_city(conn, datetime.now(UTC))
        await load_residents_round(conn, datetime.now(UTC))
        await load_kansas_city(conn)
        rounds = (await load_catalogue(conn)).rounds
        return {code: await count_responses(conn, rounds[code].id) for code in ROUNDS}


async def _fill_empty(settings: Settings, wanted: DemoOptions, held: dict[str, int]) -> None:
    """Fill empty rounds. A round that an interrupted start left half full stays as it is."""
    for code, answers in held.items():
        if answers:
            _tell(f"round {code} already holds {answers} answers; these are shown")
    if empty := [code for code, answers in held.items() if not answers]:
        async with connected(settings) as pool:
            await fill(pool, settings, wanted.responses, wanted.seed, empty)


async def _fill_and_figure(settings: Settings, wanted: DemoOptions, out: Path) -> DemoOutcome:
    async with connected(settings) as pool:
        filled = await fill(pool, settings, wanted.responses, wanted.seed)
        outcome = await write_figures(pool, filled.citizens, out)
        residents = await write_residents(pool, filled.residents, out)
        _tell(
            f"round {RESIDENTS_ROUND}: {residents.acknowledged} answers acknowledged, {residents.stored} "
            f"stored; {residents.covered} of {residents.indicators} indicators cover the truth"
        )
        return outcome


@contextmanager
def _database(settings: Settings) -> Iterator[Settings]:
    """Settings that name a server which runs for as long: one start for all that follows."""
    server = nullcontext(settings.database_url) if settings.database_url else running(settings.data_dir)
    with server as dsn:
        yield replace(settings, database_url=dsn)


@contextmanager
def _service(settings: Settings, wanted: DemoOptions) -> Iterator[Served]:
    """The service on a free port. Results are open to this machine alone."""
    with listen(wanted.host, wanted.port) as listening:
        here = replace(settings, public_url=address_of(listening))
        public = here if settings.public_url == THIS_MACHINE else settings
        private = is_private(listening, public.public_url)
        app = create_app(public, open_to_all=private, simulated=ROUNDS)
        with serving(app, listening) as ended:
            if not private:
                _tell("other machines reach it, so results need an account: `sipas user add` makes one")
            yield Served(here, public, ended)


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
