"""GET /links: progress of messages and links by step, unit and day, for users who may read results."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.response import Redirect, Template

from sipas.charts.numbers import choose_language, count, with_unit
from sipas.messages import Language, find_text, long_date, text
from sipas.postgres.pool import Connection
from sipas.queries.callbacks import count_unread
from sipas.queries.catalogue import Round
from sipas.queries.funnel import ReasonCount
from sipas.queries.messages import Stop, count_waiting, find_stop
from sipas.report.pages.funnel import FunnelRow, build_failures, build_funnel, build_not_asked, share_or_none
from sipas.routes.dashboard import describe_round, find_round, newest_first
from sipas.routes.guards import find_reader
from sipas.routes.pages import language_of, page
from sipas.routes.session import to_sign_in
from sipas.survey.catalogue import LOCAL, Catalogue, local_day
from sipas.vietnamese import sort_key

DAYS = 31  # `sipas link list --by day` shows all
STEPS = ("invited", "sent", "delivered", "created", "opened", "started", "completed")
BY_UNIT = ("invited", "delivered", "created", "opened", "completed", "refused")
BY_DAY = ("sent", "delivered", "failed", "opened", "completed", "refused")


@dataclass(frozen=True)
class Step:
    """width: of its bar, in hundredths of the widest."""

    name: str
    n: str
    share: str
    width: float


@dataclass(frozen=True)
class Line:
    """A row of a table: figures in the order of its columns."""

    name: str
    figures: list[str]


@get("/links")
async def get_links(request: Request[Any, Any, State], state: State) -> Template | Redirect:
    language = language_of(request)
    reader = await find_reader(request)
    if not (reader or state.open_to_all):
        return to_sign_in(request)
    catalogue = await state.catalogue.refresh()
    shown = find_round(catalogue, request.query_params.get("round"))
    context: dict[str, Any] = {
        "signed_in": bool(reader),
        "rounds": [describe_round(round_, catalogue, language) for round_ in newest_first(catalogue)],
    }
    if shown:
        async with state.pool.acquire() as conn:
            context |= await figures(conn, catalogue, shown, choose_language(language))
    return page("funnel.html", language, context)


async def figures(
    conn: Connection, catalogue: Catalogue, round_: Round, language: Language
) -> dict[str, Any]:
    whole = next(iter(await build_funnel(conn, round_.code)), None)
    waiting, oldest = await count_waiting(conn, round_.id)
    unread = await count_unread(conn)
    units = await build_funnel(conn, round_.code, ["unit"])
    days = await build_funnel(conn, round_.code, ["day"])
    unit_columns = columns(BY_UNIT, whole)
    return {
        "round": round_.code,
        "about": describe_round(round_, catalogue, language),
        "stop": stopped(await find_stop(conn), language),
        "unread": count(unread.kept, language) if unread.kept else None,
        "waiting": count(waiting, language),
        "oldest": long_date(language, local_day(oldest)) if oldest else None,
        "whole": said(whole, language) if whole else None,
        "is_dashed": any(row.response_rate is None for row in (*units, whole) if row),
        "by_message": count(whole.invited - whole.created, language) if whole else None,
        "has_feed": bool(whole and whole.finished),
        "has_created": bool(whole and whole.created),
        "steps": steps(whole, language) if whole else [],
        "failures": reasons(await build_failures(conn, round_.code), language),
        "not_asked": reasons(await build_not_asked(conn, round_.code), language),
        "by_unit": unit_lines(units, unit_columns, catalogue, language),
        "by_day": [day_line(row, language) for row in reversed(days[-DAYS:])],
        "earlier_days": count(len(days) - DAYS, language) if len(days) > DAYS else None,
        "unit_columns": unit_columns,
        "day_columns": BY_DAY,
    }


def stopped(stop: Stop | None, language: Language) -> str | None:
    if stop is None:
        return None
    at = stop.at.astimezone(LOCAL)
    return text(
        language, "funnel.stopped", time=f"{at:%H:%M}", day=long_date(language, at.date()), by=stop.by
    )


def said(row: FunnelRow, language: Language) -> dict[str, str]:
    """Every figure of a row as it is written."""
    return {name: written(value, language) for name, value in msgspec.structs.asdict(row).items()}


def written(value: object, language: Language) -> str:
    if isinstance(value, int):
        return count(value, language)
    if isinstance(value, float) or value is None:
        return with_unit(value, "share", language)
    return str(value)


def columns(names: tuple[str, ...], whole: FunnelRow | None) -> tuple[str, ...]:
    """Without that of links made directly, where there are none."""
    return names if whole and whole.created else tuple(name for name in names if name != "created")


def steps(row: FunnelRow, language: Language) -> list[Step]:
    """Each with its share of those who were invited."""
    taken = [(name, getattr(row, name)) for name in columns(STEPS, row)]
    widest = max(n for _, n in taken) or 1
    return [
        Step(
            name,
            count(n, language),
            with_unit(share_or_none(n, row.invited), "share", language),
            100 * n / widest,
        )
        for name, n in taken
    ]


def reasons(counted: Iterable[ReasonCount], language: Language) -> list[Line]:
    return [Line(reason_name(one.reason, language), [count(one.n, language)]) for one in counted]


def reason_name(reason: str, language: Language) -> str:
    """Ours in the language; what a provider says stays as it is, behind what it means where that is known."""
    ours = find_text(language, f"reason.{reason.replace(' ', '_')}")
    theirs = find_text(language, f"reason.{reason.split()[0]}")
    if reason.isupper() and theirs:
        return f"{theirs} ({reason})"
    return ours or theirs or reason


def unit_lines(
    rows: Sequence[FunnelRow], columns: Sequence[str], catalogue: Catalogue, language: Language
) -> list[Line]:
    """By their names, as in a Vietnamese dictionary; what is known of no unit comes last."""
    named = [(unit_name(row.unit, catalogue, language), row) for row in rows]
    ordered = sorted(named, key=lambda pair: (pair[1].unit is None, sort_key(pair[0])))
    return [
        Line(
            name,
            [
                *(written(getattr(row, column), language) for column in columns),
                written(row.response_rate, language),
            ],
        )
        for name, row in ordered
    ]


def unit_name(code: str | None, catalogue: Catalogue, language: Language) -> str:
    if code is None:
        return text(language, "funnel.no_unit")
    return max(catalogue.units_by_code[code], key=lambda unit: unit.valid_from or date.min).name


def day_line(row: FunnelRow, language: Language) -> Line:
    name = long_date(language, row.day) if row.day else ""
    return Line(name, [written(getattr(row, column), language) for column in BY_DAY])
