"""Events as a one-stop system tells them, and what they leave behind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from sipas.postgres.pool import Connection
from sipas.queries.invitations import Invitation, StratumRate, replace_invitation
from sipas.survey.invitations.event_recorder import EventRecorder, EventResult
from sipas.survey.invitations.events import read_event
from tests.cast import BIRTH, HOAN_KIEM
from tests.serving import settings_for

SETTINGS = settings_for("unused")
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
PHONE = "0912345678"


def event(transaction_id: str = "H26-1", **changes: Any) -> dict[str, Any]:
    """A birth registered at the counter of Hoàn Kiếm yesterday."""
    return {
        "transaction_id": transaction_id,
        "unit": HOAN_KIEM,
        "procedure": BIRTH,
        "service_channel": "counter",
        "completed_at": YESTERDAY.isoformat(),
        "on_time": True,
        "phone": PHONE,
        "language": "vi",
        **changes,
    }


async def tell(conn: Connection, *events: dict[str, Any], source: str = "one-stop") -> list[EventResult]:
    """One batch."""
    sent = [read_event(msgspec.json.encode(one)) for one in events]
    return await EventRecorder(SETTINGS).enter(conn, sent, source)


async def statuses(conn: Connection, *events: dict[str, Any]) -> list[str]:
    return [result.status for result in await tell(conn, *events)]


async def counts(conn: Connection) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """By unit, procedure and service channel: transactions, on time, late; those that are not all 0."""
    rows = await conn.fetch(
        """select unit.code, procedure.code, service_channel, transactions, on_time, late
            from transaction_count
            join unit on unit.id = unit_id join procedure on procedure.id = procedure_id
            where transactions <> 0 or on_time <> 0 or late <> 0"""
    )
    return {tuple(row)[:3]: tuple(row)[3:] for row in rows}


async def funnel(conn: Connection) -> dict[str, int]:
    """By step, with its reason behind a colon."""
    rows = await conn.fetch(
        """select step || coalesce(':' || reason, '') as step, sum(n)::int as n from funnel
            group by 1 having sum(n) <> 0"""
    )
    return {row["step"]: row["n"] for row in rows}


async def invite(conn: Connection, rate: float, *strata: StratumRate, **changes: Any) -> Invitation:
    """The round asks that share, three hours after each transaction."""
    settled = Invitation(
        round_id=await conn.fetchval("select id from round"),
        seed=7,
        rate=rate,
        delay=timedelta(hours=3),
        again_after=timedelta(days=90),
        lasts=timedelta(days=14),
        remind_after=None,
    )
    settled = msgspec.structs.replace(settled, **changes)
    await replace_invitation(conn, settled, strata)
    return settled
