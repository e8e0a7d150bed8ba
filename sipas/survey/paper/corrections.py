"""Corrections: an entry gets another number, or is deleted because its form is not valid."""

from sipas.postgres.pool import Connection
from sipas.queries import paper as queries
from sipas.queries.paper import StoredForm, Typist
from sipas.survey.paper.differences import FormReader
from sipas.survey.paper.double_entry import Outcome, add_entry
from sipas.survey.paper.entries import decrypt_entry
from sipas.survey.paper.forms import (
    PaperRefused,
    find_own_entry,
    form_with_number,
    get_complete_entry,
    lock_form,
    remove_entry,
)
from sipas.survey.paper.storing import PaperCiphers


async def move_entry(
    conn: Connection, ciphers: PaperCiphers, form_id: int, place: int, number: str, reader: FormReader
) -> tuple[StoredForm, Outcome]:
    """Give a complete entry to the number that it was typed from. reader: of the form with that number."""
    async with conn.transaction():
        found = await form_with_number(conn, reader, number)
        if found.id == form_id:
            raise PaperRefused("number", found)
        forms = {one: await lock_form(conn, one) for one in sorted((form_id, found.id))}
        form, target = forms[form_id], forms[found.id]
        moved = await get_complete_entry(conn, form, place)
        await find_own_entry(conn, target, moved.person_id)
        await remove_entry(conn, form, moved.person_id)
        entry = decrypt_entry(ciphers.entries, moved)
        return target, await add_entry(conn, ciphers, target, entry, reader)


async def is_only_typist(conn: Connection, form: StoredForm, typist: Typist) -> bool:
    """Whether the form has one complete entry, which is the person's."""
    entries = await queries.list_paper_entries(conn, form.id)
    return form.is_open and [one.person_id for one in entries if one.place] == [typist.id]


async def delete_entry(conn: Connection, form_id: int, typist: Typist) -> None:
    """Delete the person's complete entry, the only one of the form."""
    async with conn.transaction():
        form = await lock_form(conn, form_id)
        if not await is_only_typist(conn, form, typist):
            raise PaperRefused("changed", form)
        await remove_entry(conn, form, typist.id)


async def delete_both_entries(conn: Connection, form_id: int) -> None:
    """Delete the entries of a form that is not valid."""
    async with conn.transaction():
        form = await lock_form(conn, form_id)
        await get_complete_entry(conn, form, 2)
        await queries.delete_paper_entries(conn, form_id)
        await queries.delete_unused_paper_form(conn, form_id)
