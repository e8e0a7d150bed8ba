"""Drafts: answers behind a link that were not sent yet. Only the link's token decrypts them."""

import secrets

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_DRAFT_PADDING_BYTES = 4096  # drafts of one questionnaire have equal lengths, however much was answered


class Draft(msgspec.Struct, frozen=True):
    """fields: of the form, by item. form: the longer one that the citizen asked for; empty: the usual one."""

    language: str
    fields: dict[str, str]
    form: str = ""


def encrypt_draft(draft: Draft, key: bytes) -> bytes:
    content, nonce = msgspec.json.encode(draft), secrets.token_bytes(_NONCE_BYTES)
    padded = content.ljust(-(-len(content) // _DRAFT_PADDING_BYTES) * _DRAFT_PADDING_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, padded, None)


def decrypt_draft(encrypted: bytes, key: bytes) -> Draft | None:
    """Return the draft; None if it is damaged: the survey then starts empty."""
    try:
        content = AESGCM(key).decrypt(encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:], None)
        return msgspec.json.decode(content, type=Draft)
    except (InvalidTag, ValueError):
        return None
