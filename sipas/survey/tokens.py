"""Credentials: drawn here, shown once, and kept as hashes alone."""

import hashlib
import hmac
import re
import secrets
import string

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
CODE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is read as something else


def new_token() -> str:
    """For machines: 256 bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """For a person to type on a terminal: 12 characters, 58 bits, good for one use within days."""
    letters = "".join(secrets.choice(CODE) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))


def normal_code(typed: str) -> str:
    """As new_code writes it, however a person typed it."""
    letters = re.sub(r"[^0-9A-Z]", "", typed.upper())
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def new_link_token() -> str:
    """For a text message: 11 characters, 65 bits."""
    return "".join(secrets.choice(BASE62) for _ in range(11))


def new_poster_code() -> str:
    """For a poster: 8 characters that can be typed, too. It is printed for everybody, and no secret."""
    return "".join(secrets.choice(CODE) for _ in range(8))


def hash_token(token: str) -> bytes:
    """A plain hash: what is hashed is long and random, so there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def hash_link(token: str, secret: bytes) -> bytes:
    """A keyed hash: whoever holds the database alone cannot try tokens against it."""
    return hmac.digest(secret, b"link:" + token.encode(), "sha256")


def draft_key(token: str, secret: bytes) -> bytes:
    """What opens the draft behind a link: whoever holds the database, and its hashes, cannot make it."""
    return hmac.digest(secret, b"draft:" + token.encode(), "sha256")


def draw_seed(token: str, secret: bytes) -> bytes:
    """What draws the items behind a link: answers show which were asked, so the database must not hold it."""
    return hmac.digest(secret, b"draw:" + token.encode(), "sha256")


NO_PASSWORD = f"{bytes(16).hex()}:"  # takes as long to check as any, and none is it


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{stretch(password, salt).hex()}"


def is_password(password: str, hashed: str) -> bool:
    salt, _, expected = hashed.partition(":")
    return hmac.compare_digest(stretch(password, bytes.fromhex(salt)).hex(), expected)


def stretch(password: str, salt: bytes) -> bytes:
    """scrypt with 32 MiB, as OWASP's password storage page advises."""
    return hashlib.scrypt(password.encode(errors="surrogatepass"), salt=salt, n=2**15, r=8, p=3, maxmem=2**26)
