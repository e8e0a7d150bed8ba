"""Encryption at rest: AES-256-GCM under keys that are never in the database."""

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

KEY_ID_BYTES = 4  # in front of the ciphertext: which key decrypts it
_NONCE_BYTES = 12
_KEY_MIN_CHARACTERS = 16


class DecryptionError(SipasError):
    """The content cannot be decrypted."""


class FieldCipher:
    """Encrypts with the newest key and decrypts with any of the keys."""

    def __init__(
        self, sources: Sequence[bytes], purpose: bytes = b"sipas phones", what: str = "a phone number"
    ) -> None:
        """sources: long random texts, the newest first. purpose: each purpose has its own keys."""
        self.what = what
        keys = [HKDF(SHA256(), 32, salt=None, info=purpose).derive(source) for source in sources]
        self.keys = {hashlib.sha256(key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in keys}

    @cached_property
    def newest(self) -> bytes:
        """The id of the key that encrypts."""
        return next(iter(self.keys))

    def encrypt(self, content: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self.newest + nonce + self.keys[self.newest].encrypt(nonce, content, self.newest)

    def decrypt(self, encrypted: bytes) -> bytes:
        name, nonce, content = (
            encrypted[:KEY_ID_BYTES],
            encrypted[KEY_ID_BYTES : KEY_ID_BYTES + _NONCE_BYTES],
            encrypted[KEY_ID_BYTES + _NONCE_BYTES :],
        )
        if name not in self.keys:
            raise DecryptionError(
                f"{self.what} was encrypted with a key that is missing; SIPAS_PHONE_KEYS or SIPAS_SECRET "
                "has changed: add the earlier key below the new one"
            )
        try:
            return self.keys[name].decrypt(nonce, content, name)
        except InvalidTag as error:
            raise DecryptionError(
                f"{self.what} cannot be decrypted: the stored value was changed or is damaged"
            ) from error


def read_cipher(
    settings: Settings, purpose: bytes = b"sipas phones", what: str = "a phone number"
) -> FieldCipher:
    """Return the cipher with the keys of the file SIPAS_PHONE_KEYS and the key of SIPAS_SECRET.

    The file has one key a line, the newest first. SIPAS_SECRET comes last, so a key file can be introduced at
    any time.
    """
    file = settings.phone_keys
    lines = file.read_bytes().splitlines() if file else []
    sources = [line.strip() for line in lines if line.strip() and not line.startswith(b"#")]
    if any(len(source) < _KEY_MIN_CHARACTERS for source in sources):
        raise InputError(
            f"{file}: a key has fewer than {_KEY_MIN_CHARACTERS} characters; use a long random key"
        )
    return FieldCipher([*sources, settings.secret], purpose, what)
