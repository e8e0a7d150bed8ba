"""Whoever asks not to be asked again, by an answer to a message or on the page, is heard for ever."""

import re
from datetime import datetime
from typing import Final

from sipas.postgres.pool import Connection
from sipas.queries.links import forget_phone
from sipas.queries.messages import Closed, list_messages_of_phone
from sipas.queries.opt_outs import insert_opt_out
from sipas.survey.catalogue import local_day
from sipas.survey.sms.closing import close
from sipas.survey.sms.texts import without_marks

OPT_OUT: Final = "opt-out"  # the purpose under which phones are hashed for this
# TC is "từ chối", as rules for messages in Vietnam have it; HUY is "hủy".
WORDS = frozenset({"STOP", "TC", "TU CHOI", "HUY", "DUNG", "UNSUBSCRIBE"})


def asks_to_stop(text: str) -> bool:
    """The word alone, or with more behind it; never one in the middle of a sentence."""
    words = re.findall(r"[A-Z]+", without_marks(text).upper())
    return " ".join(words[:1]) in WORDS or " ".join(words[:2]) in WORDS


async def leave_alone(conn: Connection, phone_hash: bytes, now: datetime) -> bool:
    """Nothing is sent to that phone any more, and nothing leads to it; whether that is new. In a transaction.

    phone_hash: `hash_phone(phone, secret, OPT_OUT)`. Whoever answers has got what was sent.
    """
    is_new = await insert_opt_out(conn, phone_hash, local_day(now))
    # Again, for a sender that notes at this moment that a message went out may write its reminder.
    while on_their_way := await list_messages_of_phone(conn, phone_hash):
        closed = [
            Closed(id_, "delivered") if state == "sent" else Closed(id_, "cancelled", "opted out")
            for id_, state in on_their_way
        ]
        await close(conn, closed, now)
    await forget_phone(conn, phone_hash)
    return is_new
