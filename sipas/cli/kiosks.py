"""sipas kiosk: enrol, list, configure, replace and retire kiosks."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database, in_pool
from sipas.cli.output import Command, format_option, show
from sipas.cli.qr import draw_qr
from sipas.errors import NotFound
from sipas.messages import texts
from sipas.postgres.pool import Connection, Pool
from sipas.queries.kiosks import SetFor, list_settings, retire_kiosk
from sipas.settings import THIS_MACHINE, read_settings
from sipas.survey.catalogue import LOCAL, Catalogue, LiveCatalogue, load_catalogue
from sipas.survey.kiosks.fleet import Terminal, list_terminals
from sipas.survey.kiosks.quarantine_release import QuarantineRelease, release_held
from sipas.survey.kiosks.settings import configure_kiosks as configure_kiosks
from sipas.survey.kiosks.settings import list_changes, without_pin
from sipas.survey.kiosks.terminals import Enrolment, enrol_kiosk, replace_kiosk

_number_argument = click.argument("number", metavar="KIOSK", type=click.IntRange(1, 2**31 - 1))


def _qr_option(command: Command) -> Command:
    return click.option(
        "--qr",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        metavar="FILE.svg",
        help="write the url as a QR code to scan or print; - prints it in the terminal",
    )(command)


@click.group(cls=StrictGroup)
def kiosk() -> None:
    """Manage kiosks."""


@kiosk.command("enrol")
@click.option("--unit", required=True, help="the code of the unit where it stands")
@_qr_option
@format_option
def _enrol(unit: str, qr: Path | None, format_: str) -> None:
    """Create a kiosk with a one-time code. Open its url on it, or type the code there, within 7 days."""
    settings = read_settings()

    async def work(conn: Connection, catalogue: Catalogue) -> Enrolment:
        return await enrol_kiosk(conn, catalogue, unit, datetime.now(UTC), settings.public_url)

    _hand_out(work, qr, format_)


@kiosk.command("replace")
@_number_argument
@_qr_option
@format_option
def _replace(number: int, qr: Path | None, format_: str) -> None:
    """Create a kiosk to replace another one. The old one is retired when the new one has enrolled."""
    settings = read_settings()

    async def work(conn: Connection, catalogue: Catalogue) -> Enrolment:
        return await replace_kiosk(conn, catalogue, number, datetime.now(UTC), settings.public_url)

    _hand_out(work, qr, format_)


def _hand_out(
    work: Callable[[Connection, Catalogue], Awaitable[Enrolment]], qr: Path | None, format_: str
) -> None:
    async def with_catalogue(conn: Connection) -> Enrolment:
        return await work(conn, await load_catalogue(conn))

    enrolment = in_database(with_catalogue)
    show(enrolment, format_)
    if enrolment.url.startswith(THIS_MACHINE):
        click.echo("the url works only on this machine; for a kiosk elsewhere set SIPAS_PUBLIC_URL", err=True)
    if qr is not None:
        draw_qr(enrolment.url, qr)


@kiosk.command("list")
@format_option
def _list(format_: str) -> None:
    """List all kiosks and their problems; docs/guides/kiosks.md gives the remedies."""

    async def work(pool: Pool) -> list[Terminal]:
        return await list_terminals(pool, LiveCatalogue(pool))

    show(in_pool(work), format_)


@kiosk.command("retire")
@_number_argument
@format_option
def _retire(number: int, format_: str) -> None:
    """Retire a kiosk: submissions that it still sends are quarantined."""

    async def work(conn: Connection) -> dict[str, int]:
        if not await retire_kiosk(conn, number):
            raise NotFound(f"there is no kiosk {number}; `sipas kiosk list` shows all")
        return {"retired": number}

    show(in_database(work), format_)


@kiosk.command("release")
@_number_argument
@click.option(
    "--given-on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="the day for answers whose own time is unusable (default: the day they arrived)",
)
@format_option
def _release(number: int, given_on: datetime | None, format_: str) -> None:
    """Check a kiosk's quarantined answers again, and count those that can be counted now.

    These are answers that arrived after it was retired, that were refused for a round, unit, procedure or
    instrument that is known by now, or whose time is unusable because the kiosk's clock was wrong. Do not
    release answers of a stolen kiosk.
    """
    given_at = given_on.replace(hour=12, tzinfo=LOCAL) if given_on else None

    async def work(conn: Connection) -> QuarantineRelease:
        return await release_held(conn, await load_catalogue(conn), number, given_at)

    done = in_database(work)
    show(done.totals, format_)
    for line in _explain(done, given_on):
        click.echo(line, err=True)


def _explain(done: QuarantineRelease, given_on: datetime | None) -> Iterator[str]:
    """Yield lines about answers with a new time, and about the reasons of those kept in quarantine."""
    if done.redated:
        day = f"{given_on:%Y-%m-%d}" if given_on else "the moment they came"
        yield f"{done.redated} with an unusable time now carry {day}"
    for reason, n in sorted(done.reasons.items()):
        yield f"{n} stay in quarantine: {texts('en')(f'refusal.{reason}')}"


@kiosk.command("configure")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@format_option
def _configure(file: Path | None, format_: str) -> None:
    """Set timeouts, additional questions, PIN and note from a TOML FILE, and show the settings.

    The file replaces all earlier settings. Kiosks apply them within a minute.
    """

    source = file.read_bytes() if file else None

    async def work(conn: Connection) -> tuple[list[SetFor], list[SetFor]]:
        before = await list_settings(conn)
        if file and source is not None:
            await configure_kiosks(conn, await load_catalogue(conn), source, file.name, datetime.now(UTC))
        return before, await list_settings(conn)

    before, after = in_database(work)
    if file:
        click.echo("\n".join(list_changes(before, after) or ["nothing changed"]), err=True)
    if not after:
        click.echo("nothing is set; the defaults apply, see docs/guides/kiosks.md", err=True)
    show([without_pin(part) for part in after], format_)
