"""sipas round: open, close and list survey rounds."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import click
import msgspec

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.days import Day, end_of_day, start_of_day
from sipas.cli.invitations import invite
from sipas.cli.output import format_option, show
from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import ANONYMITY_DEFAULT, COARSENING_DEFAULT, MIXED_EVERY_DEFAULT, Round
from sipas.queries.rounds import close_round, insert_round
from sipas.queries.transactions import count_before
from sipas.survey.catalogue import LOCAL, Catalogue, is_open, load_catalogue
from sipas.survey.instruments.forms import KIOSK_QUESTIONS_MAX
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.invitations.retry import recount_all
from sipas.survey.kiosks.terminals import KIOSK_CHANNEL, askable_round
from sipas.survey.links.coarsening import TIME_LEVELS, levels
from sipas.tables.cells import clean_cell

_ROUND_CODE_MAX_CHARACTERS = 64


class _ListedRound(msgspec.Struct, frozen=True):
    round: str
    instrument: str
    strata: tuple[str, ...]
    index: str | None
    target: float | None
    opens_at: str
    closes_at: str | None
    open: bool
    anonymity: int
    coarsening: tuple[str, ...]
    mixed_every: str


@click.group("round", cls=StrictGroup)
def round_() -> None:
    """Manage survey rounds. Dates are days in Vietnam."""


round_.add_command(invite)


@round_.command("open")
@click.option("--id", "code", required=True, help="a short name for the round")
@click.option("--instrument", required=True, metavar="ID@VERSION")
@click.option("--strata", required=True, metavar="A,B,…", help="such as unit,procedure,service_channel")
@click.option("--index", help="its index definition (default: the instrument's first)")
@click.option("--target", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="such as 0.85")
@click.option("--from", "first", type=Day(), help="the first day (default: now)")
@click.option("--to", "last", type=Day(), help="the last day (default: until it is closed)")
@click.option(
    "--anonymity",
    default=ANONYMITY_DEFAULT,
    show_default=True,
    type=click.IntRange(2, 1000),
    metavar="K",
    help="how many answers by link or poster must share the same stored details",
)
@click.option(
    "--coarsen",
    default=",".join(COARSENING_DEFAULT),
    show_default=True,
    metavar="STEP,…",
    help="the order in which such answers lose detail until K share the rest",
)
@click.option(
    "--mix-every",
    default=MIXED_EVERY_DEFAULT,
    show_default=True,
    type=click.Choice(TIME_LEVELS),
    help="how long such answers wait for each other before they are mixed",
)
@format_option
def _open(
    code: str, instrument: str, strata: str, index: str | None, target: float | None,
    first: date | None, last: date | None, anonymity: int, coarsen: str, mix_every: str, format_: str,
) -> None:  # fmt: skip
    """Open a round. Its instrument's responses in that time belong to it."""
    code = _read_code(code)
    opens_at = start_of_day(first) if first else datetime.now(UTC)
    closes_at = end_of_day(last) if last else None
    steps = [step.strip() for step in coarsen.split(",")]
    levels(steps)
    if closes_at and closes_at <= opens_at:
        raise click.BadParameter(f"{last} is before the round opens", param_hint="--to")

    async def work(conn: Connection) -> _ListedRound:
        catalogue = await load_catalogue(conn)
        instrument_id = catalogue.instrument_ids.get(instrument)
        if instrument_id is None:
            known = ", ".join(catalogue.instrument_ids) or "none yet"
            raise NotFound(
                f"no instrument {instrument!r} is published; there is {known}. `sipas instrument import`"
                " publishes a file or one that ships"
            )
        asked = catalogue.instruments[instrument_id]
        index_code = asked.index(index).id or None
        if target and index_code is None:
            raise click.BadParameter(f"{instrument} has no index that could reach one", param_hint="--target")
        async with conn.transaction():
            await insert_round(
                conn,
                code=code,
                instrument_id=instrument_id,
                strata=_read_strata(strata),
                index_code=index_code,
                target=target,
                opens_at=opens_at,
                closes_at=closes_at,
                anonymity=anonymity,
                coarsening=steps,
                mixed_every=mix_every,
            )
            await recount_all(conn)  # the round may start in the past, with transactions already finished
            await _warn_of_uncounted(conn, code, opens_at)
            _warn_of_terminals(asked)
            _warn_without_index(asked, code)
            _warn_of_strata(asked, catalogue, _read_strata(strata))
        opened = await load_catalogue(conn)
        _say_what_kiosks_ask(catalogue, opened)
        return _listed(opened, opened.get_round(code))

    show(in_database(work), format_)


def _say_what_kiosks_ask(before: Catalogue, after: Catalogue) -> None:
    """Say that kiosks turn to another round."""
    now = datetime.now(UTC)
    old, new = askable_round(before, now), askable_round(after, now)
    if old is not None and new is not None and old.code != new.code:
        click.echo(f"all kiosks now ask round {new.code} instead of round {old.code}", err=True)


def _warn_of_strata(instrument: Instrument, catalogue: Catalogue, strata: Sequence[str]) -> None:
    """Warn about strata that are neither columns of every round nor attributes of the questionnaire."""
    known = {
        *("unit", "procedure", "field", "service_channel", "channel", "form", "language"),
        *(unit.type for unit in catalogue.units.values()),
        *(attribute.id for attribute in instrument.all_attributes),
    }
    if unknown := [name for name in strata if name not in known]:
        click.echo(
            f"warning: {instrument.name} does not ask for {', '.join(unknown)}; responses without that"
            f" attribute count in no stratum. Known strata: {', '.join(sorted(known))}",
            err=True,
        )


def _warn_of_terminals(instrument: Instrument) -> None:
    """Warn about a form that is too long for kiosks."""
    form = instrument.form_for(KIOSK_CHANNEL)
    if instrument.is_short(form):
        return
    closed = "Kiosks ask another open round, or show that no survey is open. "
    click.echo(
        f"warning: the form {form.id} of {instrument.name} has {instrument.count_questions(form)} questions; "
        f"at a kiosk people answer at most {KIOSK_QUESTIONS_MAX}. "
        f"{'' if instrument.fits_terminals(form) else closed}"
        "Publish a version with a shorter form for the channel kiosk, and open the round with it",
        err=True,
    )


def _warn_without_index(instrument: Instrument, code: str) -> None:
    if not instrument.indices:
        click.echo(
            f"warning: round {code} has no index, as {instrument.name} rates nothing on its main scale; ask"
            f" for shares of answers: sipas estimate --round {code} --measure items",
            err=True,
        )


async def _warn_of_uncounted(conn: Connection, code: str, opens_at: datetime) -> None:
    """Warn about transactions finished before the round opens: no round counts them."""
    before = await count_before(conn, opens_at)
    if before.first is not None:
        first = before.first.astimezone(LOCAL).date()
        click.echo(
            f"warning: {before.transactions:,} finished transactions, from {first} on, are older than round "
            f"{code} and count in no round; if they belong to it, open a round with --from {first} instead",
            err=True,
        )


def _read_code(text: str) -> str:
    """Check that the code fits into an address, a file name and a line of a chart."""
    code = clean_cell(text)
    if not code:
        raise click.BadParameter("the id is empty; give one such as 2026-Q4", param_hint="--id")
    if len(code) > _ROUND_CODE_MAX_CHARACTERS or not code.isprintable():
        problem = f"give at most {_ROUND_CODE_MAX_CHARACTERS} characters in one line, such as 2026-Q4"
        raise click.BadParameter(problem, param_hint="--id")
    if set("/\\") & set(code) or code.startswith("."):
        problem = "leave out / and \\, and don't begin with a dot: the id is part of addresses and file names"
        raise click.BadParameter(problem, param_hint="--id")
    return code


def _read_strata(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names) or len(set(names)) < len(names):
        raise click.BadParameter("give different names, separated by commas", param_hint="--strata")
    return names


@round_.command("close")
@click.argument("name", metavar="ID", required=False)
@click.option("--id", "code", help="the same as ID")
@format_option
def _close(name: str | None, code: str | None, format_: str) -> None:
    """Close a round now. Later answers belong to no round, or to the next."""
    wanted = name or code
    if wanted is None or (name and code and name != code):
        raise click.UsageError("name one round to close")

    async def work(conn: Connection) -> _ListedRound:
        (await load_catalogue(conn)).get_round(wanted)
        if await close_round(conn, wanted) is None:
            raise InputError(f"round {wanted} is not open")
        return await _shown_round(conn, wanted)

    show(in_database(work), format_)


@round_.command("list")
@format_option
def _list(format_: str) -> None:
    """List all rounds, in the order of opening."""

    async def work(conn: Connection) -> list[_ListedRound]:
        catalogue = await load_catalogue(conn)
        rounds = sorted(catalogue.rounds.values(), key=lambda one: (one.opens_at, one.id))
        return [_listed(catalogue, one) for one in rounds]

    show(in_database(work), format_)


async def _shown_round(conn: Connection, code: str) -> _ListedRound:
    catalogue = await load_catalogue(conn)
    return _listed(catalogue, catalogue.get_round(code))


def _listed(catalogue: Catalogue, one: Round) -> _ListedRound:
    return _ListedRound(
        round=one.code,
        instrument=catalogue.instrument_of(one).name,
        strata=one.strata,
        index=one.index_code,
        target=one.target,
        opens_at=_local_text(one.opens_at),
        closes_at=_local_text(one.closes_at) if one.closes_at else None,
        open=is_open(one, datetime.now(UTC)),
        anonymity=one.anonymity,
        coarsening=one.coarsening,
        mixed_every=one.mixed_every,
    )


def _local_text(when: datetime) -> str:
    return when.astimezone(LOCAL).isoformat(timespec="seconds")
