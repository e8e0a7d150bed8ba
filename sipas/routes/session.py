"""Sign-in and sign-out of users."""

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
from sipas.routes.guards import SESSION_COOKIE, own_form_guard, request_source
from sipas.routes.pages import language_of, page
from sipas.survey.access.sign_in import DEVICE_VALID_FOR, SESSION_VALID_FOR, SignedIn, TooManyAttempts
from sipas.survey.tokens import hash_token

_FIRST_PAGE = "/"
_DEVICE_COOKIE = "sipas_device"
_FORM_BYTES = 64 * 1024  # a name and a password
_BUSY_RETRY_AFTER_S = 5
_OWN_PATH = re.compile(
    r"/(?![/\\])[!-\[\]-~]*"
)  # never another site: browsers read // and \ as the start of one


@dataclass
class _SignIn:
    name: str
    password: str


def to_sign_in(request: Request[Any, Any, State]) -> Redirect:
    """Redirect to the sign-in page, which leads back in the same language."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    next_ = _with_query(request.url.path, asked)
    known = [("lang", language_of(request)), *([("next", next_)] if next_ != _FIRST_PAGE else [])]
    return Redirect(_with_query("/login", known), status_code=303)


def _with_query(path: str, parameters: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


def _next_page(request: Request[Any, Any, State]) -> str:
    asked = request.query_params.get("next", "")
    return asked if _OWN_PATH.fullmatch(asked) else _FIRST_PAGE


@get("/login")
async def login_page(request: Request[Any, Any, State]) -> Template:
    return _sign_in_page(request)


def _sign_in_page(
    request: Request[Any, Any, State], name: str = "", *, problem: str | None = None, status: int = 200
) -> Template:
    context = {"problem": problem, "name": name, "next": _next_page(request)}
    return page("login.html", language_of(request), context, status=status)


@post("/login", request_max_body_size=_FORM_BYTES, guards=[own_form_guard])
async def login(
    request: Request[Any, Any, State],
    data: URLEncodedBody[_SignIn],
    state: State,
) -> Template | Redirect:
    """Sign in. A failure does not reveal whether the name or the password was wrong."""
    source, device = request_source(request), request.cookies.get(_DEVICE_COOKIE, "")
    try:
        signed_in = await state.authenticator.sign_in(data.name, data.password, source, device)
    except TooManyAttempts as error:
        return _retry_later(request, data.name, "login.too_many", 429, error.retry_after_s)
    except Overloaded:
        return _retry_later(request, data.name, "login.busy", 503, _BUSY_RETRY_AFTER_S)
    if signed_in is None:
        return _sign_in_page(request, data.name, problem="login.failed", status=401)
    if signed_in.role == "interviewer":
        async with state.pool.acquire() as conn:
            await delete_session(conn, hash_token(signed_in.session))
        return _sign_in_page(request, data.name, problem="login.interviewer", status=403)
    next_ = _next_page(request)
    address = f"{next_}{'&' if '?' in next_ else '?'}lang={language_of(request)}"
    return Redirect(address, status_code=303, cookies=sign_in_cookies(state, signed_in))


def sign_in_cookies(state: State, signed_in: SignedIn) -> list[Cookie]:
    return [
        _cookie(state, SESSION_COOKIE, signed_in.session, SESSION_VALID_FOR),
        _cookie(state, _DEVICE_COOKIE, signed_in.device, DEVICE_VALID_FOR, "/login"),
    ]


def _retry_later(
    request: Request[Any, Any, State], name: str, problem: str, status: int, after_s: int
) -> Template:
    shown = _sign_in_page(request, name, problem=problem, status=status)
    shown.headers["retry-after"] = str(after_s)
    return shown


def _cookie(state: State, name: str, value: str, lasts: timedelta, path: str = "/") -> Cookie:
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
        await delete_session(conn, hash_token(request.cookies.get(SESSION_COOKIE, "")))
    return Redirect("/login", status_code=303, cookies=[Cookie(SESSION_COOKIE, value="", max_age=0)])
