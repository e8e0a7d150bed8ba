"""What a survey behind a link and one behind a poster have in common."""

from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import ClientException
from litestar.response import Template

from sipas.routes.pages import language_of, page
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.instrument import Sheet
from sipas.survey.links.survey_page import CONTROLS, LANGUAGE

MOST_FIELDS = 1_000
LARGEST = 256 * 1024  # bytes of a form: a hundred times what a survey sends

AnyRequest = Request[Any, Any, State]


class Sent(msgspec.Struct, frozen=True):
    """A form as it came. fields: by item. controls: what else the page sends, by its names there."""

    fields: dict[str, str]
    controls: dict[str, str]


async def read_form(request: AnyRequest) -> Sent:
    """Of a field that came more than once the last value counts."""
    form = await request.form()
    if len(form) > MOST_FIELDS:
        raise ClientException("the form has more fields than a survey has questions")
    sent = {name: value for name, value in form.items() if isinstance(value, str)}
    controls = {name: sent.pop(name) for name in CONTROLS if name in sent}
    return Sent(sent, controls)


def language_for(request: AnyRequest, sheet: Sheet, sent: Sent | None = None, before: str = "") -> str:
    """The one just chosen, else the one of an earlier visit, else the one of the address, else Vietnamese."""
    offered = sheet.instrument.languages
    chosen = sent.controls.get(LANGUAGE) if sent else None
    return next((one for one in (chosen, before) if one in offered), None) or language_of(request, offered)


def sheet_of(catalogue: Catalogue, round_id: int, channel: str) -> Sheet:
    round_ = catalogue.find_round(round_id)
    assert round_ is not None  # a foreign key holds it
    instrument = catalogue.instrument_of(round_)
    return catalogue.sheets[instrument.name, instrument.form_for(channel).id]


def gone(request: AnyRequest, state: State) -> Template:
    """Whatever the reason. Where a great many look for what is not there, all are told to come back later."""
    if state.guesses.count():
        return page("link_gone.html", language_of(request), {"busy": False}, status=404)
    told = page("link_gone.html", language_of(request), {"busy": True}, status=429)
    told.headers["retry-after"] = "60"
    return told
