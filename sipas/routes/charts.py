"""GET /charts/{kind}.{svg,png,pdf}: a chart with the parameters of /api/indices, or of `sipas plan`."""

import hashlib
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from sipas.charts.numbers import choose_language
from sipas.charts.style import ChartError, PictureFormat, choose_picture_format
from sipas.messages import Language
from sipas.report.compare.trend_rounds import read_sources
from sipas.report.figures.kinds import PLAN, ChartKind, ShownChart, choose_kind, require_one_table
from sipas.report.figures.plan_figure import plan_chart
from sipas.report.names import Names
from sipas.report.plan.plan import plan_table
from sipas.report.plan.plan_frame import read_round_frame
from sipas.report.plan.plan_request import read_plan_request
from sipas.report.request import read_request
from sipas.report.sources.limits import require_few_drawn, require_few_marks, require_few_options
from sipas.routes.guards import reader_guard
from sipas.routes.indices import COMPRESSES, TableRequest, is_zipped, options_of, packed
from sipas.routes.problems import HttpProblem, problem
from sipas.routes.work import Work, client_of, while_connected

Options = list[tuple[str, str]]
Show = Callable[[State, str, Options, Language], Awaitable[ShownChart]]
MEDIA: dict[PictureFormat, str] = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@get("/charts/{name:str}", guards=[reader_guard], opt=COMPRESSES)
async def get_chart(
    request: TableRequest, state: State, name: FromPath[str]
) -> Response[bytes] | Response[HttpProblem]:
    """503 if this machine cannot draw charts; collection is not affected."""
    stem, _, extension = name.rpartition(".")
    show = show_plan if stem == PLAN else partial(show_answers, choose_kind(stem))
    format_, options = choose_picture_format(extension), options_of(request)
    language = choose_language(next((value for key, value in options if key == "lang"), "vi"))
    asked = [(key, value) for key, value in options if key != "lang"]
    try:
        return await while_connected(request, drawn(request, state, show, asked, name, format_, language))
    except ChartError as error:
        return problem(503, str(error))


async def drawn(
    request: TableRequest,
    state: State,
    show: Show,
    options: Options,
    name: str,
    format_: PictureFormat,
    language: Language,
) -> Response[bytes]:
    work: Work = state.work
    client = client_of(request)
    shown = await show(state, client, options, language)
    etag = await work.charts.run(client, etag_of, name, shown.table, language)
    headers = {"cache-control": "private, no-cache", "etag": etag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    content = await work.drawer.draw(shown.chart, format_, client)
    zipped = format_ == "svg" and is_zipped(request)
    return await work.charts.run(client, packed, content, MEDIA[format_], headers, zipped)


async def show_answers(
    kind: ChartKind, state: State, client: str, options: Options, language: Language
) -> ShownChart:
    given = dict(options)
    usual = kind.defaults(given, given.get("round"))
    asked = require_few_options(require_one_table(read_request([*options, *usual.items()])))
    if kind.several_rounds:
        sources = await read_sources(state.rounds, asked)
    else:
        sources = [await state.rounds.source(asked)]
    names = Names(language, state.catalogue.now)

    def made() -> ShownChart:
        require_few_marks(asked, sources)
        return kind.show(asked, sources, names)

    work: Work = state.work
    return await work.charts.run(client, made)


async def show_plan(state: State, client: str, options: Options, language: Language) -> ShownChart:
    asked = read_plan_request(options)
    frame = await read_round_frame(state.rounds, asked)

    def made() -> ShownChart:
        table = plan_table(asked, frame)
        require_few_drawn(len(table.rows))
        return ShownChart(table, plan_chart(table, Names(language, state.catalogue.now)))

    work: Work = state.work
    return await work.charts.run(client, made)


def etag_of(name: str, table: msgspec.Struct, language: Language) -> str:
    """The same figures make the same picture."""
    content = b"\0".join((name.encode(), language.encode(), msgspec.json.encode(table)))
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
