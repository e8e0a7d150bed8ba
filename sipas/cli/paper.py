"""sipas paper: paper forms that are entered twice."""

import click
import msgspec

from sipas.cli.commands import StrictGroup
from sipas.cli.database import in_database
from sipas.cli.output import format_option, show
from sipas.postgres.pool import Connection
from sipas.queries.paper import PaperCounts, count_paper_forms
from sipas.survey.catalogue import load_catalogue


class _ListedPaper(msgspec.Struct, frozen=True):
    """Rates are null before the first form is finished."""

    round: str
    once: int
    to_settle: int
    done: int
    waiting: int
    forms_differed: int
    fields: int
    differed: int
    difference_rate: float | None
    error_rate: float | None
    left_out: int


@click.group(cls=StrictGroup)
def paper() -> None:
    """Watch the double entry of paper forms, which people type at /paper."""


@paper.command("list")
@click.option("--round", "round_code", help="show this round only")
@format_option
def _list(round_code: str | None, format_: str) -> None:
    """Count the forms of each round, and how often the two entries differed.

    \b
    once             forms entered once
    to_settle        forms whose two entries differ
    done             finished forms
    waiting          finished forms and interviews whose responses wait to be mixed
    difference_rate  differed / fields: fields whose two entries differed
    error_rate       typed values that the paper did not confirm
    left_out         answers to questions that should not have been asked
    """

    async def work(conn: Connection) -> list[_ListedPaper]:
        if round_code is not None:
            (await load_catalogue(conn)).get_round(round_code)
        counted = await count_paper_forms(conn)
        return [_listed(one) for one in counted if round_code in (None, one.round)]

    show(in_database(work), format_)


def _listed(one: PaperCounts) -> _ListedPaper:
    return _ListedPaper(
        round=one.round,
        once=one.once,
        to_settle=one.to_settle,
        done=one.done,
        waiting=one.waiting,
        forms_differed=one.forms_differed,
        fields=one.fields,
        differed=one.differed,
        difference_rate=round(one.differed / one.fields, 6) if one.fields else None,
        error_rate=round(one.wrong / (2 * one.fields), 6) if one.fields else None,
        left_out=one.left_out,
    )
