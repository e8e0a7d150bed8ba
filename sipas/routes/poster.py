"""Surveys behind posters: anyone may answer, each form once."""

import math
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import HttpMethod, Response, post, route
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Template

from sipas.queries.catalogue import Round, Unit
from sipas.queries.posters import PosterTarget, find_form, find_poster
from sipas.routes.guards import request_source
from sipas.routes.pages import page
from sipas.routes.survey_forms import (
    FORM_MAX_BYTES,
    AnyRequest,
    PostedForm,
    gone,
    language_for,
    read_form,
    sheet_of,
)
from sipas.survey.catalogue import Catalogue, is_open, local_day
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.kiosks.terminals import offered_procedures
from sipas.survey.links.posters import (
    POSTER_CHANNEL,
    PosterForm,
    PosterPlace,
    answer_poster,
    limit_key,
    new_form,
    read_signed,
)
from sipas.survey.links.survey_flow import SurveyFlow
from sipas.survey.links.survey_page import FORM, LANGUAGE, PROCEDURE, ShownPage, WalkUp, survey_page

_PATH = "/q/{code:str}"


class _Survey(msgspec.Struct, frozen=True):
    """The survey of a poster. procedures: by field, to choose from."""

    code: str
    catalogue: Catalogue
    round: Round
    unit: Unit
    sheet: Sheet
    procedures: list[dict[str, object]]

    def procedure_id(self, code: str) -> int | None:
        procedure = self.catalogue.procedures_by_code.get(code)
        return procedure.id if procedure else None


@route(_PATH, http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def open_poster(request: AnyRequest, state: State, code: FromPath[str]) -> Template:
    survey = await _find_survey(state, code)
    if survey is None:
        return gone(request, state)
    form, language = new_form(datetime.now(UTC)), language_for(request, survey.sheet)
    return _show(state, survey, form, language, PostedForm({}, {}), {})


@post(_PATH, status_code=200, request_max_body_size=FORM_MAX_BYTES)
async def post_poster(request: AnyRequest, state: State, code: FromPath[str]) -> Response[Any]:
    """Store answers. A form that is sent twice gets the thanks page twice and counts once."""
    survey = await _find_survey(state, code)
    if survey is None:
        return gone(request, state)
    now, sent = datetime.now(UTC), await read_form(request)
    language = language_for(request, survey.sheet, sent)
    form = read_signed(sent.controls.get(FORM, ""), code, state.settings.secret, now)
    if form is None:
        return _show(state, survey, new_form(now), language, sent, {"": "errors.stale"})
    progress = SurveyFlow(survey.sheet, form.seed).advance(sent.fields, sent.controls)
    if not progress.finished:
        return _show(state, survey, form, language, sent, progress.errors, progress.page)
    answers = progress.answers
    procedure_id = survey.procedure_id(sent.controls.get(PROCEDURE, ""))
    place = PosterPlace(survey.round.id, survey.unit.id, procedure_id)
    limit, key = state.poster_limit, limit_key(code, request_source(request), state.settings.secret)
    async with state.pool.acquire() as conn:
        if limit.wait_s(key) and not await find_form(conn, form.hash):
            shown = _show(state, survey, form, language, sent, {"": "errors.busy"}, progress.page)
            return _later(shown, limit.wait_s(key))
        limit.count(key)
        cipher = state.answer_cipher
        if not await answer_poster(conn, cipher, survey.sheet, form, place, answers, language, now):
            limit.forgive(key)
    return page("thanks.html", language, {"first": False})


async def _find_survey(state: State, code: str) -> _Survey | None:
    """Return None also if the unit has ended or no round is open."""
    now, catalogue = datetime.now(UTC), state.catalogue.now
    async with state.pool.acquire() as conn:
        poster = await find_poster(conn, code) if code.isalnum() else None
    if poster and poster.round_id and catalogue.find_round(poster.round_id) is None:
        catalogue = await state.catalogue.refresh()
    unit = catalogue.units.get(poster.unit_id if poster else 0)
    round_ = _round_of(catalogue, poster, now)
    if round_ is None or unit is None or catalogue.unit_at(unit.code, local_day(now)) != unit:
        return None
    procedures: list[dict[str, object]] = []
    if "procedure" in round_.strata:
        async with state.pool.acquire() as conn:
            procedures = await offered_procedures(conn, catalogue, round_, unit.id)
    return _Survey(code, catalogue, round_, unit, sheet_of(catalogue, round_.id, POSTER_CHANNEL), procedures)


def _round_of(catalogue: Catalogue, poster: PosterTarget | None, now: datetime) -> Round | None:
    if poster is None or poster.round_id is None:
        return catalogue.open_round(now)
    round_ = catalogue.find_round(poster.round_id)
    return round_ if round_ and is_open(round_, now) else None


def _show(
    state: State,
    survey: _Survey,
    form: PosterForm,
    language: str,
    sent: PostedForm,
    errors: dict[str, str],
    shown: ShownPage | None = None,
) -> Template:
    """shown: None for the page that the browser sent, or the first one."""
    if shown is None:
        stays = {**sent.controls, LANGUAGE: language}
        shown = SurveyFlow(survey.sheet, form.seed).advance(sent.fields, stays).page
    context = survey_page(
        survey.sheet.instrument,
        survey.sheet.form,
        language,
        survey.unit.name,
        None,
        None,
        sent.fields,
        errors,
        seed=form.seed,
        page_value=form.sign(survey.code, state.settings.secret),
        walk_up=WalkUp(survey.procedures, sent.controls.get(PROCEDURE)),
        shown=shown,
    )
    return page("survey.html", language, context, status=422 if errors else 200, script=True)


def _later(shown: Template, wait_s: float) -> Template:
    shown.status_code = 429
    shown.headers["retry-after"] = str(math.ceil(wait_s))
    return shown
