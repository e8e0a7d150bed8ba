"""sipas secret: data that depends on SIPAS_SECRET, and how to replace it."""

import asyncio

import click
import msgspec

from sipas.cli.commands import StrictCommand
from sipas.cli.output import format_option, show
from sipas.errors import InputError
from sipas.postgres import connected
from sipas.postgres.pool import Connection
from sipas.postgres.secret_check import _Q, check_value, replace_secret
from sipas.settings import Settings, read_settings


class _SecretState(msgspec.Struct, frozen=True):
    """matches: whether SIPAS_SECRET is this database's secret. The other fields: counts of dependent data."""

    matches: bool
    open_links: int
    waiting_messages: int
    waiting_answers: int
    paper_entries: int
    opt_outs: int
    transactions: int


@click.command(cls=StrictCommand)
@click.option("--replace", is_flag=True, help="use the database with the present SIPAS_SECRET from now on")
@click.option("--yes", is_flag=True, help="with --replace: accept what is lost")
@format_option
def secret(replace: bool, yes: bool, format_: str) -> None:
    """Report whether SIPAS_SECRET is this database's secret, and which data depends on it.

    With another secret no open link works, waiting messages fail, people who opted out are contacted again,
    and transactions that are sent again count twice. Restore the earlier secret wherever you can.
    docs/explanation/privacy.md
    """
    settings = read_settings()
    state = asyncio.run(_state_of(settings))
    if not replace or state.matches:
        show(state, format_)
        return
    if not yes:
        raise InputError(
            f"with this secret {state.open_links:,} open links stop working, {state.waiting_messages:,} "
            f"waiting messages fail, {state.waiting_answers:,} answers by link, poster or paper and "
            f"{state.paper_entries:,} entries of paper forms cannot be read, "
            f"{state.opt_outs:,} opt-outs are forgotten and {state.transactions:,} "
            "transactions count twice if they are sent again. Add --yes to accept that; the earlier secret "
            "brings them back"
        )
    show(asyncio.run(_replaced(settings)), format_)


async def _state_of(settings: Settings) -> _SecretState:
    async with connected(settings, verifies_secret=False) as pool, pool.acquire() as conn:
        return await _state(conn, settings)


async def _replaced(settings: Settings) -> _SecretState:
    async with connected(settings, verifies_secret=False) as pool, pool.acquire() as conn:
        await replace_secret(conn, settings.secret)
        return await _state(conn, settings)


async def _state(conn: Connection, settings: Settings) -> _SecretState:
    kept = await conn.fetchval(_Q.find_check_value)
    return _SecretState(
        kept is None or kept == check_value(settings.secret), *await conn.fetchrow(_Q.count_lost) or ()
    )
