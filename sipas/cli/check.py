"""sipas check and sipas rebuild: compare counts with the responses, and repair them."""

from collections.abc import Awaitable, Callable, Iterator

import click
import msgspec

from sipas.cli.commands import StrictCommand
from sipas.cli.database import in_pool
from sipas.cli.output import format_option, show
from sipas.postgres.pool import Pool
from sipas.queries.durability import Setting, list_parameter_logging
from sipas.survey.checks.checking import Checked, Findings, check_segments, rebuild_all

_AGREES, _DIFFERS = 0, 1
_LOGGED_TEXT = (
    "the database's log holds what responses say, because of {named}; "
    "set log_parameter_max_length = 0, and that of auto_explain; for pgaudit log_parameter = off"
)
_ORPHAN_TEXTS = {
    "responses_of_no_round": "responses belong to no round, and no index shows them; restore the round",
    "waiting_without_response": "entries wait to be counted and have no response; `sipas rebuild` drops them",
    "waiting_twice": "responses wait to be counted twice; `sipas rebuild` counts them once",
}


@click.command(cls=StrictCommand)
@format_option
def check(format_: str) -> int:
    """Compare the segments with every response; exit 1 if anything differs. The service may keep running."""
    return _report(check_segments, format_)


@click.command(cls=StrictCommand)
@format_option
def rebuild(format_: str) -> int:
    """Make all segments and counts anew from the responses. The service may keep running."""
    return _report(rebuild_all, format_)


def _report(work: Callable[[Pool], Awaitable[Findings]], format_: str) -> int:
    findings, logging = in_pool(lambda pool: _with_logging(work, pool))
    show(findings.rounds, format_)
    if logging:
        named = ", ".join(f"{setting.name} = {setting.value}" for setting in logging)
        click.echo(_LOGGED_TEXT.format(named=named), err=True)
    for line in _complaints(findings):
        click.echo(line, err=True)
    return _AGREES if findings.agree else _DIFFERS


async def _with_logging(
    work: Callable[[Pool], Awaitable[Findings]], pool: Pool
) -> tuple[Findings, list[Setting]]:
    findings = await work(pool)
    async with pool.acquire() as conn:
        return findings, await list_parameter_logging(conn)


def _complaints(findings: Findings) -> Iterator[str]:
    for one in findings.rounds:
        if not one.agrees:
            yield _different(one)
    for miscount in findings.miscounts:
        yield (
            f"round {miscount.round}: {miscount.different} counts differ from its finished transactions; "
            "`sipas rebuild` repairs them"
        )
    orphans = msgspec.structs.asdict(findings.orphans)
    yield from (f"{number} {_ORPHAN_TEXTS[name]}" for name, number in orphans.items() if number)


def _different(one: Checked) -> str:
    return (
        f"round {one.round}: {one.different} responses differ between its segments and the "
        f"database; the segments hold {one.counted} and should hold {one.responses - one.waiting}; "
        "`sipas rebuild` repairs them"
    )
