"""Intake by group commit: submissions queue, one writer stores all that waits with one INSERT, and
nobody is answered before the commit."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from sipas.errors import Overloaded
from sipas.postgres.pool import Connection, Pool
from sipas.queries.kiosks import Kiosk
from sipas.queries.responses import Quarantined, Row, insert_quarantined, insert_responses, list_digests
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.submission import Refused, Submission, check

LOG = logging.getLogger(__name__)
BATCH = 2_000  # submissions in one INSERT
WAITING = 20_000  # submissions that may wait before more are turned away

Status = Literal["stored", "duplicate", "conflict", "quarantined"]
DECODER = msgspec.json.Decoder(Submission)
# What may merely be newer than the catalogue in memory.
PERHAPS_NEWER = {"instrument", "form", "round", "unit", "procedure"}


class Result(msgspec.Struct, frozen=True):
    id: str | None
    status: Status
    reason: str | None = None


class Sent(msgspec.Struct, frozen=True):
    """One submission on its way: its row or why it is refused, beside its bytes as they came."""

    content: Row | Refused
    raw: bytes
    kiosk_id: int | None

    def quarantined(self, reason: str, detail: str) -> Quarantined:
        name = None if self.content.id is None else str(self.content.id)
        return Quarantined(name, reason, detail, self.kiosk_id, self.raw)


class Waiting(msgspec.Struct, frozen=True):
    sent: list[Sent]
    answer: asyncio.Future[list[Result]]

    def tell(self, results: list[Result]) -> None:
        if not self.answer.done():  # it is where the sender hung up
            self.answer.set_result(results)

    def refuse(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(Overloaded("the database does not store answers at the moment"))


class Intake:
    def __init__(self, pool: Pool, catalogue: LiveCatalogue) -> None:
        self.pool, self.catalogue = pool, catalogue
        self.queue: deque[Waiting] = deque()
        self.waiting = 0
        self.arrived = asyncio.Event()

    async def submit(self, raws: Sequence[bytes], kiosk: Kiosk) -> list[Result]:
        """Results in the order sent, once all are durable. Overloaded: nothing was taken."""
        if self.waiting + len(raws) > WAITING:
            raise Overloaded("more submissions are waiting than may wait")
        sent = [await self.read(raw, kiosk) for raw in raws]
        waiting = Waiting(sent, asyncio.get_running_loop().create_future())
        self.queue.append(waiting)
        self.waiting += len(sent)
        self.arrived.set()
        return await waiting.answer

    async def read(self, raw: bytes, kiosk: Kiosk) -> Sent:
        try:
            submission = DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return Sent(Refused("invalid", str(error), find_id(raw)), raw, kiosk.id)
        content = self.check(submission, kiosk)
        if isinstance(content, Refused) and content.reason in PERHAPS_NEWER:
            await self.catalogue.refresh()
            content = self.check(submission, kiosk)
        return Sent(content, raw, kiosk.id)

    def check(self, submission: Submission, kiosk: Kiosk) -> Row | Refused:
        return check(
            submission, self.catalogue.now, datetime.now(UTC), kiosk_id=kiosk.id, unit_id=kiosk.unit_id
        )

    async def run(self) -> None:
        """The writer. It ends when its task is cancelled, between two batches."""
        while True:
            await self.arrived.wait()
            batch = self.take()
            try:
                results = await store(self.pool, [sent for waiting in batch for sent in waiting.sent])
            except Exception as error:  # whatever it is, the senders must hear and the next batch must run
                LOG.warning("a batch of submissions was not stored: %s", error)
                for waiting in batch:
                    waiting.refuse()
                continue
            for waiting in batch:
                mine, results = results[: len(waiting.sent)], results[len(waiting.sent) :]
                waiting.tell(mine)

    def take(self) -> list[Waiting]:
        """All that waits, up to a batch."""
        batch: list[Waiting] = []
        size = 0
        while self.queue and size < BATCH:
            batch.append(self.queue.popleft())
            size += len(batch[-1].sent)
        self.waiting -= size
        if not self.queue:
            self.arrived.clear()
        return batch


async def store(pool: Pool, sent: Sequence[Sent]) -> list[Result]:
    """Stores a batch durably and says of each what became of it, in order."""
    async with pool.acquire() as conn:
        rows = [one.content for one in sent if isinstance(one.content, Row)]
        stored, failed = await insert_sparing(conn, rows)
        missing = [row.id for row in rows if row.id not in stored]
        known = {**(await list_digests(conn, missing) if missing else {}), **stored}
        results, kept = [], []
        for one in sent:
            result = judge(one.content, stored, known, failed)
            results.append(result)
            if result.reason is not None:
                detail = one.content.detail if isinstance(one.content, Refused) else DETAILS[result.reason]
                kept.append(one.quarantined(result.reason, detail))
        if kept:
            await insert_quarantined(conn, kept)
    return results


DETAILS = {
    "conflict": "another submission with this id came before",
    "retired": "the terminal was retired before it was sent",
    "database": "the database could not store it",
}


def judge(
    content: Row | Refused, stored: dict[UUID, bytes], known: dict[UUID, bytes], failed: set[UUID]
) -> Result:
    """`stored` loses the id that is answered so: the same row again in the batch is a duplicate."""
    if isinstance(content, Refused):
        return Result(content.id, "quarantined", content.reason)
    name = str(content.id)
    if content.id not in known:
        return Result(name, "quarantined", "database" if content.id in failed else "retired")
    if content.digest != known[content.id]:
        return Result(name, "conflict", "conflict")
    if stored.pop(content.id, None) is not None:
        return Result(name, "stored")
    return Result(name, "duplicate")


# What a row itself can be the cause of, and its neighbours not.
CONTENT_ERRORS = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)


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
    try:
        match msgspec.json.decode(raw):
            case {"id": str(name)}:
                return name[:200].replace("\0", "")
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    return None
