"""Sign-in with a password. Wrong passwords shut out only their sender.

A check costs a third of a second of a processor, so few run at once, in threads of their own, and clients
take turns. Failures are counted for each account and source, for each account, and for each device that has
signed in before. The counts are in the memory of each process alone, and name account and source by a hash.
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

LOG = logging.getLogger(__name__)
SESSION_LASTS = timedelta(hours=12)
DEVICE_LASTS = timedelta(days=365)
PASSWORD_LENGTH = 1_024  # characters: more is no password, and is not hashed

CHECKS_AT_ONCE = 2  # each takes 32 MiB and a processor for a third of a second
PAIR_FAILURES, PAIR_EVERY_S = 10, 60.0  # of one account from one source, and then one in as many seconds
ACCOUNT_FAILURES, ACCOUNT_EVERY_S = 60, 10.0  # of one account from everywhere
DEVICE_FAILURES, DEVICE_EVERY_S = 10, 60.0  # of a device that signed in to the account before
BUSY = "too many are signing in; try again in a moment"


class TooManyAttempts(SipasError):
    """No password was checked."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too many wrong passwords were tried for this name; try again later")
        self.retry_after_s = math.ceil(retry_after_s)


class SignedIn(msgspec.Struct, frozen=True):
    """session: the token of a session. device: what tells this browser from others at the next sign-in."""

    session: str
    device: str


class Authenticator:
    def __init__(self, pool: Pool, secret: bytes) -> None:
        self.pool, self.secret = pool, secret
        self.checker = ThreadPoolExecutor(CHECKS_AT_ONCE, "passwords")
        self.turns = Turns(CHECKS_AT_ONCE, each_at_once=1, busy=BUSY)
        self.pairs = RateLimit(PAIR_FAILURES, PAIR_EVERY_S)
        self.accounts = RateLimit(ACCOUNT_FAILURES, ACCOUNT_EVERY_S)
        self.devices = RateLimit(DEVICE_FAILURES, DEVICE_EVERY_S)

    async def sign_in(self, name: str, password: str, source: str, device: str = "") -> SignedIn | None:
        """None where name and password do not belong together.

        Raises TooManyAttempts or Overloaded, and then has checked nothing. Whether there is such an account
        changes neither what is answered nor how long it takes.
        """
        name = storable(name)
        client, limits = self.limits_of(name, source, device)
        wait_s = max(limit.wait_s(key) for limit, key in limits)
        if wait_s:
            raise TooManyAttempts(wait_s)
        for limit, key in limits:
            limit.count(key)  # as a failure until it is known to be none: many may be under way
        try:
            person = await self.check(name, password, client)
        except BaseException:
            forgive(limits)
            raise
        if person is None:
            return None
        forgive(limits)
        token = new_token()
        async with self.pool.acquire() as conn:
            await people.insert_session(conn, hash_token(token), person.id, SESSION_LASTS)
        return SignedIn(token, self.device_of(name))

    async def check(self, name: str, password: str, client: str) -> people.Person | None:
        async with self.turns.turn(client):
            async with self.pool.acquire() as conn:
                person = await people.find_person(conn, name)
            hashed = person.password_hash if person else NO_PASSWORD
            loop = asyncio.get_running_loop()
            tried = password if len(password) <= PASSWORD_LENGTH else ""
            is_right = await loop.run_in_executor(self.checker, is_password, tried, hashed)
        if is_right:
            return person
        # A password may have been typed where the name belongs.
        LOG.warning("sign-in failed: %s", f"wrong password of {name!r}" if person else "unknown name")
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


def forgive(limits: list[tuple[RateLimit, bytes]]) -> None:
    for limit, key in limits:
        limit.forgive(key)


def storable(name: str) -> str:
    """Without what Postgres cannot take."""
    return name.replace("\0", "").encode(errors="replace").decode()
