"""The fleet of terminals: the state and the problems of each."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

import msgspec

from sipas.postgres.pool import Pool
from sipas.queries.kiosks import Heartbeat, ListedKiosk, Storage, list_kiosks
from sipas.survey.catalogue import Catalogue, LiveCatalogue, local_day
from sipas.survey.segments.sealing import seal_waiting_responses
from sipas.vietnamese import sort_key

_KIOSK_SILENT_AFTER = timedelta(minutes=15)  # a terminal sends a heartbeat once a minute
_ANSWER_BEHIND_AFTER = timedelta(hours=1)  # age of an unsent answer on a terminal that sends heartbeats
_CLOCK_ERROR_MAX = timedelta(minutes=5)
_STORAGE_FULL_SHARE = 0.9  # of the storage that the browser grants
_RETIRED_LOST_AFTER = timedelta(
    days=30
)  # since the last heartbeat of a retired terminal: its unsent answers are lost

_State = Literal["code", "in use", "retired"]
KioskProblem = Literal[
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
KIOSK_PROBLEMS: tuple[KioskProblem, ...] = get_args(KioskProblem)  # the most urgent first


class Terminal(msgspec.Struct, frozen=True):
    """missing: sequence numbers without a submission. lost: those of them that do not wait on the terminal
    either.

    held: answers that arrived after it was retired. refused: answers of this week that could not be accepted,
    with the reasons. storage: the used share. clock: seconds ahead. files_missing: of the app on its disk;
    files_restored: fetched again since the page was loaded.
    """

    kiosk: int
    unit: str
    unit_name: str
    state: _State
    problems: list[KioskProblem]
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
    """List the terminals in the order of their units. Waiting answers are counted first, so that none
    seems missing.
    """
    await seal_waiting_responses(pool, catalogue)
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
        state=_state_of(kiosk),
        problems=_problems(kiosk, beat, catalogue, now),
        heard_at=kiosk.heard_at,
        queue=beat.queue if kiosk.heartbeat else None,
        oldest_unsent=beat.oldest_unsent,
        sequence=beat.sequence,
        missing=[str(first) if first == last else f"{first}–{last}" for first, last in kiosk.missing],
        lost=_lost(kiosk, beat),
        held=kiosk.held,
        refused=kiosk.refused,
        reasons=kiosk.reasons,
        storage=_used(beat.storage),
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


def _state_of(kiosk: ListedKiosk) -> _State:
    if kiosk.retired_at is not None:
        return "retired"
    return "code" if kiosk.enrolled_at is None else "in use"


def _problems(kiosk: ListedKiosk, beat: Heartbeat, catalogue: Catalogue, now: datetime) -> list[KioskProblem]:
    match _state_of(kiosk):
        case "code":
            found = _of_code(kiosk, now)
        case "in use":
            found = _of_use(kiosk, beat, catalogue, now)
        case "retired":
            found = _of_retired(kiosk, beat, now)
    return sorted(found, key=KIOSK_PROBLEMS.index)


def _of_code(kiosk: ListedKiosk, now: datetime) -> Iterator[KioskProblem]:
    if kiosk.code_expires_at is None or kiosk.code_expires_at <= now:
        yield "expired"


def _of_use(
    kiosk: ListedKiosk, beat: Heartbeat, catalogue: Catalogue, now: datetime
) -> Iterator[KioskProblem]:
    if beat.problem == "storage" or (_used(beat.storage) or 0) >= _STORAGE_FULL_SHARE:
        yield "full"
    if kiosk.refused:
        yield "refused"
    if now - (kiosk.heard_at or kiosk.enrolled_at or now) > _KIOSK_SILENT_AFTER:
        yield "silent"
    elif beat.queue and beat.oldest_unsent and now - beat.oldest_unsent > _ANSWER_BEHIND_AFTER:
        yield "behind"
    unit = catalogue.unit_at(kiosk.unit, local_day(now))
    if unit is None or unit.id != kiosk.unit_id:
        yield "unit"
    if abs(beat.clock or 0) > _CLOCK_ERROR_MAX.total_seconds():
        yield "clock"
    if beat.problem not in (None, "storage"):
        yield "fault"
    if beat.files.missing or beat.files.restored:
        yield "files"
    if _lost(kiosk, beat):
        yield "gaps"


def _of_retired(kiosk: ListedKiosk, beat: Heartbeat, now: datetime) -> Iterator[KioskProblem]:
    if kiosk.held:
        yield "held"
    if beat.queue and kiosk.heard_at and now - kiosk.heard_at < _RETIRED_LOST_AFTER:
        yield "left"


def _lost(kiosk: ListedKiosk, beat: Heartbeat) -> int:
    """Return the number of lost submissions: at least that many, since waiting ones may explain the
    others.
    """
    if beat.queue is None:
        return 0
    return max(0, sum(last - first + 1 for first, last in kiosk.missing) - beat.queue)


def _used(storage: Storage) -> float | None:
    if storage.usage is None or not storage.quota:
        return None
    return storage.usage / storage.quota
