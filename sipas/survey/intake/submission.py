"""A submission as sent, and the checks between it and a row of `response`."""

import hashlib
import secrets
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from sipas.queries.catalogue import Procedure, Round, Unit
from sipas.queries.responses import Row
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.columns import CHANNELS, FLAG, SERVICE_CHANNELS, TOO_FAST
from sipas.survey.instruments.instrument import Instrument, Sheet
from sipas.survey.intake.personal_numbers import hide_numbers, holds_mail_address, holds_number

NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED = -1, -2, -3
AHEAD = timedelta(days=1)  # how far a device's clock may run ahead
LONG_AGO = timedelta(days=183)  # how long a device may have been offline

# A survey answered faster than its questions can be read. It counts, and `--flagged exclude` leaves it out.
FAST_SECONDS_PER_ANSWER = 1.0
FAST_ANSWERS_AT_LEAST = 3  # one or two answers may be given within a second or two

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Answer = int | Literal["NA"] | None


class Submission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In `answers` a key that is absent was not asked, null not answered, "NA" not applicable."""

    id: UUID
    instrument: Code
    form: Code
    channel: Code
    unit: Code
    started_at: Moment
    submitted_at: Moment
    language: Code
    complete: bool
    answers: Annotated[dict[str, Answer], msgspec.Meta(max_length=500)]
    procedure: Code | None = None
    service_channel: Code | None = None
    sequence: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None = None
    comment: Annotated[str, msgspec.Meta(max_length=4000)] | None = None
    attributes: Annotated[dict[Code, Code], msgspec.Meta(max_length=16)] = {}


# Reasons that lie with the catalogue: another state of it may accept the same submission.
CATALOGUE_REASONS = frozenset({"instrument", "form", "round", "unit", "procedure"})


class Refused(msgspec.Struct, frozen=True):
    """Why a submission goes to quarantine: a word for programs, a sentence for people.

    uuid and digest, where it could be read: it may be a replay of one that was stored under other rules.
    """

    reason: str
    detail: str
    uuid: UUID | None = None
    digest: bytes | None = None


ENCODER = msgspec.json.Encoder(order="deterministic")


def digest(submission: Submission) -> bytes:
    """The same for the same content, in whatever order its keys came.

    Nothing of a number hidden in the comment enters: all else is known, so it could be found by trying.
    """
    if submission.comment:
        submission = msgspec.structs.replace(submission, comment=hide_numbers(submission.comment))
    return hashlib.blake2b(ENCODER.encode(submission), digest_size=16).digest()


def check(
    submission: Submission, catalogue: Catalogue, now: datetime, *, kiosk_id: int | None, unit_id: int | None
) -> Row | Refused:
    """The row to store, or the first reason against it. unit_id: the only one the sender may name."""
    found = look_up(submission, catalogue, now)
    if isinstance(found, Refused):
        return found
    if unit_id is not None and found.unit.id != unit_id:
        return refuse(submission, "unit", f"this terminal does not stand in unit {submission.unit}")
    answers = code_answers(submission.answers, found.sheet)
    if isinstance(answers, str):
        return refuse(submission, "answers", answers)
    wrong = wrong_words(submission, found.sheet.instrument)
    wrong = wrong or wrong_attributes(submission.attributes, catalogue, found.round)
    if wrong:
        return refuse(submission, *wrong)
    return Row(
        id=submission.id,
        round_id=found.round.id,
        unit_id=found.unit.id,
        procedure_id=found.procedure.id if found.procedure else None,
        kiosk_id=kiosk_id,
        sequence=submission.sequence,
        started_at=submission.started_at,
        submitted_at=submission.submitted_at,
        complete=submission.complete,
        channel=submission.channel,
        service_channel=submission.service_channel,
        form=found.sheet.form.id,
        language=submission.language,
        answers=answers,
        comment=clean(hide_numbers(submission.comment)) if submission.comment else None,
        attributes={clean(name): clean(value) for name, value in submission.attributes.items()}
        | find_flags(submission),
        digest=digest(submission),
    )


def refuse(submission: Submission, reason: str, detail: str) -> Refused:
    return Refused(reason, detail, submission.id, digest(submission))


class Found(msgspec.Struct, frozen=True):
    """What a submission's codes and times stand for."""

    unit: Unit
    round: Round
    sheet: Sheet
    procedure: Procedure | None


def look_up(submission: Submission, catalogue: Catalogue, now: datetime) -> Found | Refused:
    moment = submission.submitted_at
    if not is_usable_time(moment, now):
        return refuse(submission, "clock", f"submitted_at {moment.isoformat()} is too far from now")
    instrument_id = catalogue.instrument_ids.get(submission.instrument)
    if instrument_id is None:
        return refuse(submission, "instrument", f"no instrument {submission.instrument} is published")
    sheet = catalogue.sheets.get((submission.instrument, submission.form))
    if sheet is None:
        return refuse(submission, "form", f"{submission.instrument} has no form {submission.form}")
    round_ = catalogue.round_at(instrument_id, moment)
    if round_ is None:
        return refuse(
            submission, "round", f"no round collected {sheet.instrument.name} at {moment.isoformat()}"
        )
    unit = catalogue.unit_at(submission.unit, local_day(moment))
    if unit is None:
        return refuse(submission, "unit", f"there was no unit {submission.unit} on that day")
    procedure = catalogue.procedures_by_code.get(submission.procedure or "")
    if submission.procedure is not None and procedure is None:
        return refuse(submission, "procedure", f"there is no procedure {submission.procedure}")
    return Found(unit, round_, sheet, procedure)


def find_flags(submission: Submission) -> dict[str, str]:
    """Return the attribute that marks an implausibly fast survey; empty for any other."""
    given = sum(isinstance(answer, int) for answer in submission.answers.values())
    took = (submission.submitted_at - submission.started_at).total_seconds()
    is_fast = given >= FAST_ANSWERS_AT_LEAST and 0 <= took < FAST_SECONDS_PER_ANSWER * given
    return {FLAG: TOO_FAST} if is_fast else {}


def is_usable_time(moment: datetime, now: datetime) -> bool:
    return now - LONG_AGO <= moment <= now + AHEAD


def has_usable_times(submission: Submission, received_at: datetime) -> bool:
    """Neither of its times alone would refuse it."""
    submitted_at = submission.submitted_at
    return is_usable_time(submitted_at, received_at) and is_usable_time(submission.started_at, submitted_at)


def code_answers(answers: dict[str, Answer], sheet: Sheet) -> tuple[int, ...] | str:
    """The answers in instrument order, or what is wrong with them.

    An item asked that the form would not ask would be weighted by a probability that is not its own.
    """
    coded = [NOT_ASKED] * sheet.width
    for item, answer in answers.items():
        place = sheet.places.get(item)
        if place is None:
            return f"form {sheet.form.id} of {sheet.instrument.name} does not ask {item}"
        code = NOT_ANSWERED if answer is None else NOT_APPLICABLE if answer == "NA" else answer
        if code is answer and answer not in sheet.points:
            return f"{item}: {answer} is not on the scale"
        coded[place] = int(code)
    for items, draw in sheet.draws:
        if len(asked := items & answers.keys()) > draw:
            return f"form {sheet.form.id} draws {draw} of those, and {', '.join(sorted(asked))} were asked"
    return tuple(coded)


def wrong_words(submission: Submission, instrument: Instrument) -> tuple[str, str] | None:
    if submission.channel not in CHANNELS:
        return "channel", f"{submission.channel} is none of {', '.join(CHANNELS)}"
    if submission.service_channel not in (None, *SERVICE_CHANNELS):
        return "service_channel", f"{submission.service_channel} is none of {', '.join(SERVICE_CHANNELS)}"
    if submission.language not in instrument.languages:
        return "language", f"{instrument.name} has no {submission.language}"
    if not is_usable_time(submission.started_at, submission.submitted_at):
        return "clock", f"started_at {submission.started_at.isoformat()} is too far from submitted_at"
    return None


def wrong_attributes(
    attributes: dict[str, str], catalogue: Catalogue, round_: Round
) -> tuple[str, str] | None:
    """What would pass for a column of ours, lead to a person, or not fit a cell's key."""
    if not attributes:
        return None
    if len(ENCODER.encode(attributes)) > 1000:
        return "attributes", "more than 1,000 bytes"
    for name, value in attributes.items():
        if name in catalogue.reserved_columns and name not in round_.strata:
            return "attributes", f"{name} is a column of the service's own; name the attribute otherwise"
        if holds_number(name):
            return "attributes", "a name looks like the number of a phone or of a person; none is kept"
        if holds_number(value):
            return "attributes", f"{name} looks like the number of a phone or of a person; none is kept"
        if holds_mail_address(value):
            return "attributes", f"{name} looks like an address of mail; none is kept"
    return None


def clean(text: str) -> str:
    """NFC, and without the one character that Postgres cannot keep."""
    return unicodedata.normalize("NFC", text.replace("\0", ""))


def printable(text: str) -> str:
    """As much of it as a person reads, without the character that Postgres cannot keep."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}")[:500].encode(errors="replace").decode()


def new_id(moment: datetime, draw: Callable[[int], int] = secrets.randbits) -> UUID:
    """A UUIDv7 (RFC 9562): it sorts by the moment, and is random beyond it."""
    milliseconds = int(moment.timestamp() * 1000)
    random = draw(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | random >> 62 << 64 | 0b10 << 62 | random & (1 << 62) - 1)
