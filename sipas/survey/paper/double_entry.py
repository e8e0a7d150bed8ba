"""Double entry: a form's first and second entry, and the settlement of their differences.

The transaction that finishes a form deletes its entries and passes the answer to the mix, which stores it
without a trace of the form's number (sipas/survey/links/mixing.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries import paper as queries
from sipas.queries.paper import StoredEntry, StoredForm, Typist
from sipas.queries.pending import insert_pending
from sipas.survey.encryption import FieldCipher
from sipas.survey.instruments.items import OPTION_ORDER, OPTION_ORDERS
from sipas.survey.intake.answer_coding import code_answers, is_complete
from sipas.survey.links.waiting import PAPER_CHANNEL, WaitingAnswer, encrypt_answer
from sipas.survey.paper.codes import tidy
from sipas.survey.paper.differences import Comparison, FormReader, ReadForm, compare
from sipas.survey.paper.entries import PaperEntry, decrypt_entry, encrypt_entry

NUMBER_CHARACTERS_MAX = 40

Outcome = Literal["first", "stored", "different"]
Refusal = Literal["same_person", "done", "twice", "number", "changed"]


class PaperRefused(InputError):
    """The step is not possible. reason: a code for the message catalogue."""

    def __init__(self, reason: Refusal, form: StoredForm | None = None) -> None:
        super().__init__(f"this form cannot be entered: {reason}")
        self.reason, self.form = reason, form


class PaperCiphers(msgspec.Struct, frozen=True):
    """entries: of what is typed. answers: of what waits for the mix."""

    entries: FieldCipher
    answers: FieldCipher


def normal_number(typed: str) -> str:
    """Return a form's number as it is stored: without spaces, in capitals, 017 as 17."""
    number = tidy(typed).replace(" ", "").upper()
    if not number or len(number) > NUMBER_CHARACTERS_MAX or not number.isprintable():
        raise PaperRefused("number")
    return number.lstrip("0") or "0" if number.isdigit() else number


async def start_entry(
    conn: Connection,
    ciphers: PaperCiphers,
    round_id: int,
    number: str,
    typist: Typist,
    head: Mapping[str, str],
) -> StoredForm:
    """Return the form, with a draft of the person. A draft that the person has already is kept."""
    async with conn.transaction():
        await queries.insert_paper_form(conn, round_id, number)
        form = await queries.find_paper_form(conn, round_id, number)
        assert form is not None  # inserted above
        form = await _lock(conn, form.id)
        own = await _own_entry(conn, form, typist.id)
        if own is None:
            await queries.save_paper_entry(conn, form.id, encrypt_entry(ciphers.entries, typist.id, head))
    return form


async def save_draft(
    conn: Connection, ciphers: PaperCiphers, form_id: int, typist: Typist, fields: Mapping[str, str]
) -> None:
    async with conn.transaction():
        form = await _lock(conn, form_id)
        await _own_entry(conn, form, typist.id)
        await queries.save_paper_entry(conn, form.id, encrypt_entry(ciphers.entries, typist.id, fields))


async def find_draft(
    conn: Connection, ciphers: PaperCiphers, form: StoredForm, typist: Typist
) -> PaperEntry | None:
    own = await _own_entry(conn, form, typist.id)
    return decrypt_entry(ciphers.entries, own) if own else None


async def discard_draft(conn: Connection, form_id: int, typist: Typist) -> None:
    async with conn.transaction():
        form = await _lock(conn, form_id)
        await _own_entry(conn, form, typist.id)
        await _remove_entry(conn, form, typist.id)


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
        form = await _lock(conn, form_id)
        await _own_entry(conn, form, typist.id)
        return await _add_entry(conn, ciphers, form, PaperEntry(typist.id, None, dict(fields)), reader)


async def _add_entry(
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
    await _finish(conn, ciphers, form, reader, reader.read(entry.fields), comparison)
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
        form = await _lock(conn, form_id)
        comparison = compare(reader, await find_entries(conn, ciphers, form))
        if comparison != compared:
            raise PaperRefused("changed", form)
        await _finish(conn, ciphers, form, reader, reader.read(values), comparison)


async def move_entry(
    conn: Connection, ciphers: PaperCiphers, form_id: int, place: int, number: str, reader: FormReader
) -> tuple[StoredForm, Outcome]:
    """Give a complete entry to the number that it was typed from. reader: of the form with that number."""
    async with conn.transaction():
        round_id = reader.paper.round.id
        await queries.insert_paper_form(conn, round_id, number)
        found = await queries.find_paper_form(conn, round_id, number)
        assert found is not None  # inserted above
        if found.id == form_id:
            raise PaperRefused("number", found)
        forms = {one: await _lock(conn, one) for one in sorted((form_id, found.id))}
        form, target = forms[form_id], forms[found.id]
        moved = await _complete_entry(conn, form, place)
        await _own_entry(conn, target, moved.person_id)
        await _remove_entry(conn, form, moved.person_id)
        entry = decrypt_entry(ciphers.entries, moved)
        return target, await _add_entry(conn, ciphers, target, entry, reader)


async def delete_entry(conn: Connection, form_id: int, typist: Typist) -> None:
    """Delete the person's complete entry, the only one of the form."""
    async with conn.transaction():
        form = await _lock(conn, form_id)
        if not await is_only_typist(conn, form, typist):
            raise PaperRefused("changed", form)
        await _remove_entry(conn, form, typist.id)


async def is_only_typist(conn: Connection, form: StoredForm, typist: Typist) -> bool:
    """Whether the form has one complete entry, which is the person's."""
    entries = await queries.list_paper_entries(conn, form.id)
    return form.is_open and [one.person_id for one in entries if one.place] == [typist.id]


async def _remove_entry(conn: Connection, form: StoredForm, person_id: int) -> None:
    await queries.delete_paper_entry(conn, form.id, person_id)
    await queries.set_first_place(conn, form.id)
    await queries.delete_unused_paper_form(conn, form.id)


async def _complete_entry(conn: Connection, form: StoredForm, place: int) -> StoredEntry:
    entries = {one.place: one for one in await queries.list_paper_entries(conn, form.id)}
    if not form.is_open or place not in entries:
        raise PaperRefused("changed", form)
    return entries[place]


async def _lock(conn: Connection, form_id: int) -> StoredForm:
    form = await queries.lock_paper_form(conn, form_id)
    if form is None:
        raise NotFound("there is no such paper form")
    return form


async def _own_entry(conn: Connection, form: StoredForm, person_id: int) -> StoredEntry | None:
    """Return the person's draft. PaperRefused: the person's entry, or the form, is complete."""
    if not form.is_open:
        raise PaperRefused("done", form)
    entries: Sequence[StoredEntry] = await queries.list_paper_entries(conn, form.id)
    own = next((one for one in entries if one.person_id == person_id), None)
    if own is not None and own.place is not None:
        raise PaperRefused("same_person", form)
    if sum(one.place is not None for one in entries) == 2:
        raise PaperRefused("twice", form)
    return own


async def _finish(
    conn: Connection,
    ciphers: PaperCiphers,
    form: StoredForm,
    reader: FormReader,
    final: ReadForm,
    comparison: Comparison,
) -> None:
    answer = waiting_answer(reader, final, reader.today)
    await queries.delete_paper_entries(conn, form.id)
    if not await queries.finish_paper_form(conn, form.id, reader.today):
        raise PaperRefused("done", form)
    await insert_pending(conn, [encrypt_answer(ciphers.answers, form.round_id, answer)])
    await queries.add_paper_count(
        conn,
        form.round_id,
        fields=len(comparison.first),
        differed=len(comparison.differing),
        wrong=comparison.wrong_values(final.normal),
        left_out=len(final.questions.left_out),
    )


def waiting_answer(reader: FormReader, final: ReadForm, today: date) -> WaitingAnswer:
    """Return the answer as intake codes it. InputError: the form does not ask it so."""
    head, sheet = final.head.head, reader.paper.sheet
    coded = code_answers(final.questions.answers, sheet)
    if isinstance(coded, str) or head is None or final.mistakes:
        raise InputError(coded if isinstance(coded, str) else "the form has mistakes")
    order = {OPTION_ORDER: OPTION_ORDERS[0]} if sheet.instrument.records_order else {}
    return WaitingAnswer(
        unit_id=head.unit.id,
        procedure_id=head.procedure.id if head.procedure else None,
        service_channel=head.service_channel,
        channel=PAPER_CHANNEL,
        day=head.day,
        complete=is_complete(coded, sheet),
        form=sheet.form.id,
        language=head.language,
        answers=coded.answers,
        texts=coded.texts,
        attributes=coded.attributes | order,
        since=today,
    )
