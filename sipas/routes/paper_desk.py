"""Shared parts of the pages for paper forms: who types, what was sent, and the form that it belongs to."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import ClientException
from litestar.response import Redirect, Template

from sipas.errors import NotFound, Overloaded
from sipas.messages import text
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Round
from sipas.queries.paper import (
    StoredForm,
    Typist,
    find_paper_form_by_id,
    find_paper_household,
    find_typist,
    has_households,
)
from sipas.routes.guards import SESSION_COOKIE, request_source
from sipas.routes.pages import language_of, page
from sipas.routes.session import sign_in_cookies, to_sign_in
from sipas.survey.access.sign_in import SignedIn, TooManyAttempts
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.paper.corrections import move_entry
from sipas.survey.paper.differences import FormReader
from sipas.survey.paper.entries import read_entry_cipher
from sipas.survey.paper.fields import PaperSheet
from sipas.survey.paper.forms import PaperRefused, normal_number
from sipas.survey.paper.head import HeadShape
from sipas.survey.paper.storing import PaperCiphers
from sipas.survey.tokens import hash_token

PAPER_BYTES_MAX = 512 * 1024  # of a form; ten times those of a long questionnaire with its comment
_FIELDS_MAX = 1_500
DO = "do:"  # the name of buttons; no field of a form has it
CONFIRMED = "do:confirmed"  # questions whose answers were compared with the paper
_SIGN_IN_NAME, _SIGN_IN_PASSWORD = "sign-in:name", "sign-in:password"

AnyRequest = Request[Any, Any, State]
Sent = dict[str, str]
_Work = Callable[[Typist], Awaitable[Response[Any]]]


async def read_sent(request: AnyRequest) -> Sent:
    """Read what a page sends. If a field repeats, the last value counts."""
    form = await request.form()
    if len(form) > _FIELDS_MAX:
        raise ClientException("the form has more fields than a questionnaire has questions")
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def for_typist(
    request: AnyRequest, state: State, work: _Work, sent: Sent | None = None
) -> Response[Any]:
    """Do the work for the person who is signed in.

    If the session has ended meanwhile, a page asks for the password and carries what was typed along.
    """
    typist = await _find_typist(state, request.cookies.get(SESSION_COOKIE, ""))
    if typist is not None:
        return await work(typist)
    if sent is None:
        return to_sign_in(request)
    name, password = sent.pop(_SIGN_IN_NAME, ""), sent.pop(_SIGN_IN_PASSWORD, None)
    if password is None:
        return _sign_in_page(request, sent, name)
    source = request_source(request)
    try:
        signed_in: SignedIn | None = await state.authenticator.sign_in(name, password, source)
    except TooManyAttempts:
        return _sign_in_page(request, sent, name, "login.too_many", 429)
    except Overloaded:
        return _sign_in_page(request, sent, name, "login.busy", 503)
    typist = await _find_typist(state, signed_in.session) if signed_in else None
    if signed_in is None or typist is None:
        return _sign_in_page(request, sent, name, "login.failed")
    done = await work(typist)
    for cookie in sign_in_cookies(state, signed_in):
        done.set_cookie(cookie)
    return done


def _sign_in_page(
    request: AnyRequest, sent: Sent, name: str, problem: str = "paper.session_over", status: int = 401
) -> Template:
    context = {"problem": problem, "name": name, "kept": sent, "address": address_of(request)}
    return page("paper_sign_in.html", language_of(request), context, status=status)


async def _find_typist(state: State, session: str) -> Typist | None:
    async with state.pool.acquire() as conn:
        return await find_typist(conn, hash_token(session)) if session else None


def address_of(request: AnyRequest) -> str:
    return f"{request.url.path}?lang={language_of(request)}"


def ciphers_of(state: State) -> PaperCiphers:
    return PaperCiphers(read_entry_cipher(state.settings), state.answer_cipher)


class OpenPaper(msgspec.Struct, frozen=True):
    """A form with its round's questionnaire."""

    form: StoredForm
    reader: FormReader

    @property
    def paper(self) -> PaperSheet:
        return self.reader.paper

    @property
    def shape(self) -> HeadShape:
        return self.reader.shape

    @property
    def place(self) -> str | None:
        """Return village and unit of a household's form."""
        household, unit = self.shape.household, self.shape.unit
        return f"{household.village} · {unit.name}" if household and unit else None


async def get_form(conn: Connection, state: State, form_id: int) -> OpenPaper:
    form = await find_paper_form_by_id(conn, form_id)
    if form is None:
        raise NotFound("there is no such paper form; it may have got another number")
    catalogue: Catalogue = state.catalogue.now
    round_ = catalogue.find_round(form.round_id)
    if round_ is None:
        catalogue = await state.catalogue.refresh()
        round_ = catalogue.find_round(form.round_id)
    assert round_ is not None  # ensured by a foreign key
    return OpenPaper(form, await reader_for(conn, catalogue, round_, form.number))


async def reader_for(conn: Connection, catalogue: Catalogue, round_: Round, number: str) -> FormReader:
    """Return what reads the form with that number. PaperRefused: its household was not drawn."""
    paper = PaperSheet(catalogue, round_)
    shape = HeadShape(round_, paper.instrument, await has_households(conn, round_.id))
    if shape.has_households:
        household = await find_paper_household(conn, round_.id, number)
        if household is None:
            raise PaperRefused("unknown_questionnaire")
        unit = catalogue.units[household.unit_id]
        shape = msgspec.structs.replace(shape, household=household, unit=unit)
    return FormReader(paper, shape, catalogue, today())


def to_list(request: AnyRequest, round_code: str, **notice: str) -> Redirect:
    """Redirect to the list of the round's forms, with a notice about the step that was done."""
    return Redirect(
        "/paper", status_code=303, query_params={"lang": language_of(request), "round": round_code, **notice}
    )


def refused(request: AnyRequest, round_code: str, refusal: PaperRefused, number: str = "") -> Redirect:
    number = refusal.form.number if refusal.form else number
    return to_list(request, round_code, refused=refusal.reason, number=number)


async def move_to_number(
    request: AnyRequest, state: State, opened: OpenPaper, sent: Sent, place: int
) -> Response[Any] | str:
    """Give a complete entry of the form to the number in `do:number`; return why that is not possible."""
    round_, language = opened.shape.round, language_of(request)
    try:
        number = normal_number(sent.get("do:number", ""))
        async with state.pool.acquire() as conn:
            reader = await reader_for(conn, opened.reader.catalogue, round_, number)
            ciphers = ciphers_of(state)
            form, outcome = await move_entry(conn, ciphers, opened.form.id, place, number, reader)
    except PaperRefused as refusal:
        if refusal.reason == "changed":
            return refused(request, round_.code, refusal)
        return text(language, f"paper.cannot_move.{refusal.reason}")
    if outcome == "different":
        return Redirect(f"/paper/{form.id}/differences", status_code=303, query_params={"lang": language})
    return to_list(request, round_.code, done="stored" if outcome == "stored" else "moved", number=number)


def head_of(fields: Mapping[str, str], shape: HeadShape) -> dict[str, str]:
    return {name: fields[name] for name in shape.fields if name in fields}


def today() -> date:
    return local_day(datetime.now(UTC))
