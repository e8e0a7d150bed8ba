"""sipas link send, stop, resume, reseal: sending of messages."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import click

from sipas.cli.commands import StrictCommand
from sipas.cli.database import in_database
from sipas.cli.operator import operator_name
from sipas.cli.output import format_option, show
from sipas.postgres import connected
from sipas.postgres.pool import UNREACHABLE_ERRORS, Connection, Pool
from sipas.queries.messages import find_stop, resume_sending, stop_sending
from sipas.settings import Settings, read_settings
from sipas.survey.catalogue import LOCAL, LiveCatalogue, load_catalogue, local_day
from sipas.survey.encryption import read_cipher
from sipas.survey.invitations.inviting import invite_due
from sipas.survey.messaging.config import config_file, read_sms
from sipas.survey.messaging.reencryption import reencrypt_all
from sipas.survey.messaging.samples import SampleMessage, build_samples
from sipas.survey.messaging.sender import RETRY_PAUSE_MAX, Sender, unforeseen
from sipas.survey.messaging.transports.opening import open_transport
from sipas.survey.paper.entries import read_entry_cipher, reencrypt_entries

_LOG = logging.getLogger(__name__)
_INVITE_EVERY_SECONDS = 1.0  # between two checks for due transactions


@click.command(cls=StrictCommand)
@click.option("--once", is_flag=True, help="send the messages that are due now, then exit")
@click.option("--check", is_flag=True, help="send nothing; show the texts, the route and the cost")
@format_option
def send(once: bool, check: bool, format_: str) -> None:
    """Send messages with links until stopped; several senders may run. docs/guides/sms.md"""
    settings = read_settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    samples, waits = in_database(lambda conn: _before_sending(conn, settings), settings)
    if replies := read_sms(settings).replies_warning:
        click.echo(f"warning: {replies}", err=True)
    _warn_of_cost([sample for sample in samples if sample.segments > 1])
    if check:
        show(samples, format_)
        return
    if waits:
        click.echo(f"warning: {waits}", err=True)
    if once:
        show(asyncio.run(_send_once(settings)), format_)
    else:
        asyncio.run(_send_until_stopped(settings))


def _warn_of_cost(long: Sequence[SampleMessage]) -> None:
    for sample in long:
        click.echo(f"warning: {sample.warning}", err=True)
    if long:
        click.echo("each segment is paid for; `sipas link send --check` shows the texts", err=True)


async def _before_sending(conn: Connection, settings: Settings) -> tuple[list[SampleMessage], str | None]:
    """Return sample messages, and the reason why none can be sent now, if there is one."""
    config, now = read_sms(settings), datetime.now(UTC)
    samples = build_samples(await load_catalogue(conn), config, settings.public_url, local_day(now))
    stop = await find_stop(conn)
    if stop:
        return samples, (
            f"sending was stopped at {stop.at.astimezone(LOCAL):%H:%M on %d/%m/%Y} by {stop.by}; "
            "what is due waits until `sipas link resume`"
        )
    if config.quiet.is_quiet(now):
        return samples, f"it is quiet time; what is due waits until {config.quiet.until:%H:%M} in Hanoi"
    return samples, None


async def _send_once(settings: Settings) -> dict[str, int]:
    async with _at_work(settings) as (pool, catalogue, sender):
        invited = await invite_due(pool, catalogue, settings)
        await sender.send_due()
        return {"invited": invited} | {word: sender.did[word] for word in _OUTCOME_WORDS}


_OUTCOME_WORDS = ("accepted", "rejected", "deferred", "unknown", "unsent")


async def _send_until_stopped(settings: Settings) -> None:
    async with _at_work(settings) as (pool, catalogue, sender):
        for end in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(end, sender.leave)
        await _until_one_ends(sender.run(), _invite_for_ever(pool, catalogue, settings))
        if sender.unnoted:
            _LOG.warning(
                "stopped without a database: what was sent last goes out again when its claim lapses"
            )
        _LOG.info("stopped")


async def _until_one_ends(*works: Coroutine[None, None, None]) -> None:
    """Run until one task ends; raise its error. The others are cancelled first."""
    tasks = [asyncio.create_task(work) for work in works]
    ended, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in ended:
        task.result()


async def _invite_for_ever(pool: Pool, catalogue: LiveCatalogue, settings: Settings) -> None:
    """Invite without end; after repeated errors, wait longer between attempts."""
    pause = _INVITE_EVERY_SECONDS
    while True:
        try:
            await invite_due(pool, catalogue, settings)
            pause = _INVITE_EVERY_SECONDS
        except UNREACHABLE_ERRORS as error:
            _LOG.warning("the database is away; inviting waits: %s", error)
        except Exception as error:
            pause = min(2 * pause, RETRY_PAUSE_MAX.total_seconds())
            _LOG.error("inviting pauses for %.0f s: %s", pause, unforeseen(error))
        await asyncio.sleep(pause)


@asynccontextmanager
async def _at_work(settings: Settings) -> AsyncIterator[tuple[Pool, LiveCatalogue, Sender]]:
    config = read_sms(settings)
    if config.transport == "log":
        _LOG.warning("messages are only written to this log; configure sending in %s", config_file(settings))
    transport = open_transport(config)
    async with connected(settings) as pool:
        catalogue = LiveCatalogue(pool)
        await catalogue.refresh()
        try:
            yield pool, catalogue, Sender(pool, catalogue, settings, config, transport)
        finally:
            await transport.close()


@click.command(cls=StrictCommand)
def stop() -> None:
    """Stop every sender within a second. Due messages wait."""
    in_database(lambda conn: stop_sending(conn, operator_name()))
    click.echo("sending is stopped; `sipas link resume` goes on with it", err=True)


@click.command(cls=StrictCommand)
def resume() -> None:
    """Let senders continue."""
    in_database(resume_sending)
    click.echo("sending goes on", err=True)


@click.command("reseal", cls=StrictCommand)
@format_option
def reencrypt(format_: str) -> None:
    """Encrypts phone numbers, kept callbacks and entries of paper forms anew with the newest key of
    SIPAS_PHONE_KEYS.

    The earlier keys may go one night later.
    """
    settings = read_settings()

    async def work(conn: Connection) -> dict[str, int]:
        kept = await reencrypt_all(conn, read_cipher(settings))
        return {"resealed": kept + await reencrypt_entries(conn, read_entry_cipher(settings))}

    show(in_database(work, settings), format_)
