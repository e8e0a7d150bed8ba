"""Intake by group commit: submissions queue, a writer stores all that waits with one INSERT, and
nobody is answered before the commit."""

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
    Row,
    insert_quarantined,
    insert_responses,
    list_digests,
    list_retired_beyond_limits,
)
from sipas.repeated_log import RepeatedLog
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.intake.raw_submissions import read_loosely
from sipas.survey.intake.submission import CATALOGUE_REASONS, Refused, Submission, check, printable

FAILURES = RepeatedLog(logging.getLogger(__name__))
BATCH = 2_000  # submissions in one INSERT
WRITERS = 2  # while the database stores for one, the other gets its batch together
WORTH = 0.5  # of what one stores must wait before the other begins: few would take as long as many
HOLDING = 0.05  # seconds that it waits for so many
WAITING = 20_000  # submissions that may wait before more are turned away

# What a terminal may have in quarantine once it was retired: a year's answers that waited on it, and no more.
RETIRED_SUBMISSIONS = 20_000
RETIRED_BYTES = 20 * 1024 * 1024
RETIRED_LASTS = timedelta(days=366)
FULL = (
    "this terminal was retired, and as much as it may send after that is in quarantine; keep what is left,"
    " count what came by `sipas kiosk release`, and send the rest then"
)

Status = Literal["stored", "duplicate", "conflict", "quarantined"]
DECODER = msgspec.json.Decoder(Submission)


class QuarantineFull(SipasError):
    """Some of what was sent was not kept; its sender must keep it."""


class Result(msgspec.Struct, frozen=True):
    id: UUID | str | None
    status: Status
    reason: str | None = None


class Sent(msgspec.Struct, frozen=True):
    """One submission on its way: its row or why it is refused, beside its id and its bytes as they came."""

    content: Row | Refused
    id: UUID | str | None
    raw: bytes
    kiosk_id: int | None

    def quarantined(self, reason: str, detail: str) -> Quarantined:
        name = str(self.id) if isinstance(self.id, UUID) else self.id
        number = find_sequence(self.raw)
        return Quarantined(name, reason, printable(detail), self.kiosk_id, number, self.raw)


class Waiting(msgspec.Struct, frozen=True):
    sent: list[Sent]
    answer: asyncio.Future[list[Result]]

    def tell(self, results: list[Result | None]) -> None:
        if self.answer.done():  # it is where the sender hung up
            return
        known = [result for result in results if result is not None]
        if len(known) < len(results):
            self.answer.set_exception(QuarantineFull(FULL))
        else:
            self.answer.set_result(known)

    def refuse(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(Overloaded("the database does not store answers at the moment"))


class Intake:
    def __init__(self, pool: Pool, catalogue: LiveCatalogue) -> None:
        self.pool, self.catalogue = pool, catalogue
        self.queue: deque[Waiting] = deque()
        self.waiting = 0  # submissions that are not answered
        self.queued = 0  # those of them that no writer has taken
        self.in_hand: dict[int, int] = {}  # how many of them each batch holds that is being stored
        self.worth_storing = asyncio.Event()

    async def submit(self, raws: Sequence[bytes], kiosk: Kiosk) -> list[Result]:
        """Results in the order sent, once all are durable. Overloaded: nothing was taken.

        Each is checked; once more where what it names may merely be newer than the catalogue in memory.
        """
        if self.is_full(len(raws)):
            raise Overloaded("more submissions are waiting than may wait")
        sent = [self.check(raw, kiosk) for raw in raws]
        if may_be_newer(sent):
            self.waiting += len(raws)
            try:
                await self.catalogue.refresh()
            finally:
                self.waiting -= len(raws)
            sent = [self.check(raw, kiosk) for raw in raws]
        return await self.enqueue(sent)

    def is_full(self, more: int) -> bool:
        return self.waiting + more > WAITING

    def enqueue(self, sent: list[Sent]) -> asyncio.Future[list[Result]]:
        waiting = Waiting(sent, asyncio.get_running_loop().create_future())
        self.queue.append(waiting)
        self.waiting += len(sent)
        self.queued += len(sent)
        self.call_writer()
        return waiting.answer

    def check(self, raw: bytes, kiosk: Kiosk) -> Sent:
        try:
            submission = DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Sent(Refused("invalid", str(error)), find_id(raw), raw, kiosk.id)
        now, catalogue = datetime.now(UTC), self.catalogue.now
        content = check(submission, catalogue, now, kiosk_id=kiosk.id, unit_id=kiosk.unit_id)
        return Sent(content, submission.id, raw, kiosk.id)

    async def run(self) -> None:
        """The writers. The server cancels them when all have been answered, or have waited long enough."""
        try:
            await asyncio.gather(*(self.write() for _ in range(WRITERS)))
        finally:
            for waiting in self.queue:
                waiting.answer.cancel()

    async def write(self) -> None:
        while True:
            while not self.worth_storing.is_set():  # it may have been, and the other writer was quicker
                await self.worth_storing.wait()
            await self.store(self.take())

    async def store(self, batch: list[Waiting]) -> None:
        """Whatever happens, the senders hear of it and the next batch runs."""
        sent = [one for waiting in batch for one in waiting.sent]
        try:
            with self.holding(sent):
                results = iter(await store(self.pool, sent))
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.answer.cancel()
            raise
        except Exception as error:
            FAILURES.warning(type(error).__name__, f"a batch of submissions was not stored: {error}")
            for waiting in batch:
                waiting.refuse()
        else:
            for waiting in batch:
                waiting.tell(list(islice(results, len(waiting.sent))))
        finally:
            self.waiting -= len(sent)

    def take(self) -> list[Waiting]:
        """All that waits, up to a batch."""
        batch: list[Waiting] = []
        size = 0
        while self.queue and size < BATCH:
            batch.append(self.queue.popleft())
            size += len(batch[-1].sent)
        self.queued -= size
        return batch

    @contextmanager
    def holding(self, sent: Sequence[Sent]) -> Iterator[None]:
        """The other writer waits for more meanwhile, but not for a database that does not answer."""

        def let_go() -> None:
            self.in_hand.pop(id(sent), None)
            self.call_writer()

        self.in_hand[id(sent)] = len(sent)
        self.call_writer()
        timer = asyncio.get_running_loop().call_later(HOLDING, let_go)
        try:
            yield
        finally:
            timer.cancel()
            let_go()

    def call_writer(self) -> None:
        if self.queue and self.queued >= WORTH * sum(self.in_hand.values()):
            self.worth_storing.set()
        else:
            self.worth_storing.clear()


async def store(pool: Pool, sent: Sequence[Sent]) -> list[Result | None]:
    """Stores a batch durably and says of each what became of it, in order.

    None: it was not kept, as its terminal was retired and has as much in quarantine as it may.
    """
    async with pool.acquire() as conn, abandoning(conn):
        stored, failed = await insert_sparing(
            conn, [one.content for one in sent if isinstance(one.content, Row)]
        )
        missing = [
            one.content.uuid
            for one in sent
            if one.content.uuid is not None and one.content.uuid not in stored
        ]
        known = {**(await list_digests(conn, missing) if missing else {}), **stored}
        results = [judge(one, stored, known, failed) for one in sent]
        full = await find_full(
            conn, [one for one, result in zip(sent, results, strict=True) if result.reason]
        )
        kept = [
            one.quarantined(result.reason, detail_of(one, result.reason))
            for one, result in zip(sent, results, strict=True)
            if result.reason is not None and one.kiosk_id not in full
        ]
        if kept:
            await insert_quarantined(conn, kept)
    return [
        None if result.reason is not None and one.kiosk_id in full else result
        for one, result in zip(sent, results, strict=True)
    ]


async def find_full(conn: Connection, refused: Sequence[Sent]) -> set[int]:
    """Terminals of these submissions whose quarantine is full."""
    kiosks = {one.kiosk_id for one in refused if one.kiosk_id is not None}
    if not kiosks:
        return set()
    limits = RETIRED_SUBMISSIONS, RETIRED_BYTES, RETIRED_LASTS
    return await list_retired_beyond_limits(conn, kiosks, *limits)


def may_be_newer(sent: Sequence[Sent]) -> bool:
    return any(isinstance(one.content, Refused) and one.content.reason in CATALOGUE_REASONS for one in sent)


@asynccontextmanager
async def abandoning(conn: Connection) -> AsyncIterator[None]:
    """A connection that failed is given up: its server may have been killed in the middle of an answer."""
    try:
        yield
    except BaseException:
        conn.terminate()
        raise


DETAILS = {
    "conflict": "another submission with this id came before",
    "retired": "the terminal was retired before it was sent",
    "database": "the database could not store it",
}


def detail_of(one: Sent, reason: str) -> str:
    content = one.content
    return content.detail if isinstance(content, Refused) and content.reason == reason else DETAILS[reason]


def judge(one: Sent, stored: dict[UUID, bytes], known: dict[UUID, bytes], failed: set[UUID]) -> Result:
    """What is known by its id is a replay or a conflict, whatever would be said of it if it were new.

    `stored` loses the id that is answered so: the same row again in the batch is a duplicate.
    """
    content = one.content
    if content.uuid in known:
        if content.digest != known[content.uuid]:
            return Result(one.id, "conflict", "conflict")
        return Result(one.id, "duplicate" if stored.pop(content.uuid, None) is None else "stored")
    if isinstance(content, Refused):
        return Result(one.id, "quarantined", content.reason)
    return Result(one.id, "quarantined", "database" if content.id in failed else "retired")


async def insert_sparing(conn: Connection, rows: list[Row]) -> tuple[dict[UUID, bytes], set[UUID]]:
    """Stores what can be stored: where a batch fails for its content, its rows go one by one."""
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
        one_stored, one_failed = await insert_sparing(conn, [row])
        stored |= one_stored
        failed |= one_failed
    return stored, failed


def find_id(raw: bytes) -> str | None:
    """The id of a submission that is none, where it has one, for its sender to know it by."""
    match read_loosely(raw):
        case {"id": str(name)}:
            return printable(name)
    return None


def find_sequence(raw: bytes) -> int | None:
    """The number that its terminal gave it, so that what is quarantined is not missed."""
    match read_loosely(raw):
        case {"sequence": int(number)} if 0 <= number < 2**31:
            return number
    return None
