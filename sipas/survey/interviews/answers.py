"""Answers of interviews: the household is marked as done, and its answers go to the mix.

Both are one transaction, so a household counts once. The answers wait encrypted, and the mix stores them
under new ids with the village alone (sipas/survey/links/mixing.py), so that no response leads to a household.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import Round
from sipas.queries.households import (
    Household,
    finish_household,
    lock_household,
    record_visit,
)
from sipas.queries.pending import insert_pending
from sipas.queries.responses import Quarantined, insert_quarantined
from sipas.survey.catalogue import Catalogue, is_open, local_day
from sipas.survey.encryption import FieldCipher
from sipas.survey.instruments.items import OPTION_ORDER, OPTION_ORDERS
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import CodedAnswers, code_answers
from sipas.survey.intake.group_commit import SubmissionResult
from sipas.survey.intake.submission import Submission, is_usable_time, printable
from sipas.survey.links.mix_plan import ADULTS, VILLAGE
from sipas.survey.links.waiting import TABLET_CHANNEL, WaitingAnswer, encrypt_answer

_ADULTS_MAX = 99
VisitState = Literal["open", "not-at-home", "refused", "ineligible"]
_Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Interview(Submission, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A submission with its household. id: a random number of the tablet, which is not stored with it.

    adults: of the household, among whom one was chosen.
    """

    round: _Number
    questionnaire: _Number
    adults: Annotated[int, msgspec.Meta(ge=1, le=_ADULTS_MAX)]


_DECODER = msgspec.json.Decoder(Interview)


class _Refusal(Exception):
    """Answers that are kept in quarantine. reason: a code for programs."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class _Checked(msgspec.Struct, frozen=True):
    round: Round
    sheet: Sheet
    coded: CodedAnswers
    day: date


async def store_interviews(
    conn: Connection, catalogue: Catalogue, cipher: FieldCipher, raws: Sequence[bytes], now: datetime
) -> list[SubmissionResult]:
    """Store interviews; return the results in the order sent, once all are durable."""
    results = []
    for raw in raws:  # a transaction each: two tablets may send the same households in another order
        async with conn.transaction():
            results.append(await _store_one(conn, catalogue, cipher, raw, now))
    return results


async def _store_one(
    conn: Connection, catalogue: Catalogue, cipher: FieldCipher, raw: bytes, now: datetime
) -> SubmissionResult:
    try:
        sent = _DECODER.decode(raw)
    except msgspec.DecodeError as error:
        return await _quarantine(conn, raw, "invalid", str(error))
    try:
        checked = _check(sent, catalogue, now)
        household = await _find_household(conn, checked.round, sent)
    except _Refusal as refusal:
        return await _quarantine(conn, raw, refusal.reason, str(refusal))
    if household.state == "done":
        if household.interview == sent.id:
            return SubmissionResult(sent.id, "duplicate")
        detail = "the household was interviewed before: by another tablet, or on paper"
        result = await _quarantine(conn, raw, "household-done", detail)
        return msgspec.structs.replace(result, status="conflict")
    await finish_household(conn, household.id, checked.day, sent.id)
    waiting = _waiting(sent, checked, household, local_day(now))
    await insert_pending(conn, [encrypt_answer(cipher, checked.round.id, waiting)])
    missing = checked.coded.missing if sent.complete else ()
    return SubmissionResult(sent.id, "stored", missing=missing or msgspec.UNSET)


def _check(sent: Interview, catalogue: Catalogue, now: datetime) -> _Checked:
    """Check an interview against the catalogue. The round may have closed since."""
    round_ = catalogue.rounds.get(sent.round)
    if round_ is None:
        raise _Refusal("round", f"there is no round {sent.round}")
    instrument = catalogue.instrument_of(round_)
    sheet = catalogue.sheets.get((sent.instrument, sent.form))
    if sheet is None or sheet.instrument.name != instrument.name:
        raise _Refusal("form", f"round {sent.round} does not ask form {sent.form} of {sent.instrument}")
    if sent.channel != TABLET_CHANNEL:
        raise _Refusal("channel", f"{sent.channel} is not the channel of interviews, {TABLET_CHANNEL}")
    if sent.language not in instrument.languages:
        raise _Refusal("language", f"{instrument.name} has no {sent.language}")
    if not is_usable_time(sent.submitted_at, now) or not is_open(round_, sent.submitted_at):
        raise _Refusal("clock", f"round {sent.round} was not open on {local_day(sent.submitted_at)}")
    coded = code_answers(sent.answers, sheet)
    if isinstance(coded, str):
        raise _Refusal("answers", coded)
    return _Checked(round_, sheet, coded, local_day(sent.submitted_at))


async def _find_household(conn: Connection, round_: Round, sent: Interview) -> Household:
    household = await lock_household(conn, round_.id, sent.questionnaire)
    if household is None:
        raise _Refusal("household", f"the sample of round {round_.code} has no such questionnaire")
    return household


def _waiting(sent: Interview, checked: _Checked, household: Household, today: date) -> WaitingAnswer:
    order = {OPTION_ORDER: sent.attributes[OPTION_ORDER]} if _has_order(sent, checked.sheet) else {}
    return WaitingAnswer(
        unit_id=household.unit_id,
        procedure_id=None,
        service_channel=None,
        channel=TABLET_CHANNEL,
        day=checked.day,
        complete=sent.complete and not checked.coded.missing,
        form=checked.sheet.form.id,
        language=sent.language,
        answers=checked.coded.answers,
        texts=checked.coded.texts,
        attributes=checked.coded.attributes | order | {VILLAGE: household.village, ADULTS: str(sent.adults)},
        since=today,
    )


def _has_order(sent: Interview, sheet: Sheet) -> bool:
    return sheet.instrument.records_order and sent.attributes.get(OPTION_ORDER) in OPTION_ORDERS


async def _quarantine(conn: Connection, raw: bytes, reason: str, detail: str) -> SubmissionResult:
    """Keep what could not be stored, without its household."""
    content, number = _without_household(raw)
    row = Quarantined(number, f"interview: {reason}", printable(detail), None, None, content)
    await insert_quarantined(conn, [row])
    return SubmissionResult(number, "quarantined", reason)


def _without_household(raw: bytes) -> tuple[bytes, str]:
    """Return the content without the questionnaire's number, and the tablet's id of it."""
    try:
        content: Any = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return b"", secrets.token_hex(16)
    if not isinstance(content, dict):
        return b"", secrets.token_hex(16)
    number = str(content.get("id", ""))[:64] or secrets.token_hex(16)
    kept = {name: value for name, value in content.items() if name not in ("questionnaire", "id")}
    return msgspec.json.encode(kept), number


class Visit(msgspec.Struct, frozen=True):
    """A visit without an interview. visits: to the household so far."""

    round: _Number
    questionnaire: _Number
    state: VisitState
    visits: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    on: date


class VisitResult(msgspec.Struct, frozen=True):
    """status: recorded; done, if the household was interviewed; unknown, if the sample has none such."""

    questionnaire: str
    status: str


async def record_visits(conn: Connection, catalogue: Catalogue, visits: Sequence[Visit]) -> list[VisitResult]:
    results = []
    for one in visits:
        async with conn.transaction():
            results.append(VisitResult(one.questionnaire, await _record(conn, catalogue, one)))
    return results


async def _record(conn: Connection, catalogue: Catalogue, visit: Visit) -> str:
    round_ = catalogue.rounds.get(visit.round)
    found = await lock_household(conn, round_.id, visit.questionnaire) if round_ else None
    if found is None:
        return "unknown"
    if found.state == "done":
        return "done"
    await record_visit(conn, found.id, visit.state, visit.visits, visit.on)
    return "recorded"
