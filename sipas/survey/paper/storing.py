"""Finishing a form: its entries are deleted, and its answer passes to the mix, in one transaction.

The mix stores the answer later, without a trace of the form's number (sipas/survey/links/mixing.py).
"""

from datetime import date

import msgspec

from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.queries import paper as queries
from sipas.queries.households import finish_household
from sipas.queries.paper import StoredForm
from sipas.queries.pending import insert_pending
from sipas.survey.encryption import FieldCipher
from sipas.survey.instruments.items import OPTION_ORDER, OPTION_ORDERS
from sipas.survey.intake.answer_coding import code_answers, is_complete
from sipas.survey.links.mix_plan import ADULTS, VILLAGE
from sipas.survey.links.waiting import PAPER_CHANNEL, WaitingAnswer, encrypt_answer
from sipas.survey.paper.differences import Comparison, FormReader, ReadForm
from sipas.survey.paper.forms import PaperRefused


class PaperCiphers(msgspec.Struct, frozen=True):
    """entries: of what is typed. answers: of what waits for the mix."""

    entries: FieldCipher
    answers: FieldCipher


async def finish_form(
    conn: Connection,
    ciphers: PaperCiphers,
    form: StoredForm,
    reader: FormReader,
    final: ReadForm,
    comparison: Comparison,
) -> None:
    answer = waiting_answer(reader, final, reader.today)
    household = reader.shape.household
    if household and not await finish_household(conn, household.id, answer.day, interview=None):
        raise PaperRefused("household_done", form)
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
    household = reader.shape.household
    drawn = {VILLAGE: household.village, ADULTS: str(head.adults)} if household else {}
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
        attributes=coded.attributes | order | drawn,
        since=today,
    )
