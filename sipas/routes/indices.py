"""GET /api/indices: the options of `sipas estimate` as parameters, answered as JSON or CSV."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from sipas.errors import InputError
from sipas.report.formats import compact
from sipas.report.index_formats import to_csv
from sipas.report.indices import index_table
from sipas.report.request import INDEX_OPTIONS, OPTIONS, EstimateRequest, Parser, read_request
from sipas.report.source import Source
from sipas.routes.guards import reader_guard

Asked = Request[Any, Any, State]
Table = TypeVar("Table", bound=msgspec.Struct)
PRIVATE = {"cache-control": "private, no-store", "vary": "accept"}


@get("/api/indices", guards=[reader_guard])
async def get_indices(request: Asked, state: State) -> Response[bytes]:
    return await answered(request, state, "indices", options_of(request), index_table, to_csv, INDEX_OPTIONS)


async def answered(
    request: Asked,
    state: State,
    title: str,
    options: list[tuple[str, str]],
    make: Callable[[EstimateRequest, Source], Table],
    as_csv: Callable[[Table], bytes],
    parsers: Mapping[str, Parser] = OPTIONS,
) -> Response[bytes]:
    format_, options = choose_answer(request, options)
    asked = read_request(options, parsers)
    source = await state.rounds.source(asked)
    table = await asyncio.to_thread(make, asked, source)
    return sent(table, format_, title, source.name, as_csv)


def choose_answer(request: Asked, options: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """`format` says what a link cannot: the Accept header of a browser is its own. And the other options."""
    format_ = next((value for name, value in options if name == "format"), None) or accepted(request)
    if format_ not in ("json", "csv"):
        raise InputError(f"format: {format_!r} is none of json, csv")
    return format_, [(name, value) for name, value in options if name != "format"]


def sent(
    table: Table, format_: str, title: str, name: str, as_csv: Callable[[Table], bytes]
) -> Response[bytes]:
    if format_ == "json":
        return Response(compact(table), media_type="application/json", headers=PRIVATE)
    saved = {"content-disposition": attachment(f"{title}-{name}.csv")}
    return Response(as_csv(table), media_type="text/csv", headers=PRIVATE | saved)


def attachment(name: str) -> str:
    """A header is ASCII, and a round may be called `Đợt 1`: the name as RFC 6266 has it."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def options_of(request: Asked) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.query_params.multi_items()]


def accepted(request: Asked) -> str:
    best = request.accept.best_match(["application/json", "text/csv"], default="application/json")
    return "csv" if best == "text/csv" else "json"
