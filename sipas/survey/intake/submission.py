"""Submissions: their format, and the checks that turn one into a row of `response`."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from sipas.queries.catalogue import Procedure, Round, Unit
from sipas.queries.responses import ResponseRow
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.columns import CHANNELS, FLAG, SERVICE_CHANNELS, TOO_FAST
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, code_answers
from sipas.survey.intake.personal_numbers import clean_text, hide_numbers, holds_mail_address, holds_number

_CLOCK_AHEAD_MAX = timedelta(days=1)  # of a device's clock
_OFFLINE_MAX = timedelta(days=183)  # between answering and sending

# A survey answered faster than it can be read. It is counted; `--flagged exclude` leaves it out.
_FAST_SECONDS_PER_ANSWER = 1.0
_FAST_ANSWERS_AT_LEAST = 3  # one or two answers may take only a second or two

_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Submission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In `answers` a missing key means not asked, null not answered, "NA" not applicable."""

    id: UUID
    instrument: _Code
    form: _Code
    channel: _Code
    unit: _Code
    started_at: _Moment
    submitted_at: _Moment
    language: _Code
    complete: bool
    answers: Annotated[dict[str, AnswerValue], msgspec.Meta(max_length=500)]
    procedure: _Code | None = None
    service_channel: _Code | None = None
    sequence: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None
    comment: Annotated[str, msgspec.Meta(max_length=4000)] | None = None
    attributes: Annotated[dict[_Code, _Code], msgspec.Meta(max_length=16)] = {}


# Reasons in the catalogue: after a change of it the same submission may be accepted.
CATALOGUE_REASONS = frozenset({"instrument", "form", "round", "unit", "procedure"})


class Refused(msgspec.Struct, frozen=True):
    """The reason why a submission goes to quarantine: a code for programs, a sentence for people.

    uuid and digest are set if they could be read: the submission may repeat one stored under other rules.
    """

    reason: str
    detail: str
    uuid: UUID | None = None
    digest: bytes | None = None


_ENCODER = msgspec.json.Encoder(order="deterministic")


def digest(submission: Submission) -> bytes:
    """Return a hash that is equal for equal content, in any order of keys.

    Numbers hidden in texts are left out: they could be found by trying, because all else is known.
    """
    if submission.comment:
        submission = msgspec.structs.replace(submission, comment=hide_numbers(submission.comment))
    if str in set(map(type, submission.answers.values())):
        hidden = {
            item: hide_numbers(answer) if isinstance(answer, str) else answer
            for item, answer in submission.answers.items()
        }
        submission = msgspec.structs.replace(submission, answers=hidden)
    return hashlib.blake2b(_ENCODER.encode(submission), digest_size=16).digest()


def check_submission(
    submission: Submission, catalogue: Catalogue, now: datetime, *, kiosk_id: int | None, unit_id: int | None
) -> ResponseRow | Refused:
    """Return the row to store, or the first reason for refusal. unit_id: the only unit allowed."""
    found = _look_up(submission, catalogue, now)
    if isinstance(found, Refused):
        return found
    if unit_id is not None and found.unit.id != unit_id:
        return _refuse(submission, "unit", f"this terminal does not stand in unit {submission.unit}")
    coded = code_answers(submission.answers, found.sheet)
    if isinstance(coded, str):
        return _refuse(submission, "answers", coded)
    wrong = _wrong_words(submission, found.sheet.instrument)
    wrong = wrong or _wrong_attributes(submission.attributes, catalogue, found)
    if wrong:
        return _refuse(submission, *wrong)
    return ResponseRow(
        id=submission.id,
        round_id=found.round.id,
        unit_id=found.unit.id,
        procedure_id=found.procedure.id if found.procedure else None,
        kiosk_id=kiosk_id,
        sequence=submission.sequence,
        started_at=submission.started_at,
        submitted_at=submission.submitted_at,
        complete=submission.complete and not coded.missing,
        channel=submission.channel,
        service_channel=submission.service_channel,
        form=found.sheet.form.id,
        language=submission.language,
        answers=coded.answers,
        comment=clean_text(hide_numbers(submission.comment)) if submission.comment else None,
        attributes={clean_text(name): clean_text(value) for name, value in submission.attributes.items()}
        | coded.attributes
        | _find_flags(submission),
        digest=digest(submission),
        texts=coded.texts or None,
        missing=coded.missing if submission.complete else (),
    )


def _refuse(submission: Submission, reason: str, detail: str) -> Refused:
    return Refused(reason, detail, submission.id, digest(submission))


class _CatalogueMatch(msgspec.Struct, frozen=True):
    """The catalogue's entries for a submission's codes and times."""

    unit: Unit
    round: Round
    sheet: Sheet
    procedure: Procedure | None


def _look_up(submission: Submission, catalogue: Catalogue, now: datetime) -> _CatalogueMatch | Refused:
    moment = submission.submitted_at
    if not is_usable_time(moment, now):
        return _refuse(submission, "clock", f"submitted_at {moment.isoformat()} is too far from now")
    instrument_id = catalogue.instrument_ids.get(submission.instrument)
    if instrument_id is None:
        return _refuse(submission, "instrument", f"no instrument {submission.instrument} is published")
    sheet = catalogue.sheets.get((submission.instrument, submission.form))
    if sheet is None:
        return _refuse(submission, "form", f"{submission.instrument} has no form {submission.form}")
    round_ = catalogue.round_at(instrument_id, moment)
    if round_ is None:
        return _refuse(
            submission, "round", f"no round collected {sheet.instrument.name} at {moment.isoformat()}"
        )
    unit = catalogue.unit_at(submission.unit, local_day(moment))
    if unit is None:
        return _refuse(submission, "unit", f"there was no unit {submission.unit} on that day")
    procedure = catalogue.procedures_by_code.get(submission.procedure or "")
    if submission.procedure is not None and procedure is None:
        return _refuse(submission, "procedure", f"there is no procedure {submission.procedure}")
    return _CatalogueMatch(unit, round_, sheet, procedure)


def _find_flags(submission: Submission) -> dict[str, str]:
    """Return the attribute that marks an implausibly fast survey; empty for any other."""
    took = (submission.submitted_at - submission.started_at).total_seconds()
    if not 0 <= took < _FAST_SECONDS_PER_ANSWER * len(submission.answers):
        return {}
    given = sum(answer is not None and answer != "NA" for answer in submission.answers.values())
    is_fast = given >= _FAST_ANSWERS_AT_LEAST and took < _FAST_SECONDS_PER_ANSWER * given
    return {FLAG: TOO_FAST} if is_fast else {}


def is_usable_time(moment: datetime, now: datetime) -> bool:
    return now - _OFFLINE_MAX <= moment <= now + _CLOCK_AHEAD_MAX


def has_usable_times(submission: Submission, received_at: datetime) -> bool:
    """Whether neither of its times alone is a reason for refusal."""
    submitted_at = submission.submitted_at
    return is_usable_time(submitted_at, received_at) and is_usable_time(submission.started_at, submitted_at)


def _wrong_words(submission: Submission, instrument: Instrument) -> tuple[str, str] | None:
    if submission.channel not in CHANNELS:
        return "channel", f"{submission.channel} is not one of {', '.join(CHANNELS)}"
    if submission.service_channel not in (None, *SERVICE_CHANNELS):
        return "service_channel", f"{submission.service_channel} is not one of {', '.join(SERVICE_CHANNELS)}"
    if submission.language not in instrument.languages:
        return "language", f"{instrument.name} has no {submission.language}"
    if not is_usable_time(submission.started_at, submission.submitted_at):
        return "clock", f"started_at {submission.started_at.isoformat()} is too far from submitted_at"
    return None


def _wrong_attributes(
    attributes: dict[str, str], catalogue: Catalogue, found: "_CatalogueMatch"
) -> tuple[str, str] | None:
    """Return the reason to refuse an attribute: a reserved name, a personal number, or a value that is too
    long.
    """
    if not attributes:
        return None
    if len(_ENCODER.encode(attributes)) > 1000:
        return "attributes", "more than 1,000 bytes"
    for name, value in attributes.items():
        if name in catalogue.reserved_columns and name not in found.round.strata:
            return "attributes", f"{name} is a column of the service's own; name the attribute otherwise"
        allowed = found.sheet.attribute_values.get(name)
        if allowed and value not in allowed:
            return "attributes", f"{name}: {value} is not one of {', '.join(allowed)}"
        if holds_number(name):
            return "attributes", "a name looks like the number of a phone or of a person; none is kept"
        if holds_number(value):
            return "attributes", f"{name} looks like the number of a phone or of a person; none is kept"
        if holds_mail_address(value):
            return "attributes", f"{name} looks like an address of mail; none is kept"
    return None


def printable(text: str) -> str:
    """Return the visible text, without the character that Postgres cannot store."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}")[:500].encode(errors="replace").decode()


def new_id(moment: datetime, draw: Callable[[int], int] = secrets.randbits) -> UUID:
    """Return a UUIDv7 (RFC 9562): it sorts by the moment, and the rest is random."""
    milliseconds = int(moment.timestamp() * 1000)
    random = draw(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | random >> 62 << 64 | 0b10 << 62 | random & (1 << 62) - 1)
