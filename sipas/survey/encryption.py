"""Encryption at rest, of phone numbers first: AES-256-GCM under keys that are never in the database."""

import hashlib
import secrets
from collections.abc import Sequence
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sipas.errors import InputError, SipasError
from sipas.settings import Settings

KEY_NAME = 4  # bytes in front of what is sealed that tell which key opens it
NONCE = 12
SHORTEST = 16


class SealError(SipasError):
    """What was sealed cannot be opened."""


class Sealer:
    """Seals with the first of its keys and opens with any of them."""

    def __init__(
        self, sources: Sequence[bytes], purpose: bytes = b"sipas phones", what: str = "a phone number"
    ) -> None:
        """sources: long random texts, the newest first. purpose: each has keys of its own."""
        self.what = what
        keys = [HKDF(SHA256(), 32, salt=None, info=purpose).derive(source) for source in sources]
        self.keys = {hashlib.sha256(key).digest()[:KEY_NAME]: AESGCM(key) for key in keys}

    @cached_property
    def newest(self) -> bytes:
        """The name of the key that seals."""
        return next(iter(self.keys))

    def seal(self, content: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return self.newest + nonce + self.keys[self.newest].encrypt(nonce, content, self.newest)

    def unseal(self, sealed: bytes) -> bytes:
        name, nonce, content = (
            sealed[:KEY_NAME],
            sealed[KEY_NAME : KEY_NAME + NONCE],
            sealed[KEY_NAME + NONCE :],
        )
        if name not in self.keys:
            raise SealError(
                f"{self.what} was sealed with a key that is not at hand; SIPAS_PHONE_KEYS or SIPAS_SECRET "
                "has changed: add the earlier key below the new one"
            )
        try:
            return self.keys[name].decrypt(nonce, content, name)
        except InvalidTag as error:
            raise SealError(f"{self.what} that was sealed was changed since, or is damaged") from error


def read_sealer(settings: Settings, purpose: bytes = b"sipas phones", what: str = "a phone number") -> Sealer:
    """The keys of the file SIPAS_PHONE_KEYS, one a line, the newest first; last what SIPAS_SECRET gives.

    So that a key file can be begun at any time, and phones sealed before it still be read.
    """
    file = settings.phone_keys
    lines = file.read_bytes().splitlines() if file else []
    sources = [line.strip() for line in lines if line.strip() and not line.startswith(b"#")]
    if any(len(source) < SHORTEST for source in sources):
        raise InputError(f"{file}: a key has fewer than {SHORTEST} characters; take a long random one")
    return Sealer([*sources, settings.secret], purpose, what)
