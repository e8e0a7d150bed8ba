"""One sign-in for people, on their way to the page that they asked for."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.datastructures import Cookie, State
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from sipas.errors import Overloaded
from sipas.queries.people import delete_session
from sipas.routes.guards import COOKIE, own_form_guard, source_of
from sipas.routes.pages import language_of, page
from sipas.survey.access.sign_in import DEVICE_LASTS, SESSION_LASTS, TooManyAttempts
from sipas.survey.tokens import hash_token

FIRST_PAGE = "/"
DEVICE_COOKIE = "sipas_device"
FORM_BYTES = 64 * 1024  # of a name, a password and nothing else
BUSY_RETRY_AFTER_S = 5
OURS = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # no other site's: a browser reads // and \ as the start of one


@dataclass
class SignIn:
    name: str
    password: str


def to_sign_in(request: Request[Any, Any, State]) -> Redirect:
    """From a page for readers, and back to it; the language is the one that is read there."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    next_ = with_query(request.url.path, asked)
    known = [("lang", language_of(request)), *([("next", next_)] if next_ != FIRST_PAGE else [])]
    return Redirect(with_query("/login", known), status_code=303)


def with_query(path: str, parameters: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


def next_page(request: Request[Any, Any, State]) -> str:
    asked = request.query_params.get("next", "")
    return asked if OURS.fullmatch(asked) else FIRST_PAGE


@get("/login")
async def login_page(request: Request[Any, Any, State]) -> Template:
    return sign_in_page(request)


def sign_in_page(
    request: Request[Any, Any, State], name: str = "", *, problem: str | None = None, status: int = 200
) -> Template:
    context = {"problem": problem, "name": name, "next": next_page(request)}
    return page("login.html", language_of(request), context, status=status)


@post("/login", request_max_body_size=FORM_BYTES, guards=[own_form_guard])
async def login(
    request: Request[Any, Any, State],
    data: URLEncodedBody[SignIn],
    state: State,
) -> Template | Redirect:
    """Who fails is not told whether it was the name or the password."""
    source, device = source_of(request), request.cookies.get(DEVICE_COOKIE, "")
    try:
        signed_in = await state.authenticator.sign_in(data.name, data.password, source, device)
    except TooManyAttempts as error:
        return retry_later(request, data.name, "login.too_many", 429, error.retry_after_s)
    except Overloaded:
        return retry_later(request, data.name, "login.busy", 503, BUSY_RETRY_AFTER_S)
    if signed_in is None:
        return sign_in_page(request, data.name, problem="login.failed", status=401)
    next_ = next_page(request)
    address = f"{next_}{'&' if '?' in next_ else '?'}lang={language_of(request)}"
    cookies = [
        cookie(state, COOKIE, signed_in.session, SESSION_LASTS),
        cookie(state, DEVICE_COOKIE, signed_in.device, DEVICE_LASTS, "/login"),
    ]
    return Redirect(address, status_code=303, cookies=cookies)


def retry_later(
    request: Request[Any, Any, State], name: str, problem: str, status: int, after_s: int
) -> Template:
    shown = sign_in_page(request, name, problem=problem, status=status)
    shown.headers["retry-after"] = str(after_s)
    return shown


def cookie(state: State, name: str, value: str, lasts: timedelta, path: str = "/") -> Cookie:
    return Cookie(
        name,
        value=value,
        path=path,
        httponly=True,
        samesite="lax",
        secure=state.settings.public_url.startswith("https://"),
        max_age=int(lasts.total_seconds()),
    )


@post("/logout", guards=[own_form_guard])
async def logout(request: Request[Any, Any, State], state: State) -> Redirect:
    async with state.pool.acquire() as conn:
        await delete_session(conn, hash_token(request.cookies.get(COOKIE, "")))
    return Redirect("/login", status_code=303, cookies=[Cookie(COOKIE, value="", max_age=0)])
