"""The terminals as they are: in use or not, and what is wrong with each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

import msgspec

from sipas.postgres.pool import Pool
from sipas.queries.kiosks import Heartbeat, ListedKiosk, Storage, list_kiosks
from sipas.survey.catalogue import Catalogue, LiveCatalogue, local_day
from sipas.survey.intake.counting import count_waiting
from sipas.vietnamese import sort_key

SILENT = timedelta(minutes=15)  # heard of once a minute, while it is on and has a network
BEHIND = timedelta(hours=1)  # how long an answer may wait on a terminal that is heard of
CLOCK = timedelta(minutes=5)
FULL = 0.9  # of what the browser lets it store
GIVEN_UP = timedelta(days=30)  # since a retired terminal was heard of: what waited on it will not come

State = Literal["code", "in use", "retired"]
Problem = Literal[
    "full",
    "refused",
    "silent",
    "behind",
    "unit",
    "clock",
    "fault",
    "files",
    "gaps",
    "held",
    "left",
    "expired",
]
PROBLEMS: tuple[Problem, ...] = get_args(Problem)  # in the order in which they need somebody


class Terminal(msgspec.Struct, frozen=True):
    """missing: numbers it gave out that are nowhere; lost: how many of those do not wait on it either.

    held: answers that came after it was retired. refused: answers of this week that could not be accepted,
    for the reasons named. storage: the share of its space in use. clock: the seconds by which it is ahead.
    files_missing: of its app, on its disk; files_restored: fetched again since its page was loaded.
    """

    kiosk: int
    unit: str
    unit_name: str
    state: State
    problems: list[Problem]
    heard_at: datetime | None = None
    queue: int | None = None
    oldest_unsent: datetime | None = None
    sequence: int | None = None
    missing: list[str] = []
    lost: int = 0
    held: int = 0
    refused: int = 0
    reasons: list[str] = []
    storage: float | None = None
    persisted: bool | None = None
    clock: float | None = None
    problem: str | None = None
    files_missing: int = 0
    files_restored: int = 0
    app_version: str | None = None
    code_expires_at: datetime | None = None
    enrolled_at: datetime | None = None
    retired_at: datetime | None = None
    replaces: int | None = None


async def list_terminals(pool: Pool, catalogue: LiveCatalogue, now: datetime | None = None) -> list[Terminal]:
    """In the order of their units. What came is counted first, so that it is not taken for missing."""
    await count_waiting(pool, catalogue)
    async with pool.acquire() as conn:
        listed = await list_kiosks(conn)
    terminals = [terminal(kiosk, catalogue.now, now or datetime.now(UTC)) for kiosk in listed]
    return sorted(terminals, key=lambda one: (sort_key(one.unit_name), one.kiosk))


def terminal(kiosk: ListedKiosk, catalogue: Catalogue, now: datetime) -> Terminal:
    beat = kiosk.heartbeat or Heartbeat(queue=0)
    return Terminal(
        kiosk=kiosk.kiosk,
        unit=kiosk.unit,
        unit_name=kiosk.unit_name,
        state=state_of(kiosk),
        problems=problems(kiosk, beat, catalogue, now),
        heard_at=kiosk.heard_at,
        queue=beat.queue if kiosk.heartbeat else None,
        oldest_unsent=beat.oldest_unsent,
        sequence=beat.sequence,
        missing=[str(first) if first == last else f"{first}–{last}" for first, last in kiosk.missing],
        lost=lost(kiosk, beat),
        held=kiosk.held,
        refused=kiosk.refused,
        reasons=kiosk.reasons,
        storage=used(beat.storage),
        persisted=beat.storage.persisted,
        clock=beat.clock,
        problem=beat.problem,
        files_missing=beat.files.missing,
        files_restored=beat.files.restored,
        app_version=beat.app_version,
        code_expires_at=kiosk.code_expires_at,
        enrolled_at=kiosk.enrolled_at,
        retired_at=kiosk.retired_at,
        replaces=kiosk.replaces,
    )


def state_of(kiosk: ListedKiosk) -> State:
    if kiosk.retired_at is not None:
        return "retired"
    return "code" if kiosk.enrolled_at is None else "in use"


def problems(kiosk: ListedKiosk, beat: Heartbeat, catalogue: Catalogue, now: datetime) -> list[Problem]:
    match state_of(kiosk):
        case "code":
            found = of_code(kiosk, now)
        case "in use":
            found = of_use(kiosk, beat, catalogue, now)
        case "retired":
            found = of_retired(kiosk, beat, now)
    return sorted(found, key=PROBLEMS.index)


def of_code(kiosk: ListedKiosk, now: datetime) -> Iterator[Problem]:
    if kiosk.code_expires_at is None or kiosk.code_expires_at <= now:
        yield "expired"


def of_use(kiosk: ListedKiosk, beat: Heartbeat, catalogue: Catalogue, now: datetime) -> Iterator[Problem]:
    if beat.problem == "storage" or (used(beat.storage) or 0) >= FULL:
        yield "full"
    if kiosk.refused:
        yield "refused"
    if now - (kiosk.heard_at or kiosk.enrolled_at or now) > SILENT:
        yield "silent"
    elif beat.queue and beat.oldest_unsent and now - beat.oldest_unsent > BEHIND:
        yield "behind"
    unit = catalogue.unit_at(kiosk.unit, local_day(now))
    if unit is None or unit.id != kiosk.unit_id:
        yield "unit"
    if abs(beat.clock or 0) > CLOCK.total_seconds():
        yield "clock"
    if beat.problem not in (None, "storage"):
        yield "fault"
    if beat.files.missing or beat.files.restored:
        yield "files"
    if lost(kiosk, beat):
        yield "gaps"


def of_retired(kiosk: ListedKiosk, beat: Heartbeat, now: datetime) -> Iterator[Problem]:
    if kiosk.held:
        yield "held"
    if beat.queue and kiosk.heard_at and now - kiosk.heard_at < GIVEN_UP:
        yield "left"


def lost(kiosk: ListedKiosk, beat: Heartbeat) -> int:
    """What its queue may account for is not lost; that is the least, never more than the truth."""
    if beat.queue is None:
        return 0
    return max(0, sum(last - first + 1 for first, last in kiosk.missing) - beat.queue)


def used(storage: Storage) -> float | None:
    if storage.usage is None or not storage.quota:
        return None
    return storage.usage / storage.quota
