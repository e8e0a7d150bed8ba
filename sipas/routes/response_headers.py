"""Headers of every response: pages set stricter ones of their own, programs and files get these."""

from collections.abc import Awaitable, Callable

from litestar.types import Message, Scope

HSTS_SECONDS = 365 * 24 * 3600
# Charts are drawn with inline styles; nothing else here needs more than its own bytes.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PDF_POLICY = "frame-ancestors 'none'"  # a browser's own viewer of PDF needs styles and scripts
Headers = list[tuple[bytes, bytes]]


def adds_headers(public_url: str) -> Callable[[Message, Scope], Awaitable[None]]:
    """Return a hook that adds what the response does not say itself."""
    defaults = _encoded(public_url, POLICY)
    of_pdf = _encoded(public_url, PDF_POLICY)

    async def add(message: Message, _: Scope) -> None:
        if message["type"] == "http.response.start":
            given = dict(message["headers"])
            added = of_pdf if given.get(b"content-type") == b"application/pdf" else defaults
            message["headers"] = [*message["headers"], *(line for line in added if line[0] not in given)]

    return add


def _encoded(public_url: str, policy: str) -> Headers:
    headers = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-security-policy": policy,
    }
    if public_url.startswith("https://"):
        headers["strict-transport-security"] = f"max-age={HSTS_SECONDS}"
    return [(name.encode(), value.encode()) for name, value in headers.items()]
