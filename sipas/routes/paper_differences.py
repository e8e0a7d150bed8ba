"""GET and POST /paper/{form}/differences: settling the differences of two entries from the paper."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath

from sipas.errors import InputError
from sipas.queries.paper import Typist
from sipas.routes.guards import own_form_guard
from sipas.routes.pages import language_of, page
from sipas.routes.paper_desk import (
    CONFIRMED,
    DO,
    PAPER_BYTES_MAX,
    AnyRequest,
    OpenPaper,
    Sent,
    ciphers_of,
    for_typist,
    get_form,
    move_to_number,
    read_sent,
    refused,
    to_list,
    today,
)
from sipas.survey.paper.codes import Code
from sipas.survey.paper.corrections import delete_both_entries
from sipas.survey.paper.differences import CHOICE, FIRST, OTHER, SECOND, VALUE, Comparison, compare
from sipas.survey.paper.double_entry import find_entries, settle
from sipas.survey.paper.entry_page import EntryWords, warning_lines
from sipas.survey.paper.forms import PaperRefused
from sipas.survey.paper.storing import waiting_answer

_PATH = "/paper/{form_id:int}/differences"
_PLACES = {"move1": 1, "move2": 2}


class _Difference(msgspec.Struct, frozen=True):
    """A field whose two entries differ. chosen: of the radio buttons."""

    name: str
    label: str
    short: str
    first: str
    second: str
    chosen: str
    other: str
    codes: tuple[Code, ...]
    mistake: str | None


@get(_PATH)
async def get_differences(request: AnyRequest, state: State, form_id: FromPath[int]) -> Response[Any]:
    async def work(_: Typist) -> Response[Any]:
        opened, comparison = await _compared(state, form_id)
        if isinstance(comparison, PaperRefused):
            return refused(request, opened.shape.round.code, comparison)
        return _show(request, opened, comparison, {}, {})

    return await for_typist(request, state, work)


@post(_PATH, status_code=200, request_max_body_size=PAPER_BYTES_MAX, guards=[own_form_guard])
async def post_differences(request: AnyRequest, state: State, form_id: FromPath[int]) -> Response[Any]:
    sent = await read_sent(request)

    async def work(_: Typist) -> Response[Any]:
        opened, comparison = await _compared(state, form_id)
        if isinstance(comparison, PaperRefused):
            return refused(request, opened.shape.round.code, comparison)
        if place := _PLACES.get(sent.get(DO, "")):
            return await _move(request, state, opened, comparison, sent, place)
        if sent.get(DO) == "delete":
            return await _delete(request, state, opened)
        return await _settle(request, state, opened, comparison, sent)

    return await for_typist(request, state, work, sent)


async def _compared(state: State, form_id: int) -> tuple[OpenPaper, Comparison | PaperRefused]:
    async with state.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        opened = await get_form(conn, state, form_id)
        try:
            entries = await find_entries(conn, ciphers_of(state), opened.form)
        except PaperRefused as refusal:
            return opened, refusal
    return opened, compare(opened.reader, entries)


async def _settle(
    request: AnyRequest, state: State, opened: OpenPaper, comparison: Comparison, sent: Sent
) -> Response[Any]:
    values, undecided = comparison.settled(sent)
    read = opened.reader.read(values)
    mistakes: dict[str, str] = {**dict.fromkeys(undecided, "undecided")}
    mistakes |= {name: key for name, key in read.mistakes.items() if name in comparison.differing}
    confirmed = set(sent.get(CONFIRMED, "").split(","))
    if not mistakes and confirmed.issuperset(read.questions.left_out):
        try:
            waiting_answer(opened.reader, read, today())
            async with state.pool.acquire() as conn:
                await settle(conn, ciphers_of(state), opened.form.id, opened.reader, values, comparison)
        except PaperRefused as refusal:
            return refused(request, opened.shape.round.code, refusal)
        except InputError as error:
            return _show(request, opened, comparison, sent, mistakes, str(error))
        return to_list(request, opened.shape.round.code, done="settled", number=opened.form.number)
    return _show(request, opened, comparison, sent, mistakes, left_out=read.questions.left_out)


async def _delete(request: AnyRequest, state: State, opened: OpenPaper) -> Response[Any]:
    try:
        async with state.pool.acquire() as conn:
            await delete_both_entries(conn, opened.form.id)
    except PaperRefused as refusal:
        return refused(request, opened.shape.round.code, refusal)
    return to_list(request, opened.shape.round.code, done="deleted", number=opened.form.number)


async def _move(
    request: AnyRequest, state: State, opened: OpenPaper, comparison: Comparison, sent: Sent, place: int
) -> Response[Any]:
    """Give an entry the number of the form that it was typed from."""
    moved = await move_to_number(request, state, opened, sent, place)
    return _show(request, opened, comparison, sent, {}, moved) if isinstance(moved, str) else moved


def _show(
    request: AnyRequest,
    opened: OpenPaper,
    comparison: Comparison,
    sent: Mapping[str, str],
    mistakes: Mapping[str, str],
    problem: str | None = None,
    left_out: Sequence[str] = (),
) -> Response[Any]:
    language = language_of(request)
    words = EntryWords(opened.paper, language)
    rows = [_row(words, name, comparison, sent, mistakes.get(name)) for name in comparison.differing]
    context = {
        "number": opened.form.number,
        "place": opened.place,
        "round": opened.shape.round.code,
        "form_id": opened.form.id,
        "rows": rows,
        "total": len(comparison.first),
        "mistakes": [row for row in rows if row.mistake],
        "problem": problem,
        "warnings": warning_lines(words, left_out),
        "confirmed": ",".join(left_out),
        "may_be_two": comparison.may_be_two_forms,
        "moved_to": sent.get("do:number", ""),
        "choices": (FIRST, SECOND, OTHER),
        "choice": CHOICE,
        "value": VALUE,
    }
    status = 422 if mistakes or problem or left_out else 200
    return page("paper_differences.html", language, context, status=status)


def _row(
    words: EntryWords, name: str, comparison: Comparison, sent: Mapping[str, str], mistake: str | None
) -> _Difference:
    item = words.paper.instrument.items_by_id.get(name)
    return _Difference(
        name=name,
        label=words.label(name),
        short=words.short(name),
        first=words.value(name, comparison.first[name]),
        second=words.value(name, comparison.second[name]),
        chosen=sent.get(CHOICE + name, ""),
        other=sent.get(VALUE + name, ""),
        codes=words.codes(item) if item else (),
        mistake=words.mistake(mistake),
    )
