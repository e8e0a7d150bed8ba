"""Opt-outs by a reply or on the page. They last until an operator undoes one on request."""

from datetime import date, datetime
from typing import Final

import msgspec

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries.links import forget_phone
from sipas.queries.messages import FinalizedMessage, list_messages_of_phone
from sipas.queries.opt_outs import insert_opt_out, move_opt_out
from sipas.survey.catalogue import local_day
from sipas.survey.contacts.finalize import finalize_messages
from sipas.survey.contacts.phones import LONG_NUMBER, hash_phone, parse_phone

OPT_OUT_PURPOSE: Final = "opt-out"  # purpose of the phone's hash
_REASON_MAX_CHARACTERS: Final = 200


class UndoneOptOut(msgspec.Struct, frozen=True):
    """An opt-out that was undone. since: the day of the opt-out."""

    since: date
    undone_by: str
    reason: str


async def undo_opt_out(conn: Connection, phone: str, secret: bytes, by: str, reason: str) -> UndoneOptOut:
    """Undo an opt-out at the person's request. The day, the operator and the reason are stored with the
    phone's hash.
    """
    if (match := LONG_NUMBER.search(reason)) or len(reason) > _REASON_MAX_CHARACTERS:
        problem = "holds a long number" if match else f"has more than {_REASON_MAX_CHARACTERS} characters"
        raise InputError(f"the reason {problem}; it is kept, so write no personal data")
    phone_hash = hash_phone(parse_phone(phone), secret, OPT_OUT_PURPOSE)
    since = await move_opt_out(conn, phone_hash, by, reason)
    if since is None:
        raise NotFound("this phone has not opted out; nothing is changed")
    return UndoneOptOut(since, by, reason)


async def opt_out(conn: Connection, phone_hash: bytes, now: datetime) -> bool:
    """Delete the phone and send nothing to it any more; return whether the opt-out is new. Call it in a
    transaction.

    phone_hash: `hash_phone(phone, secret, OPT_OUT_PURPOSE)`. A phone that replies has received its message.
    """
    is_new = await insert_opt_out(conn, phone_hash, local_day(now))
    # Again: a sender that records a sent message right now may insert its reminder.
    while on_their_way := await list_messages_of_phone(conn, phone_hash):
        closed = [
            FinalizedMessage(id_, "delivered")
            if state == "sent"
            else FinalizedMessage(id_, "cancelled", "opted out")
            for id_, state in on_their_way
        ]
        await finalize_messages(conn, closed, now)
    await forget_phone(conn, phone_hash)
    return is_new
