"""The survey behind a link: HTML that needs no script. Opening it never uses it up."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.exceptions import ClientException
from litestar.params import FromPath
from litestar.response import Template

from sipas.queries.links import Link, find_open_link
from sipas.routes.pages import language_of, page
from sipas.survey.catalogue import Catalogue
from sipas.survey.instrument import Sheet
from sipas.survey.links import CHANNEL, answer_link
from sipas.survey.survey_page import parse_form, survey_page
from sipas.survey.tokens import hash_link

MOST_FIELDS = 1_000


class Survey(msgspec.Struct, frozen=True):
    """What an open link leads to."""

    token_hash: bytes
    link: Link
    catalogue: Catalogue
    sheet: Sheet


@get("/s/{token:str}")
async def open_link(request: Request[Any, Any, State], state: State, token: FromPath[str]) -> Template:
    survey = await find_survey(state, token)
    if survey is None:
        return gone(request)
    language = language_of(request, survey.sheet.instrument.languages)
    return show(survey, language, {}, {})


@post("/s/{token:str}", status_code=200)
async def post_link(request: Request[Any, Any, State], state: State, token: FromPath[str]) -> Template:
    """What was answered is kept on the page where something is amiss."""
    survey = await find_survey(state, token)
    if survey is None:
        return gone(request)
    language = language_of(request, survey.sheet.instrument.languages)
    fields = await read_fields(request)
    answers, errors = parse_form(survey.sheet.instrument, survey.sheet.form, fields, seed=survey.token_hash)
    if errors:
        return show(survey, language, fields, errors)
    async with state.pool.acquire() as conn:
        used = await answer_link(conn, survey.sheet, survey.token_hash, answers, language, datetime.now(UTC))
    return page("thanks.html", language, {}) if used else gone(request)


async def read_fields(request: Request[Any, Any, State]) -> dict[str, str]:
    """The fields of the form, the last value of each."""
    form = await request.form()
    if len(form) > MOST_FIELDS:
        raise ClientException("the form has more fields than a survey has questions")
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def find_survey(state: State, token: str) -> Survey | None:
    """Used, expired, unknown or mistyped: the same look-up, the same time, the same answer."""
    token_hash = hash_link(token, state.settings.secret)
    async with state.pool.acquire() as conn:
        link = await find_open_link(conn, token_hash)
    if link is None:
        return None
    catalogue = state.catalogue.now
    if link.unit_id not in catalogue.units or catalogue.find_round(link.round_id) is None:
        catalogue = await state.catalogue.refresh()
    return Survey(token_hash, link, catalogue, sheet_of(catalogue, link))


def sheet_of(catalogue: Catalogue, link: Link) -> Sheet:
    round_ = catalogue.find_round(link.round_id)
    assert round_ is not None  # a foreign key holds it
    instrument = catalogue.instrument_of(round_)
    return catalogue.sheets[instrument.name, instrument.form_for(CHANNEL).id]


def show(survey: Survey, language: str, fields: dict[str, str], errors: dict[str, str]) -> Template:
    link, catalogue = survey.link, survey.catalogue
    procedure = catalogue.procedures.get(link.procedure_id or 0)
    context = survey_page(
        survey.sheet.instrument,
        survey.sheet.form,
        language,
        catalogue.units[link.unit_id].name,
        procedure.name if procedure else None,
        link.completed_on,
        fields,
        errors,
        seed=survey.token_hash,
    )
    return page("survey.html", language, context, status=422 if errors else 200)


def gone(request: Request[Any, Any, State]) -> Template:
    return page("link_gone.html", language_of(request), {}, status=404)
