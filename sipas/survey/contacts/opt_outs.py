"""Opt-outs by an answer to a message or on the page. They last until an operator undoes one on request."""

from datetime import date, datetime
from typing import Final

import msgspec

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries.links import forget_phone
from sipas.queries.messages import Closed, list_messages_of_phone
from sipas.queries.opt_outs import insert_opt_out, move_opt_out
from sipas.survey.catalogue import local_day
from sipas.survey.contacts.finalize import close
from sipas.survey.contacts.phones import LONG_NUMBER, hash_phone, parse_phone

OPT_OUT: Final = "opt-out"  # the purpose under which phones are hashed for this
LONGEST_REASON: Final = 200  # characters


class UndoneOptOut(msgspec.Struct, frozen=True):
    """since: the day of the opt-out."""

    since: date
    undone_by: str
    reason: str


async def undo_opt_out(conn: Connection, phone: str, secret: bytes, by: str, reason: str) -> UndoneOptOut:
    """On request of the person. The day, who did it and why are kept beside the phone's hash."""
    if (match := LONG_NUMBER.search(reason)) or len(reason) > LONGEST_REASON:
        problem = "holds a long number" if match else f"has more than {LONGEST_REASON} characters"
        raise InputError(f"the reason {problem}; it is kept, so write no personal data")
    phone_hash = hash_phone(parse_phone(phone), secret, OPT_OUT)
    since = await move_opt_out(conn, phone_hash, by, reason)
    if since is None:
        raise NotFound("this phone has not opted out; nothing is changed")
    return UndoneOptOut(since, by, reason)


async def leave_alone(conn: Connection, phone_hash: bytes, now: datetime) -> bool:
    """Send nothing to that phone any more, and forget it; return whether that is new. In a transaction.

    phone_hash: `hash_phone(phone, secret, OPT_OUT)`. A phone that answers has received its message.
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
