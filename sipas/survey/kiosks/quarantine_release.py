"""Releases a terminal's submissions from quarantine: they are checked again and stored if possible."""

from collections import Counter
from datetime import datetime, timedelta

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.kiosks import Held, Kiosk, delete_quarantined, list_held
from sipas.queries.responses import ResponseRow, insert_responses, list_digests
from sipas.survey.catalogue import Catalogue
from sipas.survey.intake.raw_submissions import read_loosely
from sipas.survey.intake.submission import (
    Refused,
    Submission,
    check_submission,
    digest,
    has_usable_times,
    is_usable_time,
)
from sipas.survey.kiosks.terminals import get_kiosk

_SURVEY_DURATION_LIMIT = timedelta(days=1)


class Released(msgspec.Struct, frozen=True):
    """released: stored now. known: already stored. kept: still refused, and left in quarantine."""

    kiosk: int
    released: int
    known: int
    kept: int


class QuarantineRelease(msgspec.Struct, frozen=True):
    """The result of a release.

    redated: released with another time, because their own was unusable. reasons: of those kept.
    """

    totals: Released
    redated: int
    reasons: dict[str, int]


async def release_held(
    conn: Connection, catalogue: Catalogue, number: int, given_at: datetime | None = None
) -> QuarantineRelease:
    """Store what can be stored, then delete it from quarantine: an interrupted release can be repeated.

    given_at: when the answers were given whose own time is unusable; None: when they came.
    """
    kiosk = await get_kiosk(conn, number)
    held = await list_held(conn, number)
    redated = {one.id for one in held if _needs_date(one)}
    contents = {one.id: _check_again(one, kiosk, catalogue, given_at) for one in held}
    rows = {place: row for place, row in contents.items() if isinstance(row, ResponseRow)}
    stored = await insert_responses(conn, list(rows.values()), of_retired=True)
    digests = await list_digests(conn, [row.id for row in rows.values()])
    done = {place: row for place, row in rows.items() if digests.get(row.id) == row.digest}
    await delete_quarantined(conn, list(done))
    return QuarantineRelease(
        Released(number, len(stored), len(done) - len(stored), len(held) - len(done)),
        redated=sum(row.id in stored for place, row in done.items() if place in redated),
        reasons=dict(Counter(_reason(contents[one.id]) for one in held if one.id not in done)),
    )


def _reason(content: ResponseRow | Refused) -> str:
    return content.reason if isinstance(content, Refused) else "conflict"


def _needs_date(held: Held) -> bool:
    submission = _read(held.raw)
    return isinstance(submission, Submission) and not has_usable_times(submission, held.received_at)


def _check_again(
    held: Held, kiosk: Kiosk, catalogue: Catalogue, given_at: datetime | None
) -> ResponseRow | Refused:
    """Check a submission as of its arrival, with a usable time in place of an unusable one."""
    submission = _read(held.raw)
    if isinstance(submission, Refused):
        return submission
    dated = _dated(submission, held.received_at, given_at)
    content = check_submission(dated, catalogue, held.received_at, kiosk_id=kiosk.id, unit_id=kiosk.unit_id)
    return msgspec.structs.replace(content, digest=digest(submission))


def _read(raw: bytes) -> Submission | Refused:
    try:
        return msgspec.convert(read_loosely(raw), Submission)
    except msgspec.ValidationError as error:
        return Refused("invalid", str(error))


def _dated(submission: Submission, received_at: datetime, given_at: datetime | None) -> Submission:
    """Replace unusable times. The duration of the survey is kept if the clock ran evenly."""
    if has_usable_times(submission, received_at):
        return submission
    took = submission.submitted_at - submission.started_at
    known = timedelta(0) <= took <= _SURVEY_DURATION_LIMIT
    usable = is_usable_time(submission.submitted_at, received_at)
    moment = submission.submitted_at if usable else given_at or received_at
    return msgspec.structs.replace(
        submission, submitted_at=moment, started_at=moment - took if known else moment
    )
