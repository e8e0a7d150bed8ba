"""Paper forms, what was typed of them, and how often two entries differed."""

from collections.abc import Sequence
from datetime import date

import msgspec

from sipas.postgres.pool import Connection
from sipas.sql import load

_Q = load("paper")


class Typist(msgspec.Struct, frozen=True):
    """A person who signed in to type forms."""

    id: int
    name: str


class StoredForm(msgspec.Struct, frozen=True):
    id: int
    round_id: int
    number: str
    is_open: bool


class StoredEntry(msgspec.Struct, frozen=True):
    """place: 1 or 2 of a complete entry; None of a draft."""

    person_id: int
    place: int | None
    encrypted: bytes


class OpenForm(msgspec.Struct, frozen=True):
    """entries: how many are complete. mine: whether the reader's own is; None: the reader has none."""

    id: int
    number: str
    entries: int
    mine: bool | None


class PaperHousehold(msgspec.Struct, frozen=True):
    """The household of a drawn sample that a form belongs to. village: the cluster."""

    id: int
    unit_id: int
    village: str
    is_done: bool


class PaperCounts(msgspec.Struct, frozen=True):
    """Forms and typed fields of a round; the columns are those of the table `paper_count`.

    once: entered once. to_settle: entered twice, with differences. waiting: responses, of interviews
    too, that the mix has not stored yet.
    """

    round: str
    once: int
    to_settle: int
    done: int
    waiting: int
    forms_differed: int
    fields: int
    differed: int
    wrong: int
    left_out: int


async def find_typist(conn: Connection, token_hash: bytes) -> Typist | None:
    row = await conn.fetchrow(_Q.find_typist, token_hash)
    return Typist(*row) if row else None


async def insert_paper_form(conn: Connection, round_id: int, number: str) -> None:
    """Do nothing if the round has a form of that number."""
    await conn.execute(_Q.insert_paper_form, round_id, number)


async def find_paper_form(conn: Connection, round_id: int, number: str) -> StoredForm | None:
    row = await conn.fetchrow(_Q.find_paper_form, round_id, number)
    return StoredForm(*row) if row else None


async def find_paper_form_by_id(conn: Connection, form_id: int) -> StoredForm | None:
    row = await conn.fetchrow(_Q.find_paper_form_by_id, form_id)
    return StoredForm(*row) if row else None


async def lock_paper_form(conn: Connection, form_id: int) -> StoredForm | None:
    """Lock the form for this transaction."""
    row = await conn.fetchrow(_Q.lock_paper_form, form_id)
    return StoredForm(*row) if row else None


async def list_paper_entries(conn: Connection, form_id: int) -> list[StoredEntry]:
    """Return the complete entries in order, then drafts."""
    return [StoredEntry(*row) for row in await conn.fetch(_Q.list_paper_entries, form_id)]


async def save_paper_entry(conn: Connection, form_id: int, entry: StoredEntry) -> None:
    """Save a draft or a complete entry. A complete one of the same person stays as it is."""
    await conn.execute(_Q.save_paper_entry, form_id, entry.person_id, entry.place, entry.encrypted)


async def delete_paper_entry(conn: Connection, form_id: int, person_id: int) -> None:
    await conn.execute(_Q.delete_paper_entry, form_id, person_id)


async def delete_paper_entries(conn: Connection, form_id: int) -> None:
    await conn.execute(_Q.delete_paper_entries, form_id)


async def set_first_place(conn: Connection, form_id: int) -> None:
    """Make the second entry the first one, which has left the form."""
    await conn.execute(_Q.set_first_place, form_id)


async def list_entries_of_other_keys(
    conn: Connection, key: bytes, limit: int
) -> list[tuple[int, StoredEntry]]:
    """Return entries, each with its form, that another key encrypted; they are locked."""
    found = await conn.fetch(_Q.list_entries_of_other_keys, key, limit)
    return [(row["form_id"], StoredEntry(row["person_id"], row["place"], row["encrypted"])) for row in found]


async def reencrypt_paper_entries(conn: Connection, entries: Sequence[tuple[int, StoredEntry]]) -> None:
    rows = [(form_id, one.person_id, one.encrypted) for form_id, one in entries]
    await conn.executemany(_Q.reencrypt_paper_entry, rows)


async def delete_unused_paper_form(conn: Connection, form_id: int) -> None:
    await conn.execute(_Q.delete_unused_paper_form, form_id)


async def finish_paper_form(conn: Connection, form_id: int, today: date) -> bool:
    return await conn.fetchval(_Q.finish_paper_form, form_id, today) is not None


async def has_households(conn: Connection, round_id: int) -> bool:
    return bool(await conn.fetchval(_Q.has_households, round_id))


async def find_paper_household(conn: Connection, round_id: int, number: str) -> PaperHousehold | None:
    """Find the household by the number of its form."""
    row = await conn.fetchrow(_Q.find_paper_household, round_id, number)
    return PaperHousehold(*row) if row else None


async def add_paper_count(
    conn: Connection, round_id: int, *, fields: int, differed: int, wrong: int, left_out: int
) -> None:
    await conn.execute(_Q.add_paper_count, round_id, fields, differed, wrong, left_out)


async def list_open_paper_forms(conn: Connection, round_id: int, person_id: int) -> list[OpenForm]:
    return [OpenForm(*row) for row in await conn.fetch(_Q.list_open_paper_forms, round_id, person_id)]


async def list_done_paper_forms(conn: Connection, round_id: int, day: date) -> list[str]:
    return [row["number"] for row in await conn.fetch(_Q.list_done_paper_forms, round_id, day)]


async def count_paper_forms(conn: Connection) -> Sequence[PaperCounts]:
    """Return the counts of each round that has paper forms, in the order of opening."""
    return [PaperCounts(*row) for row in await conn.fetch(_Q.count_paper_forms)]
