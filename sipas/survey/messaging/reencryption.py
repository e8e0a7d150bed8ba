"""Rotation: what was sealed with an earlier key is sealed again with the newest."""

from collections.abc import Awaitable, Callable, Sequence

from sipas.postgres.pool import Connection
from sipas.queries import callbacks, messages
from sipas.queries.messages import Sealed
from sipas.survey.encryption import Sealer

STEP = 1_000  # to one transaction

List = Callable[[Connection, bytes, int], Awaitable[list[Sealed]]]
Store = Callable[[Connection, Sequence[Sealed]], Awaitable[None]]


async def reseal_all(conn: Connection, sealer: Sealer) -> int:
    """Return the number of messages, phones and kept callbacks. The earlier key may go afterwards."""
    letters = await reseal(conn, sealer, messages.list_letters_of_other_keys, messages.reseal_letters)
    phones = await reseal(conn, sealer, messages.list_phones_of_other_keys, messages.reseal_phones)
    unread = await reseal(conn, sealer, callbacks.list_unread_of_other_keys, callbacks.reseal_unread)
    return letters + phones + unread


async def reseal(conn: Connection, sealer: Sealer, list_: List, store: Store) -> int:
    resealed = 0
    while True:
        async with conn.transaction():
            found = await list_(conn, sealer.newest, STEP)
            if not found:
                return resealed
            await store(conn, [Sealed(one.key, sealer.seal(sealer.unseal(one.content))) for one in found])
        resealed += len(found)
