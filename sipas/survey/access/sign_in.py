"""Sign-in with a password. Failures lock out only their sender.

A check takes a third of a second of processor time, so few run at once, in threads of their own, and clients
take turns. Failures are counted for each account and source, for each account, and for each device that has
signed in before. The counts are in the memory of each process, and contain only hashes of account and source.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import math
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec

from sipas.errors import SipasError
from sipas.postgres.pool import Pool
from sipas.queries import people
from sipas.survey.rate_limit import RateLimit, network_of
from sipas.survey.tokens import NO_PASSWORD, hash_token, is_password, new_token
from sipas.turns import Turns

_LOG = logging.getLogger(__name__)
SESSION_VALID_FOR = timedelta(hours=12)
INTERVIEWER_SESSION_VALID_FOR = timedelta(days=60)  # tablets work for days without a network
DEVICE_VALID_FOR = timedelta(days=365)
_PASSWORD_MAX_CHARACTERS = 1_024  # longer input is rejected without hashing

_CHECKS_AT_ONCE = 2  # each takes 32 MiB and a third of a second of one processor
PAIR_FAILURES, _PAIR_EVERY_S = 10, 60.0  # of one account from one source, and then one in as many seconds
ACCOUNT_FAILURES, _ACCOUNT_EVERY_S = 60, 10.0  # of one account from all sources
_DEVICE_FAILURES, _DEVICE_EVERY_S = 10, 60.0  # of a device that has signed in to the account before
_TOO_MANY_SIGNING_IN = "too many are signing in; try again in a moment"


class TooManyAttempts(SipasError):
    """There were too many failed attempts. No password was checked."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too many wrong passwords were tried for this name; try again later")
        self.retry_after_s = math.ceil(retry_after_s)


class SignedIn(msgspec.Struct, frozen=True):
    """session: the session's token. device: identifies this browser at the next sign-in."""

    session: str
    device: str
    role: people.Role


class Authenticator:
    def __init__(self, pool: Pool, secret: bytes) -> None:
        self.pool, self.secret = pool, secret
        self.checker = ThreadPoolExecutor(_CHECKS_AT_ONCE, "passwords")
        self.turns = Turns(_CHECKS_AT_ONCE, each_at_once=1, busy=_TOO_MANY_SIGNING_IN)
        self.pairs = RateLimit(PAIR_FAILURES, _PAIR_EVERY_S)
        self.accounts = RateLimit(ACCOUNT_FAILURES, _ACCOUNT_EVERY_S)
        self.devices = RateLimit(_DEVICE_FAILURES, _DEVICE_EVERY_S)

    async def sign_in(self, name: str, password: str, source: str, device: str = "") -> SignedIn | None:
        """Return the session, or None if name and password do not match.

        Raises TooManyAttempts or Overloaded before any check. Response and duration do not reveal whether the
        account exists.
        """
        name = _storable(name)
        client, limits = self.limits_of(name, source, device)
        wait_s = max(limit.wait_s(key) for limit, key in limits)
        if wait_s:
            raise TooManyAttempts(wait_s)
        for limit, key in limits:
            limit.count(key)  # counted as a failure until it succeeds: many may be in progress
        try:
            person = await self.check(name, password, client)
        except BaseException:
            _forgive(limits)
            raise
        if person is None:
            return None
        _forgive(limits)
        token = new_token()
        async with self.pool.acquire() as conn:
            lasts = INTERVIEWER_SESSION_VALID_FOR if person.role == "interviewer" else SESSION_VALID_FOR
            await people.insert_session(conn, hash_token(token), person.id, lasts)
        return SignedIn(token, self.device_of(name), person.role)

    async def check(self, name: str, password: str, client: str) -> people.Person | None:
        async with self.turns.turn(client):
            async with self.pool.acquire() as conn:
                person = await people.find_person(conn, name)
            hashed = person.password_hash if person else NO_PASSWORD
            loop = asyncio.get_running_loop()
            tried = password if len(password) <= _PASSWORD_MAX_CHARACTERS else ""
            is_right = await loop.run_in_executor(self.checker, is_password, tried, hashed)
        if is_right:
            return person
        # The name field may contain a password.
        _LOG.warning("sign-in failed: %s", f"wrong password of {name!r}" if person else "unknown name")
        return None

    def limits_of(self, name: str, source: str, device: str) -> tuple[str, list[tuple[RateLimit, bytes]]]:
        """Return the sender's place in the queue, and the limits that hold for it."""
        if self.is_device_of(name, device):
            key = self.key("device", device)
            return key.hex(), [(self.devices, key)]
        place = network_of(source)
        limits = [
            (self.pairs, self.key("pair", f"{place} {name}")),
            (self.accounts, self.key("account", name)),
        ]
        return place, limits

    def device_of(self, name: str) -> str:
        nonce = secrets.token_bytes(16)
        return base64.urlsafe_b64encode(nonce + self.mac(name, nonce)).decode()

    def is_device_of(self, name: str, device: str) -> bool:
        """Whether this value was issued after a correct password for that name."""
        try:
            sent = base64.b64decode(device, altchars=b"-_", validate=True)
        except ValueError:
            return False
        return hmac.compare_digest(sent[16:], self.mac(name, sent[:16]))

    def mac(self, name: str, nonce: bytes) -> bytes:
        return hmac.digest(self.secret, b"device:" + nonce + name.encode(), "sha256")

    def key(self, kind: str, text: str) -> bytes:
        return hashlib.blake2b(f"{kind}:{text}".encode(), key=self.secret[:64], digest_size=16).digest()


def _forgive(limits: list[tuple[RateLimit, bytes]]) -> None:
    for limit, key in limits:
        limit.forgive(key)


def _storable(name: str) -> str:
    """Return the name without characters that Postgres cannot store."""
    return name.replace("\0", "").encode(errors="replace").decode()
