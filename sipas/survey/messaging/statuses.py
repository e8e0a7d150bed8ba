"""Meanings of the status words of providers, in any spelling."""

import re
from typing import Final, Literal

Meaning = Literal["delivered", "failed", "pending"]

_DELIVERED = "DELIVRD DELIVERED DELIVERD DELIVEREDTOHANDSET DELIVEREDTOTERMINAL"
_FAILED = (
    "UNDELIV UNDELIVERED UNDELIVERABLE UNDELIVRD NOTDELIVERED REJECTD REJECTED EXPIRED DELETED FAILED FAIL "
    "FAILURE BLOCKED"
)
_PENDING = (
    "ENROUTE ACCEPTD ACCEPTED UNKNOWN SENT SENDING QUEUED SUBMITTED SUBMITD PENDING BUFFERED SCHEDULED "
    "PROCESSING WAITING"
)
_MEANINGS: Final[dict[str, Meaning]] = {
    **dict.fromkeys(_DELIVERED.split(), "delivered"),
    **dict.fromkeys(_FAILED.split(), "failed"),
    **dict.fromkeys(_PENDING.split(), "pending"),
}


def meaning_of(status: str) -> Meaning | None:
    """Return the meaning; None if the word is unknown. Numbers have no common meaning."""
    return _MEANINGS.get(re.sub(r"[\W_]", "", status).upper())
