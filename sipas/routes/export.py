"""GET /export/{round}.{format}: what `sipas export` writes, as a download."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import BinaryIO, cast

from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream

from sipas.charts.numbers import choose_language
from sipas.errors import InputError
from sipas.messages import Language
from sipas.report.export.build_export import build_export
from sipas.report.export.bundle import BUNDLE_FORMAT, BUNDLE_MEDIA_TYPE, EXPORT_FORMATS, write_export
from sipas.report.export.codebook import build_codebook
from sipas.report.export.codebook_files import CODEBOOK_FORMATS, CODEBOOK_MEDIA_TYPES
from sipas.report.export.exporting import (
    MEDIA_TYPES,
    choose_export_format,
    read_export_request,
)
from sipas.report.request import EstimateRequest
from sipas.report.sources.limits import require_few_options
from sipas.report.sources.snapshot import Snapshot
from sipas.routes.guards import reader_guard
from sipas.routes.indices import COMPRESSES, PRIVATE, TableRequest, attachment, options_of
from sipas.routes.work import Work, client_of, while_connected

_CHUNK_BYTES = 1 << 18
_MEDIA_TYPES = MEDIA_TYPES | CODEBOOK_MEDIA_TYPES | {BUNDLE_FORMAT: BUNDLE_MEDIA_TYPE}


@get("/export/{name:str}", guards=[reader_guard], opt=COMPRESSES)
async def get_export(request: TableRequest, state: State, name: FromPath[str]) -> Stream:
    """The options of `sipas export` are the parameters, `lang` too."""
    code, _, extension = name.rpartition(".")
    format_ = choose_export_format(extension, (*EXPORT_FORMATS, *CODEBOOK_FORMATS))
    options = options_of(request)
    language = choose_language(next((value for key, value in options if key == "lang"), "vi"))
    asked = require_few_options(read_export_request([("round", code), *without_language(options)]))
    work: Work = state.work

    async def answer() -> BinaryIO:
        snapshot = await state.rounds.snapshot(asked.round)
        return await work.exports.run(client_of(request), exported, snapshot, asked, language, format_)

    return sent_file(await while_connected(request, answer()), name, _MEDIA_TYPES[format_])


def without_language(options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if any(key == "round" for key, _ in options):
        raise InputError("round: the address names it; leave the parameter out")
    return [(key, value) for key, value in options if key != "lang"]


def exported(snapshot: Snapshot, asked: EstimateRequest, language: Language, format_: str) -> BinaryIO:
    """Return a file that nothing names, so it is gone when it is closed."""
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the response closes it
    try:
        table = build_export(snapshot, asked, language, whole=format_ == BUNDLE_FORMAT)
        if format_ in CODEBOOK_FORMATS:
            file.write(CODEBOOK_FORMATS[format_](build_codebook(snapshot, table), language))
        else:
            write_export(snapshot, asked, table, format_, file)
    except BaseException:
        file.close()
        raise
    return file


def sent_file(file: BinaryIO, name: str, media_type: str) -> Stream:
    size = file.tell()
    headers = {**PRIVATE, "content-disposition": attachment(name), "content-length": str(size)}
    return Stream(_chunks(file), media_type=media_type, headers=headers)


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
            yield chunk
