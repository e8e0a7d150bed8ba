"""Paper forms by their numbers, and why a step with one is refused."""

import re
import unicodedata
from typing import Literal

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import paper as queries
from sipas.queries.paper import StoredEntry, StoredForm
from sipas.survey.paper.differences import FormReader

_NUMBER_CHARACTERS_MAX = 40
_LEADING_ZEROS = re.compile("(?<![0-9A-Z])0+(?=[0-9])")  # of each part of a number
Refusal = Literal[
    "same_person", "done", "twice", "number", "changed", "unknown_questionnaire", "household_done"
]


class PaperRefused(InputError):
    """The step is not possible. reason: a code for the message catalogue."""

    def __init__(self, reason: Refusal, form: StoredForm | None = None) -> None:
        super().__init__(f"this form cannot be entered: {reason}")
        self.reason, self.form = reason, form


def normal_number(typed: str) -> str:
    """Return a form's number as it is stored: without spaces, in capitals, 007-012 as 7-12."""
    number = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    if not number or len(number) > _NUMBER_CHARACTERS_MAX or not number.isprintable():
        raise PaperRefused("number")
    return _LEADING_ZEROS.sub("", number)


async def form_with_number(conn: Connection, reader: FormReader, number: str) -> StoredForm:
    """Return the round's form of that number, a new one if there is none."""
    round_id = reader.paper.round.id
    await queries.insert_paper_form(conn, round_id, number)
    form = await queries.find_paper_form(conn, round_id, number)
    assert form is not None  # inserted above
    return form


async def lock_form(conn: Connection, form_id: int) -> StoredForm:
    form = await queries.lock_paper_form(conn, form_id)
    if form is None:
        raise NotFound("there is no such paper form")
    return form


async def find_own_entry(conn: Connection, form: StoredForm, person_id: int) -> StoredEntry | None:
    """Return the person's draft. PaperRefused: the person's entry, or the form, is complete."""
    if not form.is_open:
        raise PaperRefused("done", form)
    entries = await queries.list_paper_entries(conn, form.id)
    own = next((one for one in entries if one.person_id == person_id), None)
    if own is not None and own.place is not None:
        raise PaperRefused("same_person", form)
    if sum(one.place is not None for one in entries) == 2:
        raise PaperRefused("twice", form)
    return own


async def get_complete_entry(conn: Connection, form: StoredForm, place: int) -> StoredEntry:
    entries = {one.place: one for one in await queries.list_paper_entries(conn, form.id)}
    if not form.is_open or place not in entries:
        raise PaperRefused("changed", form)
    return entries[place]


async def remove_entry(conn: Connection, form: StoredForm, person_id: int) -> None:
    await queries.delete_paper_entry(conn, form.id, person_id)
    await queries.set_first_place(conn, form.id)
    await queries.delete_unused_paper_form(conn, form.id)
