"""What became of all that was sent."""

from dataclasses import dataclass

import msgspec

from sipas.postgres.pool import connect
from tests.faults.ledger import Ledger
from tests.faults.service import Service
from tests.waiting import until


@dataclass(frozen=True)
class Verdict:
    """stored: ids that terminals sent. checked and complaints: what `sipas check` said."""

    stored: set[str]
    quarantined: int
    link_answers: int
    links_used: int
    checked: list[dict[str, object]]
    complaints: str

    def demand_all_well(self, ledger: Ledger) -> None:
        assert self.stored >= ledger.acknowledged, "acknowledged, and not stored"
        assert self.stored <= ledger.sent, "stored, and never sent"
        assert self.quarantined == 0
        assert ledger.told.keys() <= {"stored", "duplicate"}
        assert self.link_answers == self.links_used
        assert len(ledger.links_acknowledged) <= self.links_used <= len(ledger.links_sent)
        number = len(self.stored) + self.link_answers
        assert self.complaints == ""
        assert self.checked == [
            {"round": "autumn", "responses": number, "waiting": 0, "counted": number, "different": 0}
        ]

    def summary(self, ledger: Ledger) -> str:
        unheard = ledger.sent - ledger.acknowledged
        return (
            f"{len(ledger.acknowledged)} acknowledged, {len(ledger.acknowledged - self.stored)} lost; "
            f"{ledger.told['duplicate']} heard of late, as duplicates; "
            f"{len(unheard)} never acknowledged, {len(unheard & self.stored)} of them stored; "
            f"{self.link_answers} answers of {self.links_used} used links; "
            f"{[one['different'] for one in self.checked]} different"
        )


async def judge(service: Service) -> Verdict:
    """Once the service has counted all that it stored, and all that was mixed from links."""
    conn = await connect(service.dsn)
    try:
        mixed = service.sipas("link", "mix", "--all")
        assert mixed.returncode == 0, mixed.stderr

        async def counted() -> bool:
            return not await conn.fetchval("select exists (select from uncounted)")

        await until(counted, "all is counted", say=service.last_words)
        rows = await conn.fetch("select id::text as id from response where channel = 'kiosk'")
        stored = {row["id"] for row in rows}
        assert len(stored) == len(rows)
        check = service.sipas("check")
        return Verdict(
            stored=stored,
            quarantined=await conn.fetchval("select count(*) from quarantine"),
            link_answers=await conn.fetchval("select count(*) from response where channel = 'sms'"),
            links_used=await conn.fetchval("select count(*) from link where used"),
            checked=msgspec.json.decode(check.stdout or "[]"),
            complaints=check.stderr,
        )
    finally:
        await conn.close()
