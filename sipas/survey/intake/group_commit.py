"""Intake by group commit: submissions are queued, and a writer stores all that wait with one INSERT.

No submission is acknowledged before the commit.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from uuid import UUID

import msgspec

from sipas.errors import Overloaded, SipasError
from sipas.postgres.pool import CONTENT_ERRORS, Connection, Pool
from sipas.queries.kiosks import Kiosk
from sipas.queries.responses import (
    Quarantined,
    ResponseRow,
    insert_quarantined,
    insert_responses,
    list_digests,
    list_retired_beyond_limits,
)
from sipas.repeated_log import RepeatedLog
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.survey.intake.raw_submissions import read_loosely
from sipas.survey.intake.submission import CATALOGUE_REASONS, Refused, Submission, check_submission, printable

_FAILURES = RepeatedLog(logging.getLogger(__name__))
_INTAKE_BATCH_ROWS = 2_000  # in one INSERT
INTAKE_WRITERS = 2  # while the database stores one batch, the other is collected
# The second writer starts when that share of the first one's batch waits: small batches do not pay.
_SECOND_WRITER_SHARE = 1.0
_SECOND_WRITER_WAIT_SECONDS = 0.05  # the longest wait for that many
_INTAKE_QUEUE_MAX = 20_000  # submissions; more are refused

# Limits of a retired terminal's quarantine: a year of answers that waited on it.
RETIRED_SUBMISSIONS = 20_000
RETIRED_BYTES = 20 * 1024 * 1024
RETIRED_LASTS = timedelta(days=366)
_QUARANTINE_FULL_TEXT = (
    "this terminal was retired, and as much as it may send after that is in quarantine; keep what is left,"
    " count what came by `sipas kiosk release`, and send the rest then"
)

_Status = Literal["stored", "duplicate", "conflict", "quarantined"]
SUBMISSION_DECODER = msgspec.json.Decoder(Submission)


class NotTaken(SipasError):
    """Some submissions were not stored; their sender must keep them."""


class QuarantineFull(NotTaken):
    """The quarantine of a retired terminal is full."""


class SubmissionResult(msgspec.Struct, frozen=True):
    """missing: required items without an answer, for which a response is stored as partial."""

    id: UUID | str | None
    status: _Status
    reason: str | None = None
    missing: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class SentSubmission(msgspec.Struct, frozen=True):
    """One submission: its row or the reason for refusal, its id, and its bytes as received."""

    content: ResponseRow | Refused
    id: UUID | str | None
    raw: bytes
    kiosk_id: int | None

    def quarantined(self, reason: str, detail: str) -> Quarantined:
        name = str(self.id) if isinstance(self.id, UUID) else self.id
        number = _find_sequence(self.raw)
        return Quarantined(name, reason, printable(detail), self.kiosk_id, number, self.raw)


class Waiting(msgspec.Struct, frozen=True):
    sent: list[SentSubmission]
    answer: asyncio.Future[list[SubmissionResult]]

    def tell(self, results: list[SubmissionResult | None]) -> None:
        if self.answer.done():  # the sender may have disconnected
            return
        known = [result for result in results if result is not None]
        if len(known) < len(results):
            self.answer.set_exception(QuarantineFull(_QUARANTINE_FULL_TEXT))
        else:
            self.answer.set_result(known)

    def refuse(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(Overloaded("the database does not store answers at the moment"))


class Intake:
    def __init__(self, pool: Pool, catalogue: LiveCatalogue) -> None:
        self.pool, self.catalogue = pool, catalogue
        self.queue: deque[Waiting] = deque()
        self.waiting = 0  # submissions not yet acknowledged
        self.queued = 0  # of these, not yet taken by a writer
        self.in_hand: dict[int, int] = {}  # sizes of the batches being stored
        self.worth_storing = asyncio.Event()

    async def submit(self, raws: Sequence[bytes], kiosk: Kiosk) -> list[SubmissionResult]:
        """Store submissions; return results in the order sent, once all are durable. Overloaded: none was
        taken.

        A submission is checked a second time if its codes may be newer than the catalogue in memory.
        """
        if self.is_full(len(raws)):
            raise Overloaded("more submissions are waiting than may wait")
        sent = [self.check(raw, kiosk) for raw in raws]
        if _may_be_newer(sent):
            self.waiting += len(raws)
            try:
                await self.catalogue.refresh()
            finally:
                self.waiting -= len(raws)
            sent = [self.check(raw, kiosk) for raw in raws]
        return await self.enqueue(sent)

    def is_full(self, more: int) -> bool:
        return self.waiting + more > _INTAKE_QUEUE_MAX

    def enqueue(self, sent: list[SentSubmission]) -> asyncio.Future[list[SubmissionResult]]:
        waiting = Waiting(sent, asyncio.get_running_loop().create_future())
        self.queue.append(waiting)
        self.waiting += len(sent)
        self.queued += len(sent)
        self.call_writer()
        return waiting.answer

    def check(self, raw: bytes, kiosk: Kiosk) -> SentSubmission:
        return check_raw(raw, self.catalogue.now, kiosk)

    async def run(self) -> None:
        """Run the writers. The server cancels them after all are acknowledged or the wait is over."""
        try:
            await asyncio.gather(*(self.write() for _ in range(INTAKE_WRITERS)))
        finally:
            for waiting in self.queue:
                waiting.answer.cancel()

    async def write(self) -> None:
        while True:
            while not self.worth_storing.is_set():  # the other writer may have been quicker
                await self.worth_storing.wait()
            await self.store(self.take())

    async def store(self, batch: list[Waiting]) -> None:
        """Store a batch. Its senders get a result and the next batch runs, even after an error."""
        sent = [one for waiting in batch for one in waiting.sent]
        try:
            with self.holding(sent):
                results = iter(await store(self.pool, sent))
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.answer.cancel()
            raise
        except Exception as error:
            _FAILURES.warning(type(error).__name__, f"a batch of submissions was not stored: {error}")
            for waiting in batch:
                waiting.refuse()
        else:
            for waiting in batch:
                waiting.tell(list(islice(results, len(waiting.sent))))
        finally:
            self.waiting -= len(sent)

    def take(self) -> list[Waiting]:
        """Return all that wait, up to a batch."""
        batch: list[Waiting] = []
        size = 0
        while self.queue and size < _INTAKE_BATCH_ROWS:
            batch.append(self.queue.popleft())
            size += len(batch[-1].sent)
        self.queued -= size
        return batch

    @contextmanager
    def holding(self, sent: Sequence[SentSubmission]) -> Iterator[None]:
        """Let the other writer collect more meanwhile, but not while the database does not answer."""

        def let_go() -> None:
            self.in_hand.pop(id(sent), None)
            self.call_writer()

        self.in_hand[id(sent)] = len(sent)
        self.call_writer()
        timer = asyncio.get_running_loop().call_later(_SECOND_WRITER_WAIT_SECONDS, let_go)
        try:
            yield
        finally:
            timer.cancel()
            let_go()

    def call_writer(self) -> None:
        if self.queue and self.queued >= _SECOND_WRITER_SHARE * sum(self.in_hand.values()):
            self.worth_storing.set()
        else:
            self.worth_storing.clear()


def check_raw(raw: bytes, catalogue: Catalogue, kiosk: Kiosk) -> SentSubmission:
    """Check a submission as its terminal sent it."""
    try:
        submission = SUBMISSION_DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return SentSubmission(Refused("invalid", str(error)), _find_id(raw), raw, kiosk.id)
    now = datetime.now(UTC)
    content = check_submission(submission, catalogue, now, kiosk_id=kiosk.id, unit_id=kiosk.unit_id)
    return SentSubmission(content, submission.id, raw, kiosk.id)


def results_as_if_stored(sent: Sequence[SentSubmission]) -> list[SubmissionResult]:
    """Return the results that these submissions would get from a database without responses."""
    rows = [one.content for one in sent if isinstance(one.content, ResponseRow)]
    known = {row.id: row.digest for row in reversed(rows)}  # of two with one id the first counts
    stored = dict(known)
    return [_judge(one, stored, known, set()) for one in sent]


async def store(pool: Pool, sent: Sequence[SentSubmission]) -> list[SubmissionResult | None]:
    """Stores a batch durably and says of each what became of it, in order.

    None: it was not kept, as its terminal was retired and has as much in quarantine as it may.
    """
    async with pool.acquire() as conn, _abandoning(conn):
        stored, failed = await _insert_sparing(
            conn, [one.content for one in sent if isinstance(one.content, ResponseRow)]
        )
        missing = [
            one.content.uuid
            for one in sent
            if one.content.uuid is not None and one.content.uuid not in stored
        ]
        known = {**(await list_digests(conn, missing) if missing else {}), **stored}
        results = [_judge(one, stored, known, failed) for one in sent]
        full = await _find_full(
            conn, [one for one, result in zip(sent, results, strict=True) if result.reason]
        )
        kept = [
            one.quarantined(result.reason, _detail_of(one, result.reason))
            for one, result in zip(sent, results, strict=True)
            if result.reason is not None and one.kiosk_id not in full
        ]
        if kept:
            await insert_quarantined(conn, kept)
    return [
        None if result.reason is not None and one.kiosk_id in full else result
        for one, result in zip(sent, results, strict=True)
    ]


async def _find_full(conn: Connection, refused: Sequence[SentSubmission]) -> set[int]:
    """Return the terminals of these submissions whose quarantine is full."""
    kiosks = {one.kiosk_id for one in refused if one.kiosk_id is not None}
    if not kiosks:
        return set()
    limits = RETIRED_SUBMISSIONS, RETIRED_BYTES, RETIRED_LASTS
    return await list_retired_beyond_limits(conn, kiosks, *limits)


def _may_be_newer(sent: Sequence[SentSubmission]) -> bool:
    return any(isinstance(one.content, Refused) and one.content.reason in CATALOGUE_REASONS for one in sent)


@asynccontextmanager
async def _abandoning(conn: Connection) -> AsyncIterator[None]:
    """Close a connection after an error: its server may have been stopped in the middle of a reply."""
    try:
        yield
    except BaseException:
        conn.terminate()
        raise


_DETAILS = {
    "conflict": "another submission with this id came before",
    "retired": "the terminal was retired before it was sent",
    "database": "the database could not store it",
}


def _detail_of(one: SentSubmission, reason: str) -> str:
    content = one.content
    return content.detail if isinstance(content, Refused) and content.reason == reason else _DETAILS[reason]


def _judge(
    one: SentSubmission, stored: dict[UUID, bytes], known: dict[UUID, bytes], failed: set[UUID]
) -> SubmissionResult:
    """Return the result of one submission. A known id is a replay or a conflict, even if new rules would
    refuse it.

    `stored` loses the ids that are answered: the same row again in the batch is a duplicate.
    """
    content = one.content
    if content.uuid in known:
        if content.digest != known[content.uuid]:
            return SubmissionResult(one.id, "conflict", "conflict")
        status: _Status = "duplicate" if stored.pop(content.uuid, None) is None else "stored"
        missing = content.missing if isinstance(content, ResponseRow) else ()
        return SubmissionResult(one.id, status, missing=missing or msgspec.UNSET)
    if isinstance(content, Refused):
        return SubmissionResult(one.id, "quarantined", content.reason)
    return SubmissionResult(one.id, "quarantined", "database" if content.id in failed else "retired")


async def _insert_sparing(conn: Connection, rows: list[ResponseRow]) -> tuple[dict[UUID, bytes], set[UUID]]:
    """Store all rows that can be stored: if a batch fails for its content, rows are inserted one by one."""
    if not rows:
        return {}, set()
    try:
        return await insert_responses(conn, rows), set()
    except CONTENT_ERRORS:
        if len(rows) == 1:
            return {}, {rows[0].id}
    stored: dict[UUID, bytes] = {}
    failed: set[UUID] = set()
    for row in rows:
        one_stored, one_failed = await _insert_sparing(conn, [row])
        stored |= one_stored
        failed |= one_failed
    return stored, failed


def _find_id(raw: bytes) -> str | None:
    """Return the id of an unreadable submission, if it has one, so that its sender can match the result."""
    match read_loosely(raw):
        case {"id": str(name)}:
            return printable(name)
    return None


def _find_sequence(raw: bytes) -> int | None:
    """Return the sequence number from the terminal, so that none seems lost."""
    match read_loosely(raw):
        case {"sequence": int(number)} if 0 <= number < 2**31:
            return number
    return None
