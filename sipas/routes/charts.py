"""GET /charts/{kind}.{svg,png,pdf}: a chart with the parameters of /api/indices, or of `sipas plan`."""

import asyncio
import hashlib
from functools import partial

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from sipas.charts.numbers import Language, choose_language
from sipas.charts.picture import picture
from sipas.charts.style import ChartError, Format, choose_format
from sipas.report.kinds import PLAN, Kind, Shown, choose_kind, require_one_table
from sipas.report.names import Names
from sipas.report.plan import plan_table
from sipas.report.plan_figure import plan_chart
from sipas.report.plan_frame import read_round_frame
from sipas.report.plan_request import read_plan_request
from sipas.report.request import read_request
from sipas.report.trend_rounds import read_sources
from sipas.routes.guards import reader_guard
from sipas.routes.indices import Asked, options_of
from sipas.routes.problems import Problem, problem

Options = list[tuple[str, str]]
MEDIA: dict[Format, str] = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@get("/charts/{name:str}", guards=[reader_guard])
async def get_chart(request: Asked, state: State, name: FromPath[str]) -> Response[bytes] | Response[Problem]:
    """503 where the machine cannot draw: collection goes on without."""
    stem, _, extension = name.rpartition(".")
    show = show_plan if stem == PLAN else partial(show_answers, choose_kind(stem))
    format_, options = choose_format(extension), options_of(request)
    language = choose_language(next((value for key, value in options if key == "lang"), "vi"))
    shown = await show(state, [(key, value) for key, value in options if key != "lang"], language)
    etag = etag_of(name, shown.table, language)
    headers = {"cache-control": "private, no-cache", "etag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    try:
        content = await asyncio.to_thread(picture, shown.chart, format_)
    except ChartError as error:
        return problem(503, str(error))
    return Response(content, media_type=MEDIA[format_], headers=headers)


async def show_answers(kind: Kind, state: State, options: Options, language: Language) -> Shown:
    given = dict(options)
    usual = kind.defaults(given, given.get("round"))
    asked = require_one_table(read_request([*options, *usual.items()]))
    if kind.several_rounds:
        sources = await read_sources(state.rounds, asked)
    else:
        sources = [await state.rounds.source(asked)]
    return await asyncio.to_thread(kind.show, asked, sources, Names(language, state.catalogue.now))


async def show_plan(state: State, options: Options, language: Language) -> Shown:
    asked = read_plan_request(options)
    frame = await read_round_frame(state.rounds, asked)

    def made() -> Shown:
        table = plan_table(asked, frame)
        return Shown(table, plan_chart(table, Names(language, state.catalogue.now)))

    return await asyncio.to_thread(made)


def etag_of(name: str, table: msgspec.Struct, language: Language) -> str:
    """The same figures make the same picture."""
    content = b"\0".join((name.encode(), language.encode(), msgspec.json.encode(table)))
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
