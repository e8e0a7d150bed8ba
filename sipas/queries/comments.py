"""What people wrote in a round."""

from datetime import date

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("comments")


class WrittenWords(msgspec.Struct, frozen=True):
    """item: a text item, or ITEM_other; None for a comment. month: its first day."""

    unit_id: int
    channel: str
    item: str | None
    words: str
    month: date | None


async def list_comments(conn: Connection, round_id: int) -> list[WrittenWords]:
    rows = await conn.fetch(_Q.list_comments, round_id)
    return [WrittenWords(**dict(row)) for row in rows]
