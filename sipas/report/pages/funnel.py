"""From finished transactions to answers: how many came how far, and the response rates that follow."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Literal

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.funnel import FunnelCount, ReasonCount, count_failures, count_funnel
from sipas.queries.links import LinkCount, count_links
from sipas.vietnamese import sort_key

FunnelColumn = Literal["unit", "day"]
_FunnelKey = tuple[str, str | None, date | None]


class FunnelRow(msgspec.Struct, frozen=True):
    """Counts of people by step. not_asked: drawn, but without a phone, asked lately or opted out.

    invited: by message, or by a link that was made to be given out otherwise; created: the latter among them.
    delivery_rate: delivered / sent, where any receipts came.
    response_rate: completed / (delivered + created), with sent for delivered where none came.
    completion_rate: completed / opened.
    None where there is nothing to divide by, or less than is divided. By day there are none: a day's answers
    are to earlier messages.
    """

    round: str
    unit: str | None
    day: date | None
    finished: int
    drawn: int
    not_asked: int
    invited: int
    created: int
    sent: int
    reminded: int
    delivered: int
    failed: int
    opened: int
    started: int
    completed: int
    refused: int
    delivery_rate: float | None
    response_rate: float | None
    completion_rate: float | None


class RoundFunnel(msgspec.Struct, frozen=True):
    """Counts of all links of a round, and of those sent."""

    row: FunnelRow
    links: LinkCount | None


async def build_funnel(
    conn: Connection, round_code: str | None, by: Collection[FunnelColumn] = ()
) -> list[FunnelRow]:
    """Rounds, units as in a Vietnamese dictionary by their codes, days from the first to the last."""
    counts = await count_funnel(conn, round_code, by_unit="unit" in by, by_day="day" in by)
    rows = _tabulated(counts)
    return sorted(rows, key=lambda row: (row.round, sort_key(row.unit or ""), row.day or date.min))


async def build_rounds(conn: Connection, round_code: str | None) -> list[RoundFunnel]:
    """A row for each round that has links or messages."""
    links = {one.round: one for one in await count_links(conn) if round_code in (None, one.round)}
    rows = {row.round: row for row in await build_funnel(conn, round_code)}
    codes = sorted(links.keys() | rows.keys())
    return [
        RoundFunnel(rows.get(code) or _of_steps((code, None, None), {}), links.get(code)) for code in codes
    ]


async def build_failures(conn: Connection, round_code: str | None) -> list[ReasonCount]:
    return await count_failures(conn, round_code, ["failed"])


async def build_not_asked(conn: Connection, round_code: str | None) -> list[ReasonCount]:
    return await count_failures(conn, round_code, ["not_asked"])


def _tabulated(counts: Iterable[FunnelCount]) -> list[FunnelRow]:
    steps: defaultdict[_FunnelKey, dict[str, int]] = defaultdict(dict)
    for one in counts:
        steps[one.round, one.unit, one.day][one.step] = one.n
    return [_of_steps(key, taken) for key, taken in steps.items()]


def _of_steps(key: _FunnelKey, taken: dict[str, int]) -> FunnelRow:
    """Every finished transaction is drawn or not."""

    def n(step: str) -> int:
        return taken.get(step, 0)

    reached = (n("delivered") or n("sent")) + n("created")
    is_by_day = key[2] is not None
    return FunnelRow(
        *key,
        finished=n("drawn") + n("not_drawn"),
        drawn=n("drawn"),
        not_asked=n("not_asked"),
        invited=n("invited") + n("created"),
        created=n("created"),
        sent=n("sent"),
        reminded=n("reminded"),
        delivered=n("delivered"),
        failed=n("failed"),
        opened=n("opened"),
        started=n("started"),
        completed=n("completed"),
        refused=n("refused"),
        delivery_rate=None if is_by_day or not n("delivered") else share_or_none(n("delivered"), n("sent")),
        response_rate=None if is_by_day else share_or_none(n("completed"), reached),
        completion_rate=None if is_by_day else share_or_none(n("completed"), n("opened")),
    )


def share_or_none(part: int, whole: int) -> float | None:
    """Return part / whole, or None if the whole is 0 or less than the part."""
    return part / whole if whole > 0 and part <= whole else None
