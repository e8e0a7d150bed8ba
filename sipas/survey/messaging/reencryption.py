"""Key rotation: encrypts content of earlier keys again with the newest."""

from collections.abc import Awaitable, Callable, Sequence

from sipas.postgres.pool import Connection
from sipas.queries import callbacks, messages
from sipas.queries.messages import EncryptedRow
from sipas.survey.encryption import FieldCipher

_REENCRYPTION_BATCH_ROWS = 1_000  # in one transaction

_ListRows = Callable[[Connection, bytes, int], Awaitable[list[EncryptedRow]]]
_StoreRows = Callable[[Connection, Sequence[EncryptedRow]], Awaitable[None]]


async def reencrypt_all(conn: Connection, cipher: FieldCipher) -> int:
    """Return the number of messages, phones and kept callbacks. The earlier key may go afterwards."""
    stores: list[tuple[_ListRows, _StoreRows]] = [
        (messages.list_payloads_of_other_keys, messages.reencrypt_payloads),
        (messages.list_phones_of_other_keys, messages.reencrypt_phones),
        (callbacks.list_unread_of_other_keys, callbacks.reencrypt_unread),
    ]
    return sum([await _reencrypt(conn, cipher, list_, store) for list_, store in stores])


async def _reencrypt(conn: Connection, cipher: FieldCipher, list_: _ListRows, store: _StoreRows) -> int:
    reencrypted = 0
    while True:
        async with conn.transaction():
            found = await list_(conn, cipher.newest, _REENCRYPTION_BATCH_ROWS)
            if not found:
                return reencrypted
            await store(
                conn, [EncryptedRow(one.key, cipher.encrypt(cipher.decrypt(one.content))) for one in found]
            )
        reencrypted += len(found)
