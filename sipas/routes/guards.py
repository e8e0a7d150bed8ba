"""Authentication: terminals by token, programs by key, users by session."""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from sipas.postgres.pool import Pool
from sipas.queries.kiosks import Kiosk, find_kiosk
from sipas.queries.people import ApiKey, find_api_key, find_session
from sipas.survey.rate_limit import source_address
from sipas.survey.tokens import hash_token

SESSION_COOKIE = "sipas_session"


def request_source(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the network address. It is stored only in rate limits, in memory."""
    peer = connection.client.host if connection.client else ""
    return source_address(peer, connection.headers.get("x-forwarded-for", ""))


def bearer_token(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def find_reader(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Return the user's name, or `key` for a program; None if not authenticated."""
    pool: Pool = connection.app.state.pool
    token, session = (
        bearer_token(connection.headers.get("authorization")),
        connection.cookies.get(SESSION_COOKIE),
    )
    async with pool.acquire() as conn:
        key = await find_api_key(conn, hash_token(token)) if token else None
        if key is not None and key.scope == "read":
            return "key"
        person = await find_session(conn, hash_token(session)) if session else None
    return person.name if person is not None and person.role == "staff" else None


async def reader_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Protect results. The demonstration's are synthetic and open to users of this machine."""
    if connection.app.state.open_to_all or await find_reader(connection):
        return
    raise NotAuthorizedException("sign in at /login, or send a key: Authorization: Bearer …")


def own_form_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse forms sent from pages of other sites: browsers would add our cookies to them.

    Browsers send a form's origin; programs have no cookies of users and need not. Over plain http browsers
    hide the origin of our own pages too, because of their referrer policy: there `null` is accepted.
    """
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    public_url: str = connection.app.state.settings.public_url
    if site is not None:
        own = site in ("same-origin", "none")
    elif origin == "null":
        own = public_url.startswith("http://")
    else:
        own = origin is None or urlsplit(origin).netloc in (
            connection.headers.get("host"),
            urlsplit(public_url).netloc,
        )
    if not own:
        raise PermissionDeniedException("this form came from another site; open ours and send it from there")


async def get_source(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the name of the one-stop system by its key."""
    token = bearer_token(connection.headers.get("authorization"))
    pool: Pool = connection.app.state.pool
    async with pool.acquire() as conn:
        key: ApiKey | None = await find_api_key(conn, hash_token(token)) if token else None
    if key is None:
        raise NotAuthorizedException("send a key for transactions: Authorization: Bearer …")
    if key.scope != "transactions" or key.source is None:
        raise PermissionDeniedException("this key is not for transactions; ask for one that is")
    return key.source


class KioskTokens:
    """Cache of terminals by token: a token never changes its terminal. Retirement is checked on storing."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.known: dict[str, Kiosk] = {}

    async def find(self, authorization: str | None) -> Kiosk | None:
        token = bearer_token(authorization)
        if token is None:
            return None
        if token not in self.known:
            async with self.pool.acquire() as conn:
                kiosk = await find_kiosk(conn, hash_token(token))
            if kiosk is None:
                return None
            self.known[token] = kiosk
        return self.known[token]
