"""Server pages: a template, its language, and the headers that every page carries."""

import secrets
from typing import Any

from litestar import Request
from litestar.response import Template

from sipas.messages import LANGUAGES, language_name, texts

POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
WITH_SCRIPT = (
    "; script-src 'nonce-{nonce}'; connect-src 'self'"  # of the page itself, and talking to us alone
)


def language_of(request: Request[Any, Any, Any], offered: tuple[str, ...] = LANGUAGES) -> str:
    """The one asked for in the address, else the first: Vietnamese."""
    asked = request.query_params.get("lang")
    return asked if asked in offered else offered[0]


def words(language: str) -> dict[str, Any]:
    """What every template says, and the names of the languages that it says it in besides."""
    others = {code: language_name(code) for code in LANGUAGES if code != language}
    return {"language": language, "t": texts(language), "other_languages": others}


def page(
    name: str, language: str, context: dict[str, Any], *, status: int = 200, script: bool = False
) -> Template:
    """Nothing of a page may be kept, framed, indexed or told to the next site."""
    nonce = secrets.token_urlsafe(16)
    policy = POLICY + WITH_SCRIPT if script else POLICY
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
