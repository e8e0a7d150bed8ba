"""Headers of every response. Pages set stricter ones."""

from collections.abc import Awaitable

from litestar.types import ASGIApp, Message, Receive, Scope, Send

_HSTS_SECONDS = 365 * 24 * 3600
# Charts use inline styles; nothing else may load anything.
_CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_PDF_POLICY = "frame-ancestors 'none'"  # the browser's PDF viewer needs styles and scripts
_Headers = list[tuple[bytes, bytes]]


def with_default_headers(app: ASGIApp, public_url: str) -> ASGIApp:
    """Add the headers that a response does not set itself.

    Plain functions: a hook of the framework would be two more coroutines for each message.
    """
    defaults = _encoded(public_url, _CONTENT_POLICY)
    of_pdf = _encoded(public_url, _PDF_POLICY)

    def add(message: Message) -> Message:
        if message["type"] == "http.response.start":
            given = dict(message["headers"])
            added = of_pdf if given.get(b"content-type") == b"application/pdf" else defaults
            message["headers"] = [*message["headers"], *(line for line in added if line[0] not in given)]
        return message

    def handle(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return app(scope, receive, lambda message: send(add(message)))

    return handle


def _encoded(public_url: str, policy: str) -> _Headers:
    headers = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-security-policy": policy,
    }
    if public_url.startswith("https://"):
        headers["strict-transport-security"] = f"max-age={_HSTS_SECONDS}"
    return [(name.encode(), value.encode()) for name, value in headers.items()]
