"""Server pages: a template, its language, and its headers."""

import secrets
from typing import Any

from litestar import Request
from litestar.response import Template

from sipas.messages import LANGUAGES, language_name, texts

_PAGE_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# The page's own script, which may connect to this service only.
_WITH_SCRIPT = "; script-src 'nonce-{nonce}'; connect-src 'self'"


def language_of(request: Request[Any, Any, Any], offered: tuple[str, ...] = LANGUAGES) -> str:
    """Return the language in the address, else the first one: Vietnamese."""
    asked = request.query_params.get("lang")
    return asked if asked in offered else offered[0]


def words(language: str) -> dict[str, Any]:
    """Return the texts of every template, and the names of the other languages."""
    others = {code: language_name(code) for code in LANGUAGES if code != language}
    return {"language": language, "t": texts(language), "other_languages": others}


def page(
    name: str, language: str, context: dict[str, Any], *, status: int = 200, script: bool = False
) -> Template:
    """Return a page that must not be cached, framed, indexed or sent as a referrer."""
    nonce = secrets.token_urlsafe(16)
    policy = _PAGE_POLICY + _WITH_SCRIPT if script else _PAGE_POLICY
    return Template(
        template_name=name,
        context={**words(language), "nonce": nonce, **context},
        status_code=status,
        headers={
            "content-security-policy": policy.format(nonce=nonce),
            "referrer-policy": "no-referrer",
            "x-robots-tag": "noindex, nofollow",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        },
    )
