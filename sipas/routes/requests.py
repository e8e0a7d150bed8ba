"""Rules for all routes: HEAD is answered like GET, and bodies must arrive in time."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Router
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

BODY_READ_SECONDS = 60.0
_READING_METHODS = {"GET", "HEAD", "OPTIONS"}


def with_head(handlers: Sequence[BaseRouteHandler]) -> list[BaseRouteHandler]:
    """Add HEAD to each route that answers GET; the server omits the body."""
    for handler in handlers:
        if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods:
            handler.http_methods = {*handler.http_methods, "HEAD"}
    return list(handlers)


class FileRouter(Router):
    """Adds content type and length to HEAD responses of files, which Litestar omits."""

    def __init__(self, path: str, *, route_handlers: Sequence[HTTPRouteHandler], **options: Any) -> None:
        reading = [handler for handler in route_handlers if "GET" in handler.http_methods]
        super().__init__(path, route_handlers=with_head(reading), **options)


def with_body_limit(app: ASGIApp, direct: Mapping[str, ASGIApp]) -> ASGIApp:
    """Answer 408 if a body takes too long.

    direct: plain routes by path, with limits of their own. They need none of the framework's routing and
    middleware, which take two thirds of such a request's time in Python.
    """

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return await app(scope, receive, send)
        if (route := direct.get(scope["path"])) is not None:
            return await route(scope, receive, send)
        if scope["method"] in _READING_METHODS:
            return await app(scope, receive, send)
        deadline = asyncio.get_running_loop().time() + BODY_READ_SECONDS

        async def receive_in_time() -> ReceiveMessage:
            try:
                async with asyncio.timeout_at(deadline):
                    return await receive()
            except TimeoutError:
                detail = f"the body took more than {BODY_READ_SECONDS:.0f} s; send it again"
                raise HTTPException(status_code=408, detail=detail) from None

        await app(scope, receive_in_time, send)

    return handle
