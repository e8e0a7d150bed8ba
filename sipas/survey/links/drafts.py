"""What was answered behind a link and not yet sent, kept so that nothing but the link itself opens it."""

import secrets

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
STEP = 1024  # bytes: drafts of one questionnaire are all as long, however much was answered


class Draft(msgspec.Struct, frozen=True):
    """fields: of the form, by item."""

    language: str
    fields: dict[str, str]


def seal_draft(draft: Draft, key: bytes) -> bytes:
    content, nonce = msgspec.json.encode(draft), secrets.token_bytes(NONCE)
    padded = content.ljust(-(-len(content) // STEP) * STEP)
    return nonce + AESGCM(key).encrypt(nonce, padded, None)


def open_draft(sealed: bytes, key: bytes) -> Draft | None:
    """None where it is damaged: then the survey begins anew."""
    try:
        content = AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)
        return msgspec.json.decode(content, type=Draft)
    except (InvalidTag, ValueError):
        return None
