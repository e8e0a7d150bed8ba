"""Events into transactions and counts, however often and in whatever order they come."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest

from sipas.postgres.pool import Connection
from sipas.queries.transactions import count_miscounts, list_problems
from sipas.survey.invitations.event_recorder import EventRecorder
from sipas.survey.invitations.events import read_event
from sipas.survey.invitations.retry import recount_all, retry_problems
from tests.cast import BA_DINH, BIRTH, HOAN_KIEM, MARRIAGE, Town
from tests.survey.invitations.told import (
    PHONE,
    SETTINGS,
    YESTERDAY,
    counts,
    event,
    funnel,
    invite,
    statuses,
    tell,
)

pytestmark = pytest.mark.usefixtures("town")
COUNTER = (HOAN_KIEM, BIRTH, "counter")


async def test_a_transaction_is_counted_once_however_often_it_is_told(conn: Connection) -> None:
    assert await statuses(conn, event(), event()) == ["stored", "duplicate"]
    assert await statuses(conn, event()) == ["duplicate"]
    assert await counts(conn) == {COUNTER: (1, 1, 0)}


async def test_a_correction_moves_the_count(conn: Connection) -> None:
    await tell(conn, event())
    assert await statuses(conn, event(unit=BA_DINH, on_time=False)) == ["corrected"]
    assert await counts(conn) == {(BA_DINH, BIRTH, "counter"): (1, 0, 1)}


async def test_a_key_touches_the_transactions_of_its_own_source_only(conn: Connection) -> None:
    await tell(conn, event())
    foreign = await tell(conn, event(cancelled=True), event("2"), event(unit=BA_DINH), source="another")
    assert [(one.status, one.reason) for one in foreign] == [
        *(("problem", "source"), ("stored", None), ("problem", "source"))
    ]
    assert await counts(conn) == {COUNTER: (2, 2, 0)}
    assert await count_miscounts(conn) == []
    assert [(one.source, one.reason) for one in await list_problems(conn)] == [("another", "source")]
    assert await statuses(conn, event(cancelled=True)) == ["cancelled"]


async def test_what_a_file_told_first_belongs_to_the_source_that_tells_of_it_next(conn: Connection) -> None:
    sent = [read_event(msgspec.json.encode(event()))]
    await EventRecorder(SETTINGS).enter(conn, sent, "t.csv", is_file=True)
    assert await statuses(conn, event()) == ["duplicate"]
    assert (await tell(conn, event(cancelled=True), source="another"))[0].reason == "source"
    assert (await EventRecorder(SETTINGS).enter(conn, sent, "t.csv", is_file=True))[0].status == "duplicate"


async def test_a_cancellation_takes_the_count_back_and_stays(conn: Connection) -> None:
    await tell(conn, event())
    assert await statuses(conn, event(cancelled=True)) == ["cancelled"]
    assert await counts(conn) == {}
    assert await statuses(conn, event()) == ["superseded"]
    assert await counts(conn) == {}


async def test_a_cancellation_that_comes_first_holds(conn: Connection) -> None:
    assert await statuses(conn, event(cancelled=True), event()) == ["cancelled", "superseded"]
    assert await counts(conn) == {}


async def test_what_changed_later_holds_whenever_it_comes(conn: Connection) -> None:
    later = event(unit=BA_DINH, changed_at=datetime.now(UTC).isoformat())
    assert await statuses(conn, later) == ["stored"]
    assert await statuses(conn, event(changed_at=YESTERDAY.isoformat()), event()) == ["superseded"] * 2
    assert await counts(conn) == {(BA_DINH, BIRTH, "counter"): (1, 1, 0)}


def many_events(random: Random) -> list[dict[str, Any]]:
    """Of 40 transactions, each told up to four times: moved, cancelled, revived."""
    return [
        event(
            f"H26-{i}",
            unit=random.choice([HOAN_KIEM, BA_DINH]),
            procedure=random.choice([BIRTH, MARRIAGE]),
            on_time=random.choice([True, False, None]),
            cancelled=random.random() < 0.3,
            changed_at=(YESTERDAY + timedelta(minutes=version)).isoformat(),
        )
        for i in range(40)
        for version in range(random.randint(1, 4))
    ]


async def test_any_order_and_repetition_of_events_leaves_the_same_behind(conn: Connection) -> None:
    await invite(conn, 0.5)
    random = Random(1)
    events, left = many_events(random), set()
    for _ in range(12):
        told = events + random.sample(events, 30)
        random.shuffle(told)
        await conn.execute("truncate transaction, transaction_count, funnel")
        for start in range(0, len(told), 37):
            await tell(conn, *told[start : start + 37])
        assert await count_miscounts(conn) == []
        drawn = await conn.fetch("select count(*), count(due_at) from transaction where drawn")
        left.add(str((sorted((await counts(conn)).items()), sorted((await funnel(conn)).items()), drawn)))
    assert len(left) == 1


async def test_what_cannot_be_counted_is_a_problem_and_keeps_no_phone(conn: Connection) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    results = await tell(
        conn,
        event("1", unit="99999"),
        event("2", procedure="HT-99"),
        event("3", completed_at=tomorrow),
        event("4", service_channel="window"),
        event("5", on_time="perhaps"),
        {"transaction_id": "6", "phone": PHONE, "name": "somebody"},
        event("7"),
    )
    assert [result.reason for result in results] == [
        *("unit", "procedure", "future", "service_channel", "invalid", "invalid", None)
    ]
    kept = await list_problems(conn)
    assert [one.event["transaction_id"] for one in kept] == ["1", "2", "3", "4", "5", "6"]
    assert all(PHONE not in str(one) and "somebody" not in str(one) for one in kept)
    assert await counts(conn) == {COUNTER: (1, 1, 0)}


async def test_a_code_that_lost_its_zeros_names_the_code_of_the_catalogue(conn: Connection) -> None:
    results = await tell(
        conn,
        event("1", unit="70"),
        event("2", unit="70.0"),
        event("3", procedure="HT-1"),
        event("4", unit="9x"),
    )
    assert [result.detail for result in results] == [
        "there is no unit '70'; is 00070 meant, and did a spreadsheet drop its zeros?",
        "there is no unit '70.0'; is 00070 meant, and did a spreadsheet drop its zeros?",
        "there is no procedure 'HT-1'; import it with `sipas import procedures`",
        "there is no unit '9x'; import it with `sipas import units`",
    ]


async def test_a_problem_told_again_is_listed_once(conn: Connection) -> None:
    for _ in range(2):
        assert await statuses(conn, event(unit="99999")) == ["problem"]
    assert len(await list_problems(conn)) == 1


async def test_a_problem_goes_when_its_transaction_is_counted(conn: Connection) -> None:
    await tell(conn, event(unit="99999"))
    await tell(conn, event())
    assert await list_problems(conn) == []
    assert await statuses(conn, event("2", unit="99999"), event("2")) == ["problem", "stored"]
    assert await list_problems(conn) == []


async def test_problems_are_counted_by_a_retry_once_the_unit_is_there(conn: Connection) -> None:
    await tell(conn, event("1", unit="00099"), event("2", unit="00098"))
    await conn.execute("insert into unit (code, name, type) values ('00099', 'Phường Mới', 'commune')")
    assert await retry_problems(conn, SETTINGS) == 1
    assert [one.event["transaction_id"] for one in await list_problems(conn)] == ["2"]
    assert await counts(conn) == {("00099", BIRTH, "counter"): (1, 1, 0)}


@pytest.fixture
async def merged(conn: Connection, town: Town) -> None:
    """Hàng Bạc went wholly into Hoàn Kiếm on 1 July 2025; Trúc Bạch into Ba Đình and Hoàn Kiếm."""
    await conn.execute(
        """insert into unit (code, name, type, valid_to) values
            ('00061', 'Phường Hàng Bạc', 'commune', '2025-06-30'),
            ('00016', 'Phường Trúc Bạch', 'commune', '2025-06-30')"""
    )
    await conn.execute(
        """insert into succession (old_unit_id, new_unit_id)
            select old.id, new.id from unit as old, unit as new where new.valid_to is null
            and (old.code, new.code) in (('00061', '00070'), ('00016', '00070'), ('00016', '00004'))"""
    )


@pytest.mark.usefixtures("merged")
async def test_the_code_of_a_unit_that_has_merged_stands_for_what_it_went_into(conn: Connection) -> None:
    assert await statuses(conn, event(unit="00061")) == ["stored"]
    assert await counts(conn) == {COUNTER: (1, 1, 0)}


@pytest.mark.usefixtures("merged")
async def test_a_unit_that_went_into_several_must_be_told_apart(conn: Connection) -> None:
    (result,) = await tell(conn, event(unit="00016"))
    assert (
        result.detail
        == "unit 00016 ended on 2025-06-30 and went into 00004, 00070; name the one that handled it"
    )


async def test_a_late_event_is_its_units_on_its_day(conn: Connection) -> None:
    long_ago = event(unit=BA_DINH, completed_at="2025-06-01T09:00:00+07:00")
    assert await statuses(conn, long_ago) == ["stored"]
    name = "select unit.name from transaction join unit on unit.id = unit_id"
    assert await conn.fetchval(name) == "Phường Trúc Bạch"
    assert await counts(conn) == {}  # no round was open then


async def test_a_round_opened_later_counts_what_was_told_before(conn: Connection) -> None:
    await tell(conn, event(), event("2", completed_at="2025-12-31T18:00:00+00:00"))
    await conn.execute("update round set opens_at = '2025-12-01'")
    await recount_all(conn)
    months = "select month, transactions from transaction_count order by month"
    first, _ = await conn.fetch(months)
    assert tuple(first) == (date(2026, 1, 1), 1)
    assert await count_miscounts(conn) == []


async def test_counts_that_were_spoilt_are_seen_and_repaired(conn: Connection) -> None:
    await tell(conn, event())
    await conn.execute("update transaction_count set on_time = 0")
    assert [(one.round, one.different) for one in await count_miscounts(conn)] == [("autumn", 1)]
    await recount_all(conn)
    assert await count_miscounts(conn) == []
