"""GET and POST /paper: the paper forms of a round, and the first step of typing one."""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.response import Redirect, Template

from sipas.charts.numbers import choose_language, count, with_unit
from sipas.messages import text
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Round
from sipas.queries.paper import (
    PaperCounts,
    Typist,
    count_paper_forms,
    has_households,
    list_done_paper_forms,
    list_open_paper_forms,
)
from sipas.routes.dashboard import describe_round
from sipas.routes.guards import own_form_guard
from sipas.routes.pages import language_of, page
from sipas.routes.paper_desk import (
    PAPER_BYTES_MAX,
    AnyRequest,
    Sent,
    ciphers_of,
    for_typist,
    head_of,
    read_sent,
    reader_for,
    refused,
    today,
)
from sipas.survey.catalogue import Catalogue, is_open
from sipas.survey.links.waiting import PAPER_CHANNEL
from sipas.survey.paper.double_entry import start_entry
from sipas.survey.paper.entry_page import EntryWords, head_rows
from sipas.survey.paper.fields import PaperSheet
from sipas.survey.paper.forms import PaperRefused, normal_number
from sipas.survey.paper.head import HeadShape

NOTICES = ("first", "stored", "settled", "kept", "discarded", "moved", "deleted")
_NUMBER_MISTAKES = {"number": "number_empty", "unknown_questionnaire": "number_unknown"}
REFUSALS = ("same_person", "done", "twice", "number", "changed", "unknown_questionnaire", "household_done")


@get("/paper")
async def get_paper(request: AnyRequest, state: State) -> Response[Any]:
    async def work(typist: Typist) -> Response[Any]:
        asked = request.query_params
        return await _list_page(request, state, typist, dict(asked), asked.get("round"))

    return await for_typist(request, state, work)


@post("/paper", request_max_body_size=PAPER_BYTES_MAX, guards=[own_form_guard])
async def start_paper(request: AnyRequest, state: State) -> Response[Any]:
    sent = await read_sent(request)

    async def work(typist: Typist) -> Response[Any]:
        return await _start(request, state, typist, sent)

    return await for_typist(request, state, work, sent)


async def _start(request: AnyRequest, state: State, typist: Typist, sent: Sent) -> Response[Any]:
    catalogue = await state.catalogue.refresh()
    round_ = catalogue.get_round(sent.get("round", ""))
    begun = await _begin(request, state, typist, sent, catalogue, round_)
    if isinstance(begun, dict):
        return await _list_page(request, state, typist, sent, round_.code, begun)
    return begun


async def _begin(
    request: AnyRequest, state: State, typist: Typist, sent: Sent, catalogue: Catalogue, round_: Round
) -> Redirect | dict[str, str]:
    """Start an entry; return the mistakes of the form's number and head, if there are any."""
    async with state.pool.acquire() as conn:
        try:
            number = normal_number(sent.get("number", ""))
            reader = await reader_for(conn, catalogue, round_, number)
        except PaperRefused as refusal:
            return {"number": _NUMBER_MISTAKES[refusal.reason]}
        if mistakes := reader.shape.read(sent, catalogue, today()).mistakes:
            return dict(mistakes)
        try:
            head = head_of(sent, reader.shape)
            form = await start_entry(conn, ciphers_of(state), reader, number, typist, head)
        except PaperRefused as refusal:
            return refused(request, round_.code, refusal, number)
    return Redirect(f"/paper/{form.id}", status_code=303, query_params={"lang": language_of(request)})


def _choose_round(catalogue: Catalogue, code: str | None) -> Round | None:
    """Return the requested round, else the newest with a form for paper; open ones first."""
    if code:
        return catalogue.get_round(code)
    return next(iter(_offered(catalogue)), None)


def _offered(catalogue: Catalogue) -> list[Round]:
    """Return rounds with a form for paper, open ones and the newest first; then the others."""
    now = datetime.now(UTC)

    def order(round_: Round) -> tuple[bool, bool, datetime, int]:
        form = catalogue.instrument_of(round_).form_for(PAPER_CHANNEL)
        return PAPER_CHANNEL in form.channels, is_open(round_, now), round_.opens_at, round_.id

    return sorted(catalogue.rounds.values(), key=order, reverse=True)


async def _list_page(
    request: AnyRequest,
    state: State,
    typist: Typist,
    fields: Sent,
    code: str | None,
    mistakes: dict[str, str] | None = None,
) -> Template:
    language = language_of(request)
    catalogue = await state.catalogue.refresh()
    round_ = _choose_round(catalogue, code)
    mistakes = mistakes or {}
    context: dict[str, Any] = {
        "rounds": [describe_round(one, catalogue, language) for one in _offered(catalogue)],
        "typist": typist.name,
        "mistakes": mistakes,
    }
    if round_:
        paper = PaperSheet(catalogue, round_)
        words = EntryWords(paper, language)
        async with state.pool.acquire() as conn:
            shape = HeadShape(round_, paper.instrument, await has_households(conn, round_.id))
        context |= {
            "round": round_.code,
            "about": describe_round(round_, catalogue, language),
            "form": text(language, "paper.form", form=paper.sheet.form.id, n=len(paper.items)),
            "head": head_rows(shape, fields, mistakes, catalogue, words),
            "number": "" if "done" in fields else fields.get("number", ""),
            "number_mistake": words.mistake(mistakes.get("number")),
            "units": sorted((one.code, one.name) for one in catalogue.units.values() if one.valid_to is None),
            "procedures": [(one.code, one.name) for one in catalogue.procedures.values()],
            "notice": _notice(fields, language) if not mistakes else None,
        }
        async with state.pool.acquire() as conn:
            context |= await _forms(conn, round_, typist, language)
    return page("paper.html", language, context, status=422 if mistakes else 200)


async def _forms(conn: Connection, round_: Round, typist: Typist, language: str) -> dict[str, Any]:
    forms = await list_open_paper_forms(conn, round_.id, typist.id)
    counts = next((one for one in await count_paper_forms(conn) if one.round == round_.code), None)
    return {
        "to_settle": [one for one in forms if one.entries == 2],
        "drafts": [one for one in forms if one.mine is False and one.entries < 2],
        "once": [one for one in forms if one.entries == 1 and one.mine is not False],
        "done_today": await list_done_paper_forms(conn, round_.id, today()),
        "counts": counts,
        "rates": _rates(counts, language) if counts and counts.fields else None,
    }


def _rates(counts: PaperCounts, language: str) -> list[str]:
    """Return sentences about how often entries differed."""
    chosen = choose_language(language)

    def share(part: int, whole: int) -> str:
        return with_unit(part / whole, "share", chosen)

    lines = [
        text(
            language,
            "paper.rate_differed",
            share=share(counts.differed, counts.fields),
            differed=count(counts.differed, chosen),
            fields=count(counts.fields, chosen),
        ),
        text(language, "paper.rate_wrong", share=share(counts.wrong, 2 * counts.fields)),
    ]
    if counts.left_out:
        lines.append(text(language, "paper.left_out_n", n=count(counts.left_out, chosen)))
    return lines


def _notice(fields: Sent, language: str) -> tuple[bool, str] | None:
    """Return whether the last step failed, and what became of it."""
    number = fields.get("number", "")
    if (done := fields.get("done")) in NOTICES:
        return False, text(language, f"paper.notice.{done}", number=number)
    if (reason := fields.get("refused")) in REFUSALS:
        return True, text(language, f"paper.refused.{reason}", number=number)
    return None
