"""Repeated answers: after a double tap, a reload, or a return to the page.

The sender sees the thanks page again; other people who open a used link learn nothing. Two things identify
the sender: the page's random value, kept with the answers as one hash for a day, and a cookie for an hour.
Neither leads to the answers: the hash needs the page's value, which is not stored; the cookie needs the
secret.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

SENT_COOKIE_VALID_FOR = timedelta(hours=1)
_PAGE_VALUE_BYTES = 12
_MAC_BYTES, _TIME_BYTES = 16, 4
_ENCODER = msgspec.json.Encoder(order="deterministic")

_Repeat = Literal["same", "other"]  # the answers sent before, or others


def new_page_value() -> str:
    return secrets.token_urlsafe(_PAGE_VALUE_BYTES)


def repeat_hash(token: str, page_value: str, fields: Mapping[str, str]) -> bytes | None:
    """Return the hash of a page with its answers; None if the page has no random value."""
    if len(page_value) < _PAGE_VALUE_BYTES:
        return None
    return hashlib.sha256(_ENCODER.encode([token, page_value, dict(fields)])).digest()


def sign_sent(token: str, fields: Mapping[str, str], secret: bytes, now: datetime) -> str:
    """Return the cookie's value."""
    ends = int((now + SENT_COOKIE_VALID_FOR).timestamp()).to_bytes(_TIME_BYTES)
    answers = _mac(secret, "answers", token, ends, _ENCODER.encode(dict(fields)))
    return base64.urlsafe_b64encode(ends + answers + _mac(secret, "sent", token, ends, answers)).decode()


def read_sent(
    cookie: str, token: str, fields: Mapping[str, str], secret: bytes, now: datetime
) -> _Repeat | None:
    """Return None if this browser has not sent the answers of this link within the hour."""
    try:
        content = base64.b64decode(cookie, altchars=b"-_", validate=True)
    except ValueError:
        return None
    ends, rest = content[:_TIME_BYTES], content[_TIME_BYTES:]
    answers, given = rest[:_MAC_BYTES], rest[_MAC_BYTES:]
    if not hmac.compare_digest(given, _mac(secret, "sent", token, ends, answers)):
        return None
    if int.from_bytes(ends) < now.timestamp():
        return None
    is_same = hmac.compare_digest(
        answers, _mac(secret, "answers", token, ends, _ENCODER.encode(dict(fields)))
    )
    return "same" if is_same else "other"


def _mac(secret: bytes, kind: str, token: str, ends: bytes, content: bytes) -> bytes:
    text = b":".join((b"repeat", kind.encode(), token.encode(), ends, content))
    return hmac.digest(secret, text, "sha256")[:_MAC_BYTES]
