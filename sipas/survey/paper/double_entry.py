"""Double entry: drafts, a form's first and second entry, and the settlement of their differences."""

from collections.abc import Mapping
from typing import Literal

from sipas.postgres.pool import Connection
from sipas.queries import paper as queries
from sipas.queries.paper import StoredForm, Typist
from sipas.survey.paper.differences import Comparison, FormReader, compare
from sipas.survey.paper.entries import PaperEntry, decrypt_entry, encrypt_entry
from sipas.survey.paper.forms import (
    PaperRefused,
    find_own_entry,
    form_with_number,
    lock_form,
    remove_entry,
)
from sipas.survey.paper.storing import PaperCiphers, finish_form

Outcome = Literal["first", "stored", "different"]


async def start_entry(
    conn: Connection,
    ciphers: PaperCiphers,
    reader: FormReader,
    number: str,
    typist: Typist,
    head: Mapping[str, str],
) -> StoredForm:
    """Return the form, with a draft of the person. A draft that the person has already is kept."""
    async with conn.transaction():
        form = await lock_form(conn, (await form_with_number(conn, reader, number)).id)
        own = await find_own_entry(conn, form, typist.id)
        if reader.shape.household and reader.shape.household.is_done:
            raise PaperRefused("household_done", form)
        if own is None:
            await queries.save_paper_entry(conn, form.id, encrypt_entry(ciphers.entries, typist.id, head))
    return form


async def save_draft(
    conn: Connection, ciphers: PaperCiphers, form_id: int, typist: Typist, fields: Mapping[str, str]
) -> None:
    async with conn.transaction():
        form = await lock_form(conn, form_id)
        await find_own_entry(conn, form, typist.id)
        await queries.save_paper_entry(conn, form.id, encrypt_entry(ciphers.entries, typist.id, fields))


async def find_draft(
    conn: Connection, ciphers: PaperCiphers, form: StoredForm, typist: Typist
) -> PaperEntry | None:
    own = await find_own_entry(conn, form, typist.id)
    return decrypt_entry(ciphers.entries, own) if own else None


async def discard_draft(conn: Connection, form_id: int, typist: Typist) -> None:
    async with conn.transaction():
        form = await lock_form(conn, form_id)
        await find_own_entry(conn, form, typist.id)
        await remove_entry(conn, form, typist.id)


async def complete_entry(
    conn: Connection,
    ciphers: PaperCiphers,
    form_id: int,
    typist: Typist,
    fields: Mapping[str, str],
    reader: FormReader,
) -> Outcome:
    """Keep a complete entry; store the response if the other person's entry says the same."""
    async with conn.transaction():
        form = await lock_form(conn, form_id)
        await find_own_entry(conn, form, typist.id)
        return await add_entry(conn, ciphers, form, PaperEntry(typist.id, None, dict(fields)), reader)


async def add_entry(
    conn: Connection, ciphers: PaperCiphers, form: StoredForm, entry: PaperEntry, reader: FormReader
) -> Outcome:
    """Add a complete entry to a locked form."""
    before = [one for one in await queries.list_paper_entries(conn, form.id) if one.place]
    stored = encrypt_entry(ciphers.entries, entry.person_id, entry.fields, len(before) + 1)
    await queries.save_paper_entry(conn, form.id, stored)
    if not before:
        return "first"
    comparison = compare(reader, [decrypt_entry(ciphers.entries, before[0]), entry])
    if comparison.differing:
        return "different"
    await finish_form(conn, ciphers, form, reader, reader.read(entry.fields), comparison)
    return "stored"


async def find_entries(conn: Connection, ciphers: PaperCiphers, form: StoredForm) -> list[PaperEntry]:
    """Return the two complete entries of an open form; PaperRefused if it does not have them."""
    if not form.is_open:
        raise PaperRefused("done", form)
    stored = [one for one in await queries.list_paper_entries(conn, form.id) if one.place]
    if len(stored) < 2:
        raise PaperRefused("changed", form)
    return [decrypt_entry(ciphers.entries, one) for one in stored]


async def settle(
    conn: Connection,
    ciphers: PaperCiphers,
    form_id: int,
    reader: FormReader,
    values: Mapping[str, str],
    compared: Comparison,
) -> None:
    """Store the response with the settled values. compared: what the person saw."""
    async with conn.transaction():
        form = await lock_form(conn, form_id)
        comparison = compare(reader, await find_entries(conn, ciphers, form))
        if comparison != compared:
            raise PaperRefused("changed", form)
        await finish_form(conn, ciphers, form, reader, reader.read(values), comparison)
