"""GET /: the dashboard, for users who may read results."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import get
from litestar.datastructures import State
from litestar.response import Redirect, Template

from sipas.charts.numbers import choose_language
from sipas.charts.page import Page
from sipas.charts.style import ChartError
from sipas.errors import InputError, Overloaded
from sipas.messages import long_date, text
from sipas.queries.catalogue import Round
from sipas.report.names import Names
from sipas.report.pages.answer_shares import build_answer_shares, shares_request
from sipas.report.pages.dashboard import build_dashboard, columns_for, dashboard_request
from sipas.report.pages.indicators import indicators, indicators_request, respondent_groups
from sipas.report.sources.answer_scorings import OPTIONS
from sipas.routes.guards import find_reader
from sipas.routes.indices import TableRequest
from sipas.routes.pages import language_of, page
from sipas.routes.session import to_sign_in
from sipas.routes.work import Work, client_of, while_connected
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.columns import CHANNELS

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class _About:
    """Description of a round."""

    code: str
    days: str
    title: str


@get("/")
async def get_dashboard(request: TableRequest, state: State) -> Template | Redirect:
    language = language_of(request)
    reader = await find_reader(request)
    if not (reader or state.open_to_all):
        return to_sign_in(request)
    catalogue = await state.catalogue.refresh()
    shown = find_round(catalogue, request.query_params.get("round"))
    context = {
        "signed_in": bool(reader),
        "rounds": [describe_round(round_, catalogue, language) for round_ in newest_first(catalogue)],
    }
    if shown is None:
        return page("dashboard.html", language, context)
    client, among = client_of(request), request.query_params.get("among") or ""
    content = await while_connected(request, _figures(state, client, catalogue, shown, language))
    if content.get("d") and catalogue.instrument_of(shown).index(shown.index_code).tree:
        content |= await while_connected(request, _tree(state, client, catalogue, shown, language, among))
    if content.get("d"):
        content |= await while_connected(request, _other_answers(state, client, catalogue, shown, language))
    return page("dashboard.html", language, context | content)


def find_round(catalogue: Catalogue, code: str | None) -> Round | None:
    """Return the requested round, else the open one, else the newest."""
    if code:
        return catalogue.get_round(code)
    return catalogue.open_round(datetime.now(UTC)) or next(iter(newest_first(catalogue)), None)


def newest_first(catalogue: Catalogue) -> list[Round]:
    return sorted(catalogue.rounds.values(), key=lambda round_: (round_.opens_at, round_.id), reverse=True)


async def _figures(
    state: State, client: str, catalogue: Catalogue, round_: Round, language: str
) -> dict[str, Any]:
    names = Names(choose_language(language), catalogue)
    if round_.index_code is None:
        return await _shares(state, client, catalogue, round_, names)
    asked = dashboard_request(round_.code, columns_for(round_.strata))
    source = await state.rounds.source(asked)
    work: Work = state.work
    dashboard = await work.pages.run(client, build_dashboard, asked, source, names)
    chart = await _drawn(work, client, dashboard.chart) if dashboard and dashboard.chart else None
    return {
        "round": round_.code,
        "about": describe_round(round_, catalogue, language),
        "simulated": round_.code in state.simulated,
        "d": dashboard,
        "level": dashboard.headline.level if dashboard else None,
        "chart": chart,
    }


async def _shares(
    state: State, client: str, catalogue: Catalogue, round_: Round, names: Names
) -> dict[str, Any]:
    """Return the page of a round without an index."""
    asked = shares_request(round_.code)
    source = await state.rounds.source(asked)
    work: Work = state.work
    shares = await work.pages.run(client, build_answer_shares, asked, source, names)
    return {
        "round": round_.code,
        "about": describe_round(round_, catalogue, names.language),
        "simulated": round_.code in state.simulated,
        "shares": shares,
        "level": shares.level if shares else None,
    }


async def _other_answers(
    state: State, client: str, catalogue: Catalogue, round_: Round, language: str
) -> dict[str, Any]:
    """Return the shares of answers to questions that are no ratings."""
    if OPTIONS not in catalogue.instrument_of(round_).scorings:
        return {}
    names = Names(choose_language(language), catalogue)
    asked = shares_request(round_.code, OPTIONS)
    source = await state.rounds.source(asked)
    return {"others": await state.work.pages.run(client, build_answer_shares, asked, source, names)}


async def _tree(
    state: State, client: str, catalogue: Catalogue, round_: Round, language: str, among: str
) -> dict[str, Any]:
    """Return the indicators of the round's index tree, of the respondents chosen."""
    names = Names(choose_language(language), catalogue)
    instrument = catalogue.instrument_of(round_)
    channels: tuple[str, ...] = CHANNELS
    known = respondent_groups(instrument, channels, names)
    if among and among not in {one.value for group in known for one in group.groups}:
        raise InputError(f"among: {among!r} is not available; choose respondents on the page")
    asked = indicators_request(round_.code, among)
    try:
        source = await state.rounds.source(asked)
    except InputError:  # nobody is known to be of the group
        table = None
    else:
        channels = tuple(code for code in CHANNELS if code in source.cells.column("channel").levels)
        table = await state.work.pages.run(client, indicators, asked, source, names)
    groups = respondent_groups(instrument, channels, names)
    return {"groups": groups, "among": among, "indicators": table}


def describe_round(round_: Round, catalogue: Catalogue, language: str) -> _About:
    """Describe a round by its instrument and days, as rounds have no title."""
    title = catalogue.instrument_of(round_).title
    first = long_date(language, local_day(round_.opens_at))
    if round_.closes_at is None:
        days = text(language, "dashboard.since", day=first)
    else:
        days = f"{first} – {long_date(language, local_day(round_.closes_at - _INSTANT))}"
    return _About(round_.code, days, title.get(language) or next(iter(title.values())))


async def _drawn(work: Work, client: str, chart: Page) -> str | None:
    """Return None if the chart cannot be drawn in time: the tables show the same figures."""
    try:
        return (await work.drawer.draw(chart, "svg", client)).decode()
    except (ChartError, Overloaded):
        return None
