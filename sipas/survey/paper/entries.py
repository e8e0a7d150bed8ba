"""Entries: what one person typed of a form, encrypted until the form is done."""

from collections.abc import Mapping

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.paper import StoredEntry, list_entries_of_other_keys, reencrypt_paper_entries
from sipas.settings import Settings
from sipas.survey.encryption import FieldCipher, read_cipher

_KEY_PURPOSE = b"sipas paper entries"
_REENCRYPTION_BATCH_ROWS = 500  # in one transaction
_ENTRY_PADDING_BYTES = 4096  # entries of one questionnaire have equal lengths, however much was typed


class PaperEntry(msgspec.Struct, frozen=True):
    """fields: as typed, by name. place: 1 or 2 of a complete entry; None of a draft."""

    person_id: int
    place: int | None
    fields: dict[str, str]


def read_entry_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher for entries: derived from the same secrets as that for phones, with other keys."""
    return read_cipher(settings, _KEY_PURPOSE, "an entry of a paper form")


def encrypt_entry(
    cipher: FieldCipher, person_id: int, fields: Mapping[str, str], place: int | None = None
) -> StoredEntry:
    content = msgspec.json.encode(fields)
    padded = content.ljust(-(-len(content) // _ENTRY_PADDING_BYTES) * _ENTRY_PADDING_BYTES)
    return StoredEntry(person_id, place, cipher.encrypt(padded))


def decrypt_entry(cipher: FieldCipher, stored: StoredEntry) -> PaperEntry:
    """Decrypt an entry. DecryptionError: its key is missing."""
    fields = msgspec.json.decode(cipher.decrypt(stored.encrypted), type=dict[str, str])
    return PaperEntry(stored.person_id, stored.place, fields)


async def reencrypt_entries(conn: Connection, cipher: FieldCipher) -> int:
    """Encrypt entries of earlier keys again with the newest; return how many."""
    reencrypted = 0
    while True:
        async with conn.transaction():
            found = await list_entries_of_other_keys(conn, cipher.newest, _REENCRYPTION_BATCH_ROWS)
            if not found:
                return reencrypted
            entries = [(form_id, decrypt_entry(cipher, one)) for form_id, one in found]
            await reencrypt_paper_entries(
                conn,
                [(form_id, encrypt_entry(cipher, one.person_id, one.fields)) for form_id, one in entries],
            )
        reencrypted += len(found)
