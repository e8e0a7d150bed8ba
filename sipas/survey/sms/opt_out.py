"""Whoever asks not to be asked again, by an answer to a message or on the page, is heard for ever."""

import re
from datetime import UTC, date, datetime
from typing import Final

from sipas.postgres.pool import Connection
from sipas.queries.messages import Closed, list_messages_of_link
from sipas.queries.opt_outs import insert_opt_out
from sipas.survey.sms.closing import close
from sipas.survey.sms.texts import without_marks

OPT_OUT: Final = "opt-out"  # the purpose under which phones are hashed for this
# TC is "từ chối", as rules for messages in Vietnam have it; HUY is "hủy".
WORDS = frozenset({"STOP", "TC", "TU CHOI", "HUY", "DUNG", "UNSUBSCRIBE"})


def asks_to_stop(text: str) -> bool:
    """The word alone, or with more behind it; never one in the middle of a sentence."""
    words = re.findall(r"[A-Z]+", without_marks(text).upper())
    return " ".join(words[:1]) in WORDS or " ".join(words[:2]) in WORDS


async def opt_out(conn: Connection, phone_hash: bytes, day: date) -> bool:
    """Whether it is new. phone_hash: `hash_phone(phone, secret, OPT_OUT)`."""
    return await insert_opt_out(conn, phone_hash, day)


async def cancel_messages_of_link(conn: Connection, link_hash: bytes) -> None:
    """Those that wait are not sent. Call it in a transaction."""
    ids = await list_messages_of_link(conn, link_hash)
    await close(conn, [Closed(id_, "cancelled", "opted out") for id_ in ids], datetime.now(UTC))
