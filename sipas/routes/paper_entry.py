"""GET and POST /paper/{form}: typing one form."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect

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
from sipas.survey.paper.corrections import delete_entry, is_only_typist
from sipas.survey.paper.differences import ReadForm
from sipas.survey.paper.double_entry import complete_entry, discard_draft, find_draft, save_draft
from sipas.survey.paper.entry_page import EntryWords, entry_parts, head_rows, mistake_groups, warning_lines
from sipas.survey.paper.forms import PaperRefused
from sipas.survey.paper.head import DAY
from sipas.survey.paper.storing import waiting_answer

_PATH = "/paper/{form_id:int}"


@get(_PATH)
async def get_paper_entry(request: AnyRequest, state: State, form_id: FromPath[int]) -> Response[Any]:
    async def work(typist: Typist) -> Response[Any]:
        async with state.pool.acquire() as conn:
            opened = await get_form(conn, state, form_id)
            if await is_only_typist(conn, opened.form, typist):
                return _own_page(request, opened)
            try:
                draft = await find_draft(conn, ciphers_of(state), opened.form, typist)
            except PaperRefused as refusal:
                return refused(request, opened.shape.round.code, refusal)
        if draft is None:
            return to_list(request, opened.shape.round.code, number=opened.form.number)
        return _show(request, opened, draft.fields)

    return await for_typist(request, state, work)


@post(_PATH, status_code=200, request_max_body_size=PAPER_BYTES_MAX, guards=[own_form_guard])
async def post_paper_entry(request: AnyRequest, state: State, form_id: FromPath[int]) -> Response[Any]:
    """Keep what was typed; with all fields in order, complete the entry."""
    sent = await read_sent(request)

    async def work(typist: Typist) -> Response[Any]:
        async with state.pool.acquire() as conn:
            opened = await get_form(conn, state, form_id)
        try:
            return await _save(request, state, typist, opened, sent)
        except PaperRefused as refusal:
            if sent.get(DO) == "draft":
                return Response(None, status_code=409)
            return refused(request, opened.shape.round.code, refusal)

    return await for_typist(request, state, work, sent)


async def _save(
    request: AnyRequest, state: State, typist: Typist, opened: OpenPaper, sent: Sent
) -> Response[Any]:
    ciphers, form, round_code = ciphers_of(state), opened.form, opened.shape.round.code
    button = sent.get(DO, "save")
    if button in ("renumber", "delete"):
        return await _change_own(request, state, typist, opened, sent)
    fields = _known(opened, sent)
    if button in ("draft", "later", "discard"):
        async with state.pool.acquire() as conn:
            if button == "discard":
                await discard_draft(conn, form.id, typist)
                return to_list(request, round_code, done="discarded", number=form.number)
            await save_draft(conn, ciphers, form.id, typist, fields)
        if button == "draft":
            return Response(None, status_code=204)
        return to_list(request, round_code, done="kept", number=form.number)
    read = opened.reader.read(fields)
    confirmed = set(sent.get(CONFIRMED, "").split(","))
    problem = _problem(opened, read)
    is_whole = not (read.mistakes or problem) and confirmed.issuperset(read.questions.left_out)
    async with state.pool.acquire() as conn:
        if not is_whole:
            await save_draft(conn, ciphers, form.id, typist, fields)
        else:
            outcome = await complete_entry(conn, ciphers, form.id, typist, fields, opened.reader)
            if outcome == "different":
                address = f"/paper/{form.id}/differences"
                return Redirect(address, status_code=303, query_params={"lang": language_of(request)})
            kept = {name: read.head.normal[name] for name in opened.shape.fields}
            if read.head.head:
                kept[DAY] = f"{read.head.head.day:%d/%m/%Y}"
            return to_list(request, round_code, done=outcome, number=form.number, **kept)
    return _show(request, opened, fields, read, problem)


async def _change_own(
    request: AnyRequest, state: State, typist: Typist, opened: OpenPaper, sent: Sent
) -> Response[Any]:
    """Give the person's own entry another number, or delete it: the form waits for its second entry."""
    async with state.pool.acquire() as conn:
        if not await is_only_typist(conn, opened.form, typist):
            raise PaperRefused("changed", opened.form)
        if sent[DO] == "delete":
            await delete_entry(conn, opened.form.id, typist)
            return to_list(request, opened.shape.round.code, done="deleted", number=opened.form.number)
    moved = await move_to_number(request, state, opened, sent, 1)
    return _own_page(request, opened, sent, moved) if isinstance(moved, str) else moved


def _own_page(
    request: AnyRequest, opened: OpenPaper, sent: Sent | None = None, problem: str | None = None
) -> Response[Any]:
    context = {
        "number": opened.form.number,
        "round": opened.shape.round.code,
        "form_id": opened.form.id,
        "problem": problem,
        "moved_to": (sent or {}).get("do:number", ""),
    }
    return page("paper_own.html", language_of(request), context, status=422 if problem else 200)


def _known(opened: OpenPaper, sent: Sent) -> Sent:
    names = (*opened.shape.fields, *opened.paper.field_names())
    return {name: sent[name] for name in names if name in sent}


def _problem(opened: OpenPaper, read: ReadForm) -> str | None:
    """Return what is wrong with the form as a whole, such as more drawn questions than it has."""
    if read.mistakes:
        return None
    try:
        waiting_answer(opened.reader, read, today())
    except InputError as error:
        return str(error)
    return None


def _show(
    request: AnyRequest,
    opened: OpenPaper,
    fields: Sent,
    read: ReadForm | None = None,
    problem: str | None = None,
) -> Response[Any]:
    """read: of what was sent; None for a page that is opened."""
    language, catalogue = language_of(request), opened.reader.catalogue
    words = EntryWords(opened.paper, language)
    mistakes: dict[str, str] = dict(read.mistakes) if read else {}
    left_out = read.questions.left_out if read and not mistakes else ()
    focus = next(iter(mistakes), None) or next(
        (name for name in opened.paper.field_names() if not fields.get(name)), None
    )
    context = {
        "number": opened.form.number,
        "place": opened.place,
        "round": opened.shape.round.code,
        "form_id": opened.form.id,
        "head": head_rows(opened.shape, fields, mistakes, catalogue, words),
        "parts": entry_parts(words, fields, mistakes),
        "total": len(opened.paper.items),
        "errors": mistake_groups(words, read) if read else [],
        "problem": problem,
        "warnings": warning_lines(words, left_out),
        "confirmed": ",".join(left_out),
        "focus": None if left_out or problem else focus,
        "units": sorted((one.code, one.name) for one in catalogue.units.values() if one.valid_to is None),
        "procedures": [(one.code, one.name) for one in catalogue.procedures.values()],
    }
    return page("paper_entry.html", language, context, status=422 if read else 200, script=True)
