"""Pages and terminals of a preview: what citizens will see. Answers are checked and dropped."""

import secrets
from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response, get, post, route
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException
from litestar.params import FromPath, JSONBody
from litestar.response import Template

from sipas.errors import NotFound
from sipas.messages import find_text
from sipas.queries.kiosks import Heartbeat, Kiosk
from sipas.routes.guards import bearer_token
from sipas.routes.kiosk import CODE_REFUSED_TEXT, TOKEN_UNKNOWN_TEXT, EnrolmentCode, config_response
from sipas.routes.pages import language_of, page
from sipas.routes.survey_forms import FORM_MAX_BYTES, AnyRequest, language_for, read_form
from sipas.survey.instruments.forms import Form
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.kiosks.terminals import Credential
from sipas.survey.links.one_time_links import coded_answers
from sipas.survey.links.survey_fields import fields_of
from sipas.survey.links.survey_flow import Progress, SurveyFlow
from sipas.survey.links.survey_page import DRAFT, FORM, LONGER, survey_page
from sipas.survey.preview import Preview

FORM_PATH = "/s"
_PATH = f"{FORM_PATH}/{{form:str}}"
_SEED_BYTES = 12


class _Visit(msgspec.Struct, frozen=True):
    """A form and the seed of its draws. Nothing is stored, so the page carries both."""

    form: str
    seed: bytes

    @property
    def page_value(self) -> str:
        return f"{self.seed.hex()}.{self.form}"


def _read_visit(sent: str, form: str) -> _Visit:
    """Return the visit that a page carries, or a new one to the form of the address."""
    seed, _, sent_form = sent.partition(".")
    try:
        return _Visit(sent_form or form, bytes.fromhex(seed) or secrets.token_bytes(_SEED_BYTES))
    except ValueError:
        return _Visit(form, secrets.token_bytes(_SEED_BYTES))


@get("/")
async def open_preview(request: Request[Any, Any, State], state: State) -> Template:
    """List the pages."""
    preview: Preview = state.preview
    language = language_of(request, preview.instrument.languages)
    context = {
        "title": preview.instrument.title[language],
        "languages": [one for one in preview.instrument.languages if one != language],
        "forms": [
            (form.id, f"{FORM_PATH}/{form.id}?lang={language}", _channel_names(form, language))
            for form in preview.forms
        ],
        "kiosk": f"/kiosk/#{preview.code}" if preview.fits_kiosk else None,
    }
    return page("preview.html", language, context)


def _channel_names(form: Form, language: str) -> list[str]:
    return [find_text(language, f"level.channel.{channel}") or channel for channel in form.channels]


@route(_PATH, http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def open_form(request: AnyRequest, state: State, form: FromPath[str]) -> Template:
    """Show a form as behind a link."""
    visit, sheet = _read_visit("", form), _get_sheet(state, form)
    flow = SurveyFlow(sheet, visit.seed)
    return _show(state, visit, flow, language_for(request, sheet), {}, flow.resume({}))


@post(_PATH, status_code=200, request_max_body_size=FORM_MAX_BYTES)
async def post_form(request: AnyRequest, state: State, form: FromPath[str]) -> Response[Any]:
    """Check answers and drop them. Until then the page carries them."""
    sent = await read_form(request)
    visit = _read_visit(sent.controls.get(FORM, ""), form)
    sheet = _get_sheet(state, visit.form)
    flow, language = SurveyFlow(sheet, visit.seed), language_for(request, sheet, sent)
    if DRAFT in sent.controls:
        return Response(None, status_code=204)
    progress = flow.advance(sent.fields, sent.controls)
    if LONGER in sent.controls and sheet.form.longer:
        return _show_longer(state, visit, sheet.form.longer, language, progress)
    if not progress.finished:
        return _show(state, visit, flow, language, sent.fields, progress)
    coded_answers(progress.answers, sheet)
    return page("thanks.html", language, {"first": False})


def _show_longer(state: State, visit: _Visit, form: str, language: str, progress: Progress) -> Template:
    """Show the longer form with what was answered so far."""
    longer = msgspec.structs.replace(visit, form=form)
    flow = SurveyFlow(_get_sheet(state, form), visit.seed)
    fields = flow.known(fields_of(progress.answers))
    return _show(state, longer, flow, language, fields, flow.resume(fields))


def _show(
    state: State,
    visit: _Visit,
    flow: SurveyFlow,
    language: str,
    fields: dict[str, str],
    progress: Progress,
) -> Template:
    preview: Preview = state.preview
    context = survey_page(
        preview.instrument,
        flow.sheet.form,
        language,
        preview.unit.name,
        None,
        None,
        fields,
        progress.errors,
        seed=visit.seed,
        page_value=visit.page_value,
        shown=progress.page,
    )
    return page("survey.html", language, context, status=422 if progress.errors else 200, script=True)


def _get_sheet(state: State, form: str) -> Sheet:
    preview: Preview = state.preview
    sheet = preview.catalogue.sheets.get((preview.instrument.name, form))
    if sheet is None:
        raise NotFound(f"{preview.instrument.name} has no form {form!r}")
    return sheet


class PreviewTokens:
    """Terminals of a preview by token."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview

    async def find(self, authorization: str | None) -> Kiosk | None:
        enrolled = self.preview.is_enrolled(bearer_token(authorization))
        return self.preview.kiosk if enrolled else None


async def _require_enrolled(request: Request[Any, Any, State], state: State) -> None:
    if await PreviewTokens(state.preview).find(request.headers.get("authorization")) is None:
        raise NotAuthorizedException(TOKEN_UNKNOWN_TEXT)


@post("/api/kiosk/enrol", status_code=200)
async def enrol(data: JSONBody[EnrolmentCode], state: State) -> Credential:
    credential: Credential | None = state.preview.enrol(data.code, data.token)
    if credential is None:
        raise NotFound(CODE_REFUSED_TEXT)
    return credential


@get("/api/kiosk/config")
async def config(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    await _require_enrolled(request, state)
    return config_response(request, state.preview.kiosk_config())


@post("/api/kiosk/heartbeat", status_code=204)
async def heartbeat(request: Request[Any, Any, State], data: JSONBody[Heartbeat], state: State) -> None:
    """Check the state of a terminal, and drop it."""
    await _require_enrolled(request, state)
