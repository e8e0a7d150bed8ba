"""sipas round invite: sampling rates and rules of a round's invitations."""

import secrets
from datetime import timedelta
from pathlib import Path

import click
import msgspec

from sipas.cli.commands import StrictCommand
from sipas.cli.database import in_database
from sipas.cli.imports import IMPORT_FILE
from sipas.cli.output import format_option, show
from sipas.imports.rates import read_rates
from sipas.postgres.pool import Connection
from sipas.queries.invitations import Invitation, StratumRate, list_invitations, replace_invitation
from sipas.survey.catalogue import load_catalogue

_SPAN_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SEED_MAX = 2**31 - 1


class _Span(click.ParamType[timedelta | None]):
    """A duration: 30m, 3h, 14d; `none` if allowed."""

    name = "time"

    def __init__(self, *, optional: bool = False) -> None:
        self.optional = optional

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta | None:
        text = str(value).strip()
        if self.optional and text == "none":
            return None
        if text[:-1].isdecimal() and text[-1:] in _SPAN_UNITS and len(text) < 6:
            return int(text[:-1]) * _SPAN_UNITS[text[-1]]
        self.fail(f"{text!r} is not a length of time; write it as 30m, 3h or 14d", param, ctx)


class _Invited(msgspec.Struct, frozen=True):
    """The settings. The seed repeats the draw."""

    round: str
    seed: int
    rate: float
    strata: int
    delay: str
    again_after: str
    lasts: str
    remind_after: str | None


@click.command(cls=StrictCommand)
@click.option("--id", "code", required=True, help="the round's id")
@click.option("--rate", type=click.FloatRange(0, 1), help="the share to invite; 1 invites all")
@click.option(
    "--plan", "plan_file", type=IMPORT_FILE, help="strata with their rates, or the CSV of `sipas plan`"
)
@click.option("--seed", type=click.IntRange(0, _SEED_MAX), help="of the draw (default: as before)")
@click.option("--delay", type=_Span(), default="3h", show_default=True, help="after the transaction")
@click.option("--again-after", type=_Span(), default="90d", show_default=True, help="for the same phone")
@click.option("--lasts", type=_Span(), default="14d", show_default=True, help="how long a link can be used")
@click.option("--remind-after", type=_Span(optional=True), default="3d", show_default=True, help="or none")
@format_option
def invite(
    code: str, rate: float | None, plan_file: Path | None, seed: int | None, delay: timedelta,
    again_after: timedelta, lasts: timedelta, remind_after: timedelta | None, format_: str,
) -> None:  # fmt: skip
    """Set which transactions a round invites; applies to transactions that arrive from now on.

    Strata that a plan does not name have --rate, by default 0. Run it again to change it.
    """
    if rate is None and plan_file is None:
        raise click.UsageError("give --rate, or --plan FILE, or both")
    if lasts <= timedelta(0):
        raise click.BadParameter("the time must be longer than 0", param_hint="--lasts")

    async def work(conn: Connection) -> _Invited:
        catalogue = await load_catalogue(conn)
        round_ = catalogue.get_round(code)
        strata: list[StratumRate] = read_rates(plan_file, catalogue, round_) if plan_file else []
        settled = Invitation(
            round_.id,
            await _choose_seed(conn, round_.id) if seed is None else seed,
            rate or 0.0,
            delay,
            again_after,
            lasts,
            remind_after,
        )
        async with conn.transaction():
            await replace_invitation(conn, settled, strata)
        return _shown(code, settled, len(strata))

    show(in_database(work), format_)


async def _choose_seed(conn: Connection, round_id: int) -> int:
    """Return the round's seed: a changed rate must not change the order of the draw."""
    earlier = {one.round_id: one.seed for one in await list_invitations(conn)}
    return earlier.get(round_id, secrets.randbelow(_SEED_MAX))


def _shown(code: str, settled: Invitation, strata: int) -> _Invited:
    reminder = None if settled.remind_after is None else str(settled.remind_after)
    return _Invited(
        code,
        settled.seed,
        settled.rate,
        strata,
        str(settled.delay),
        str(settled.again_after),
        str(settled.lasts),
        reminder,
    )
