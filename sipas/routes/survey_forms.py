"""Shared parts of surveys behind links and posters."""

from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import ClientException
from litestar.response import Template

from sipas.routes.pages import language_of, page
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.links.survey_page import CONTROLS, LANGUAGE

_FORM_MAX_FIELDS = 1_000
FORM_MAX_BYTES = 256 * 1024  # a hundred times the size of a survey

AnyRequest = Request[Any, Any, State]


class PostedForm(msgspec.Struct, frozen=True):
    """A form as sent. fields: by item. controls: other fields of the page, by name."""

    fields: dict[str, str]
    controls: dict[str, str]


async def read_form(request: AnyRequest) -> PostedForm:
    """Read a form. The last value of a repeated field counts."""
    form = await request.form()
    if len(form) > _FORM_MAX_FIELDS:
        raise ClientException("the form has more fields than a survey has questions")
    sent = {name: value for name, value in form.items() if isinstance(value, str)}
    controls = {name: sent.pop(name) for name in CONTROLS if name in sent}
    return PostedForm(sent, controls)


def language_for(request: AnyRequest, sheet: Sheet, sent: PostedForm | None = None, before: str = "") -> str:
    """Return the language just chosen, else that of an earlier visit, else of the address, else
    Vietnamese.
    """
    offered = sheet.instrument.languages
    chosen = sent.controls.get(LANGUAGE) if sent else None
    return next((one for one in (chosen, before) if one in offered), None) or language_of(request, offered)


def sheet_of(catalogue: Catalogue, round_id: int, channel: str) -> Sheet:
    round_ = catalogue.find_round(round_id)
    assert round_ is not None  # ensured by a foreign key
    instrument = catalogue.instrument_of(round_)
    return catalogue.sheets[instrument.name, instrument.form_for(channel).id]


def gone(request: AnyRequest, state: State) -> Template:
    """Return the page for a link that cannot be opened, or 429 after too many failed look-ups."""
    if state.throttle.count():
        return page("link_gone.html", language_of(request), {"busy": False}, status=404)
    problem_response = page("link_gone.html", language_of(request), {"busy": True}, status=429)
    problem_response.headers["retry-after"] = "60"
    return problem_response
