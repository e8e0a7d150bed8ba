"""One sign-in for people."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.datastructures import Cookie, State
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from sipas.queries.people import delete_session
from sipas.routes.guards import COOKIE
from sipas.routes.pages import language_of, page
from sipas.survey.people import SESSION_LASTS
from sipas.survey.tokens import hash_token


@dataclass
class SignIn:
    name: str
    password: str


@get("/login")
async def login_page(request: Request[Any, Any, State]) -> Template:
    return page("login.html", language_of(request), {"failed": False, "name": ""})


@post("/login")
async def login(
    request: Request[Any, Any, State],
    data: URLEncodedBody[SignIn],
    state: State,
) -> Template | Redirect:
    """Who fails is not told whether it was the name or the password."""
    token = await state.door.sign_in(data.name.replace("\0", ""), data.password)
    language = language_of(request)
    if token is None:
        return page("login.html", language, {"failed": True, "name": data.name}, status=401)
    cookie = Cookie(
        COOKIE,
        value=token,
        httponly=True,
        samesite="lax",
        secure=state.settings.public_url.startswith("https://"),
        max_age=int(SESSION_LASTS.total_seconds()),
    )
    return Redirect(f"/?lang={language}", status_code=303, cookies=[cookie])


@post("/logout")
async def logout(request: Request[Any, Any, State], state: State) -> Redirect:
    async with state.pool.acquire() as conn:
        await delete_session(conn, hash_token(request.cookies.get(COOKIE, "")))
    return Redirect("/login", status_code=303, cookies=[Cookie(COOKIE, value="", max_age=0)])
