"""Credentials: created here, shown once, and stored as hashes only."""

import hashlib
import hmac
import re
import secrets
import string

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_CODE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without characters that are easily confused


def new_token() -> str:
    """Return a token for programs: 256 bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return a code to type on a terminal: 12 characters, 58 bits, valid for one use within days."""
    letters = "".join(secrets.choice(_CODE) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))


def normal_code(typed: str) -> str:
    """Return a typed code in the form that `new_code` writes."""
    letters = re.sub(r"[^0-9A-Z]", "", typed.upper())
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def new_link_token() -> str:
    """Return a token for a text message: 11 characters, 65 bits."""
    return "".join(secrets.choice(_BASE62) for _ in range(11))


def new_poster_code() -> str:
    """Return a code for a poster: 8 characters that can be typed. It is printed in public, so it is no
    secret.
    """
    return "".join(secrets.choice(_CODE) for _ in range(8))


def hash_token(token: str) -> bytes:
    """Return a plain hash: the token is long and random, so it cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def hash_link(token: str, secret: bytes) -> bytes:
    """Return a keyed hash: tokens cannot be tried against a copy of the database."""
    return hmac.digest(secret, b"link:" + token.encode(), "sha256")


def draft_key(token: str, secret: bytes) -> bytes:
    """Return the key of the draft behind a link. It cannot be computed from the database."""
    return hmac.digest(secret, b"draft:" + token.encode(), "sha256")


def draw_seed(token: str, secret: bytes) -> bytes:
    """Return the seed that draws the items behind a link. Answers show the items asked, so it is not in the
    database.
    """
    return hmac.digest(secret, b"draw:" + token.encode(), "sha256")


SCRYPT_N = 2**15  # with r = 8: 32 MiB
NO_PASSWORD = f"{bytes(16).hex()}:"  # matches no password, and takes as long to check as any


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_stretch(password, salt).hex()}"


def is_password(password: str, hashed: str) -> bool:
    salt, _, expected = hashed.partition(":")
    return hmac.compare_digest(_stretch(password, bytes.fromhex(salt)).hex(), expected)


def _stretch(password: str, salt: bytes) -> bytes:
    """Return scrypt with 32 MiB, as OWASP's password storage page advises."""
    return hashlib.scrypt(
        password.encode(errors="surrogatepass"), salt=salt, n=SCRYPT_N, r=8, p=3, maxmem=2**26
    )
