"""Who asks: a terminal by its token, a program by its key, a person by a session."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler

from sipas.postgres.pool import Pool
from sipas.queries.kiosks import Kiosk, find_kiosk
from sipas.queries.people import find_api_key_scope, find_session
from sipas.survey.tokens import hash_token

COOKIE = "sipas_session"


def bearer_token(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def find_reader(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The name of the person, or `key` for a program; None for anybody else."""
    pool: Pool = connection.app.state.pool
    token, session = bearer_token(connection.headers.get("authorization")), connection.cookies.get(COOKIE)
    async with pool.acquire() as conn:
        if token and await find_api_key_scope(conn, hash_token(token)) == "read":
            return "key"
        return await find_session(conn, hash_token(session)) if session else None


async def reader_guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """For results. The demonstration's are synthetic and open to whoever sits at the machine."""
    if connection.app.state.open_to_all or await find_reader(connection):
        return
    raise NotAuthorizedException("sign in at /login, or send a key: Authorization: Bearer …")


class KioskTokens:
    """Token to terminal, remembered: a token never changes hands. Retirement is checked where rows go in."""

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
