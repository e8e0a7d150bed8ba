"""Callbacks that could not be read: kept encrypted, and read again once the configuration fits them."""

from datetime import datetime, timedelta

import msgspec

from sipas.queries.callbacks import UnreadCallback, UnreadReason
from sipas.survey.encryption import Sealer
from sipas.survey.messaging.transports import Unread

UNREAD_CALLBACK_LASTS = timedelta(days=30)
UNREAD_CALLBACKS_KEPT = 2_000


def sealed_unread(
    unread: Unread, reason: UnreadReason, token_hash: bytes | None, sealer: Sealer, now: datetime
) -> UnreadCallback:
    return UnreadCallback(now, reason, unread.outline, token_hash, sealer.seal(unread.content))


class KeptCallback(msgspec.Struct, frozen=True):
    """A request as it came: what its address says behind the question mark, and its body."""

    query: bytes
    body: bytes

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def read_kept(content: bytes) -> KeptCallback:
    return msgspec.json.decode(content, type=KeptCallback)
