"""Unreadable callbacks: stored encrypted, and read again when the configuration has changed."""

from datetime import datetime, timedelta

import msgspec

from sipas.queries.callbacks import UnreadCallback, UnreadReason
from sipas.survey.encryption import FieldCipher
from sipas.survey.messaging.transports import Unread

UNREAD_CALLBACK_KEPT_FOR = timedelta(days=30)
UNREAD_CALLBACKS_KEPT = 2_000


def encrypted_unread(
    unread: Unread, reason: UnreadReason, token_hash: bytes | None, cipher: FieldCipher, now: datetime
) -> UnreadCallback:
    return UnreadCallback(now, reason, unread.outline, token_hash, cipher.encrypt(unread.content))


class KeptCallback(msgspec.Struct, frozen=True):
    """A request as received: query string and body."""

    query: bytes
    body: bytes

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def read_kept(content: bytes) -> KeptCallback:
    return msgspec.json.decode(content, type=KeptCallback)
