"""One sign-in for people, on their way to the page that they asked for."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.datastructures import Cookie, State
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from sipas.queries.people import delete_session
from sipas.routes.guards import COOKIE
from sipas.routes.pages import language_of, page
from sipas.survey.people import SESSION_LASTS
from sipas.survey.tokens import hash_token

FIRST_PAGE = "/"
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


def sign_in_page(request: Request[Any, Any, State], name: str = "", *, failed: bool = False) -> Template:
    context = {"failed": failed, "name": name, "next": next_page(request)}
    return page("login.html", language_of(request), context, status=401 if failed else 200)


@post("/login")
async def login(
    request: Request[Any, Any, State],
    data: URLEncodedBody[SignIn],
    state: State,
) -> Template | Redirect:
    """Who fails is not told whether it was the name or the password."""
    token = await state.door.sign_in(data.name.replace("\0", ""), data.password)
    if token is None:
        return sign_in_page(request, data.name, failed=True)
    cookie = Cookie(
        COOKIE,
        value=token,
        httponly=True,
        samesite="lax",
        secure=state.settings.public_url.startswith("https://"),
        max_age=int(SESSION_LASTS.total_seconds()),
    )
    next_ = next_page(request)
    address = f"{next_}{'&' if '?' in next_ else '?'}lang={language_of(request)}"
    return Redirect(address, status_code=303, cookies=[cookie])


@post("/logout")
async def logout(request: Request[Any, Any, State], state: State) -> Redirect:
    async with state.pool.acquire() as conn:
        await delete_session(conn, hash_token(request.cookies.get(COOKIE, "")))
    return Redirect("/login", status_code=303, cookies=[Cookie(COOKIE, value="", max_age=0)])
