"""GET /api/indices: the options of `sipas estimate` as parameters; responds with JSON or CSV."""

import gzip
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State

from sipas.errors import InputError
from sipas.report.formats import compact, table_file
from sipas.report.indices.index_formats import index_csv
from sipas.report.indices.indices import index_table
from sipas.report.request import INDEX_OPTIONS, OPTIONS, EstimateRequest, Parser, read_request
from sipas.report.sources.limits import require_few_options, require_few_replicates, require_few_rows
from sipas.report.sources.source import Source
from sipas.report.table_files import TABLE_FILE_FORMATS, TABLE_MEDIA_TYPES
from sipas.routes.guards import reader_guard
from sipas.routes.work import Work, client_of, while_connected

TableRequest = Request[Any, Any, State]
Table = TypeVar("Table", bound=msgspec.Struct)
PRIVATE = {"cache-control": "private, no-store", "vary": "accept, accept-encoding"}
_FORMATS = ("json", "csv", *TABLE_FILE_FORMATS)
COMPRESSED_BYTES = 1_000  # smaller responses are not compressed
COMPRESSION_LEVEL = 4
COMPRESSES = {"compresses_itself": True}  # in the computing thread: a large table takes seconds


@get("/api/indices", guards=[reader_guard], opt=COMPRESSES)
async def get_indices(request: TableRequest, state: State) -> Response[bytes]:
    return await answered(
        request, state, "indices", options_of(request), index_table, index_csv, INDEX_OPTIONS
    )


async def answered(
    request: TableRequest,
    state: State,
    title: str,
    options: list[tuple[str, str]],
    make: Callable[[EstimateRequest, Source], Table],
    as_csv: Callable[[Table], bytes],
    parsers: Mapping[str, Parser] = OPTIONS,
) -> Response[bytes]:
    format_, options = choose_answer(request, options)
    asked = require_few_options(read_request(options, parsers))
    work: Work = state.work
    client = client_of(request)

    async def answer() -> Response[bytes]:
        source = await state.rounds.source(asked)
        rows = await work.short.run(client, measured_rows, asked, source)
        pool = work.for_table(rows, replicates=asked.second_opinion is not None)
        return await pool.run(
            client, lambda: sent(make(asked, source), format_, title, source.name, as_csv, is_zipped(request))
        )

    return await while_connected(request, answer())


def measured_rows(asked: EstimateRequest, source: Source) -> int:
    """The rows that it asks for, unless these or their replicates are too many."""
    require_few_replicates(asked, source)
    return require_few_rows(asked, source)


def is_zipped(request: TableRequest) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def choose_answer(request: TableRequest, options: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """Return the format and the other options. `format` replaces the Accept header, which links cannot
    set.
    """
    format_ = next((value for name, value in options if name == "format"), None) or accepted(request)
    if format_ not in _FORMATS:
        raise InputError(f"format: {format_!r} is not one of {', '.join(_FORMATS)}")
    return format_, [(name, value) for name, value in options if name != "format"]


def sent(
    table: Table, format_: str, title: str, name: str, as_csv: Callable[[Table], bytes], zipped: bool
) -> Response[bytes]:
    if format_ == "json":
        return packed(compact(table), "application/json", PRIVATE, zipped)
    saved = {"content-disposition": attachment(f"{title}-{name}.{format_}")}
    for file_format, media_type in TABLE_MEDIA_TYPES.items():
        if format_ == file_format:
            return Response(table_file(table, file_format), media_type=media_type, headers=PRIVATE | saved)
    return packed(as_csv(table), "text/csv", PRIVATE | saved, zipped)


def packed(content: bytes, media_type: str, headers: dict[str, str], zipped: bool) -> Response[bytes]:
    if zipped and len(content) >= COMPRESSED_BYTES:
        content = gzip.compress(content, COMPRESSION_LEVEL, mtime=0)
        headers = {**headers, "content-encoding": "gzip"}
    return Response(content, media_type=media_type, headers=headers)


def attachment(name: str) -> str:
    """A header is ASCII, and a round may be called `Đợt 1`: the name as RFC 6266 has it."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def options_of(request: TableRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.query_params.multi_items()]


def accepted(request: TableRequest) -> str:
    best = request.accept.best_match(["application/json", "text/csv"], default="application/json")
    return "csv" if best == "text/csv" else "json"
