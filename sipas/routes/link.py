"""Surveys behind links: HTML that needs no script. Opening a link never uses it."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from litestar import HttpMethod, Response, post, route
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect, Template

from sipas.postgres.pool import Connection
from sipas.queries.posters import find_form
from sipas.routes.pages import language_of, page
from sipas.routes.survey_forms import (
    FORM_MAX_BYTES,
    AnyRequest,
    PostedForm,
    gone,
    language_for,
    read_form,
    sheet_of,
)
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.links.drafts import Draft
from sipas.survey.links.one_time_links import (
    LINK_CHANNEL,
    Visit,
    answer_link,
    find_visit,
    keep_draft,
    note_opened,
    note_started,
    refuse_survey,
)
from sipas.survey.links.repeats import (
    SENT_COOKIE_VALID_FOR,
    new_page_value,
    read_sent,
    repeat_hash,
    sign_sent,
)
from sipas.survey.links.survey_fields import fields_of, whole_number
from sipas.survey.links.survey_flow import Progress, SurveyFlow
from sipas.survey.links.survey_page import DRAFT, FORM, LONGER, STOP, survey_page

_PATH = "/s/{token:str}"
_SENT_COOKIE = "sipas_sent"
_PART = "part"  # of the address: the number of a page, from 0


class _Survey(msgspec.Struct, frozen=True):
    """The survey of an open link."""

    visit: Visit
    catalogue: Catalogue
    sheet: Sheet
    flow: SurveyFlow


@route(_PATH, http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def open_link(request: AnyRequest, state: State, token: FromPath[str]) -> Template:
    """Show the survey, with earlier answers filled in on any device."""
    survey = await _find_survey(state, token)
    if survey is None:
        return _thank_again(request, state, token) or gone(request, state)
    if request.method == HttpMethod.GET:
        async with state.pool.acquire() as conn:
            await note_opened(conn, survey.visit, _today())
    draft = survey.visit.draft
    language = language_for(request, survey.sheet, before=draft.language if draft else "")
    fields = draft.fields if draft else {}
    part = whole_number(request.query_params.get(_PART, ""))
    if part is not None:
        return _show(survey, language, fields, survey.flow.at(part, fields))
    return _show(survey, language, fields, survey.flow.resume(fields), resumed=draft is not None)


@route(["/s", "/q"], http_method=[HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST])
async def open_nothing(request: AnyRequest, state: State) -> Template:
    """Handle an address without its token."""
    return gone(request, state)


@post(_PATH, status_code=200, request_max_body_size=FORM_MAX_BYTES)
async def post_link(request: AnyRequest, state: State, token: FromPath[str]) -> Response[Any]:
    """Store answers. Until they are sent they are kept on the page and in the draft."""
    survey, sent = await _find_survey(state, token), await read_form(request)
    repeat = repeat_hash(token, sent.controls.get(FORM, ""), sent.fields)
    if survey is None:
        return await _answer_repeat(request, state, token, sent, repeat)
    visit, sheet, language = survey.visit, survey.sheet, language_for(request, survey.sheet, sent)
    fields = survey.flow.merged(visit.draft.fields if visit.draft else {}, sent.fields, sent.controls)
    progress = survey.flow.advance(fields, sent.controls)
    answers, unsent = progress.answers, not progress.finished or STOP in sent.controls
    if LONGER in sent.controls and sheet.form.longer:
        draft = Draft(language, fields_of(answers))
        return await _choose_longer(state, token, visit, sheet.form.longer, draft)
    async with state.pool.acquire() as conn:
        kept = Draft(language, fields_of(answers), visit.draft.form if visit.draft else "")
        await _keep(conn, visit, kept, unsent=unsent)
        if STOP in sent.controls:
            await refuse_survey(conn, visit, datetime.now(UTC))
            return page("refused.html", language, {})
        if not unsent:
            now, cipher = datetime.now(UTC), state.answer_cipher
            if await answer_link(conn, cipher, sheet, visit, answers, language, now, repeat):
                return _thank(state, token, sent, language, now)
    if not unsent:
        return await _answer_repeat(request, state, token, sent, None)
    if DRAFT in sent.controls:
        return Response(None, status_code=204)
    if progress.errors:
        return _show(survey, language, fields, progress)
    return _redirect(token, language, progress.page.number)


def _redirect(token: str, language: str, part: int | None = None) -> Redirect:
    """Send the browser to the page of a part, so that its Back button finds earlier parts again."""
    place = {} if part is None else {_PART: str(part)}
    return Redirect(f"/s/{token}", status_code=303, query_params={**place, "lang": language})


async def _choose_longer(state: State, token: str, visit: Visit, form: str, draft: Draft) -> Redirect:
    """Continue in the longer form with what was answered so far; the link keeps to it from now on."""
    async with state.pool.acquire() as conn:
        await keep_draft(conn, visit, msgspec.structs.replace(draft, form=form))
    return _redirect(token, draft.language)


async def _answer_repeat(
    request: AnyRequest, state: State, token: str, sent: PostedForm, repeat: bytes | None
) -> Response[Any]:
    """Answer a form sent to a link that is used, has expired or does not exist."""
    async with state.pool.acquire() as conn:
        is_repeat = await find_form(conn, repeat or b"")
    if not sent.controls.keys().isdisjoint((DRAFT, STOP)):
        return gone(request, state)
    if is_repeat:
        return page("thanks.html", language_of(request), {"first": False})
    return _thank_again(request, state, token, sent.fields) or gone(request, state)


def _thank(state: State, token: str, sent: PostedForm, language: str, now: datetime) -> Template:
    thanks = page("thanks.html", language, {"first": False})
    thanks.set_cookie(
        _SENT_COOKIE,
        value=sign_sent(token, sent.fields, state.settings.secret, now),
        path="/s",
        max_age=int(SENT_COOKIE_VALID_FOR.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=state.settings.public_url.startswith("https://"),
    )
    return thanks


def _thank_again(
    request: AnyRequest, state: State, token: str, fields: dict[str, str] | None = None
) -> Template | None:
    """Thank a browser that sent this link's answers; say so if it now sends others."""
    cookie = request.cookies.get(_SENT_COOKIE, "")
    repeat = read_sent(cookie, token, fields or {}, state.settings.secret, datetime.now(UTC))
    if repeat is None:
        return None
    return page("thanks.html", language_of(request), {"first": bool(fields) and repeat == "other"})


async def _keep(conn: Connection, visit: Visit, draft: Draft, *, unsent: bool) -> None:
    """Save the draft, unless its answers are being sent now; any answer marks the link as started."""
    if draft.fields:
        await note_started(conn, visit, _today())
    if unsent and (draft.fields or visit.draft):
        await keep_draft(conn, visit, draft)


async def _find_survey(state: State, token: str) -> _Survey | None:
    async with state.pool.acquire() as conn:
        visit = await find_visit(conn, token, state.settings.secret)
    if visit is None:
        return None
    catalogue = state.catalogue.now
    if visit.link.unit_id not in catalogue.units or catalogue.find_round(visit.link.round_id) is None:
        catalogue = await state.catalogue.refresh()
    return _survey_of(catalogue, visit)


def _survey_of(catalogue: Catalogue, visit: Visit) -> _Survey:
    """Return the survey in the form of links, or in the longer one that was asked for."""
    sheet = sheet_of(catalogue, visit.link.round_id, LINK_CHANNEL)
    if visit.draft and visit.draft.form:
        sheet = catalogue.sheets[sheet.instrument.name, visit.draft.form]
    return _Survey(visit, catalogue, sheet, SurveyFlow(sheet, visit.draw_seed))


def _show(
    survey: _Survey, language: str, fields: dict[str, str], progress: Progress, *, resumed: bool = False
) -> Template:
    link, catalogue = survey.visit.link, survey.catalogue
    procedure = catalogue.procedures.get(link.procedure_id or 0)
    context = survey_page(
        survey.sheet.instrument,
        survey.sheet.form,
        language,
        catalogue.units[link.unit_id].name,
        procedure.name if procedure else None,
        link.completed_on,
        fields,
        progress.errors,
        seed=survey.visit.draw_seed,
        resumed=resumed,
        refusable=link.opt_out_hash is not None,
        page_value=new_page_value(),
        shown=progress.page,
    )
    return page("survey.html", language, context, status=422 if progress.errors else 200, script=True)


def _today() -> date:
    return local_day(datetime.now(UTC))
