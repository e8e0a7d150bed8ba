"""GET /api/indices: the options of `sipas estimate` as parameters, answered as JSON or CSV."""

import asyncio
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.datastructures import State

from sipas.errors import InputError
from sipas.report.formats import compact, to_csv
from sipas.report.indices import index_table
from sipas.report.request import read_request
from sipas.routes.guards import reader_guard

Asked = Request[Any, Any, State]
PRIVATE = {"cache-control": "private, no-store", "vary": "accept"}


@get("/api/indices", guards=[reader_guard])
async def get_indices(request: Asked, state: State) -> Response[bytes]:
    """`format` says what a link cannot: the Accept header of a browser is its own."""
    options = options_of(request)
    format_ = next((value for name, value in options if name == "format"), None) or accepted(request)
    asked = read_request((name, value) for name, value in options if name != "format")
    source = await state.rounds.source(asked)
    table = await asyncio.to_thread(index_table, asked, source)
    if format_ == "csv":
        saved = {"content-disposition": attachment(f"indices-{source.name}.csv")}
        return Response(to_csv(table), media_type="text/csv", headers=PRIVATE | saved)
    if format_ == "json":
        return Response(compact(table), media_type="application/json", headers=PRIVATE)
    raise InputError(f"format: {format_!r} is none of json, csv")


def attachment(name: str) -> str:
    """A header is ASCII, and a round may be called `Đợt 1`: the name as RFC 6266 has it."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def options_of(request: Asked) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.query_params.multi_items()]


def accepted(request: Asked) -> str:
    best = request.accept.best_match(["application/json", "text/csv"], default="application/json")
    return "csv" if best == "text/csv" else "json"
