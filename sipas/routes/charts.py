"""GET /charts/{kind}.{svg,png,pdf}: a chart with the parameters of /api/indices."""

import asyncio
import hashlib

import msgspec
from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from sipas.charts.numbers import Language, choose_language
from sipas.charts.picture import picture
from sipas.charts.style import ChartError, Format, choose_format
from sipas.report.figures import Kind, chart_request, choose_kind, dot_chart
from sipas.report.index_table import IndexTable
from sipas.report.indices import index_table
from sipas.report.names import Names
from sipas.report.request import read_request
from sipas.routes.guards import reader_guard
from sipas.routes.indices import Asked, options_of
from sipas.routes.problems import Problem, problem
from sipas.survey.instrument import Instrument

MEDIA: dict[Format, str] = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


@get("/charts/{name:str}", guards=[reader_guard])
async def get_chart(request: Asked, state: State, name: FromPath[str]) -> Response[bytes] | Response[Problem]:
    """503 where the machine cannot draw: collection goes on without."""
    stem, _, extension = name.rpartition(".")
    kind, format_ = choose_kind(stem), choose_format(extension)
    options = options_of(request)
    language = choose_language(next((value for key, value in options if key == "lang"), "vi"))
    asked = chart_request(kind, read_request((key, value) for key, value in options if key != "lang"))
    source = await state.rounds.source(asked)
    table = await asyncio.to_thread(index_table, asked, source)
    etag = etag_of(name, table, language)
    headers = {"cache-control": "private, no-cache", "etag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    try:
        names = Names(language, state.catalogue.now)
        content = await asyncio.to_thread(draw, kind, table, source.instrument, names, format_)
    except ChartError as error:
        return problem(503, str(error))
    return Response(content, media_type=MEDIA[format_], headers=headers)


def draw(kind: Kind, table: IndexTable, instrument: Instrument, names: Names, format_: Format) -> bytes:
    return picture(dot_chart(kind, table, instrument, names), format_)


def etag_of(name: str, table: IndexTable, language: Language) -> str:
    """The same figures make the same picture."""
    content = b"\0".join((name.encode(), language.encode(), msgspec.json.encode(table)))
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
