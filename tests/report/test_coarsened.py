"""Answers of which the mix kept a field, a week, a month or the round alone count as what is kept of them."""

from datetime import UTC, date, datetime

import pytest

from sipas.postgres.pool import Connection
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import INDEX_OPTIONS, read_request
from sipas.stats.notes import DETAIL_NOT_KEPT, UNDATED, Note, NoteKind
from sipas.survey.checks.checking import check_segments, rebuild_all
from sipas.survey.intake.submission import new_id
from tests.report.conftest import Reference

STORE = """
    with stored as (
        insert into response (id, round_id, unit_id, submitted_at, complete, channel, service_channel, form,
            language, answers, digest, field, time_kept, place_kept)
        select $1, round.id, unit.id, $2::date::timestamp at time zone 'Asia/Ho_Chi_Minh', true, 'sms',
            'online', form, 'und', answers, digest, $3, $4, $5
        from round, unit, (select form, answers, digest from response limit 1) as one
        where unit.code = 'U01'
        returning id
    )
    insert into uncounted (ids) select array[id] from stored"""
KEPT = (
    (date(2026, 1, 1), "Births", "round", "field"),
    (date(2026, 3, 1), "Births", "month", "field"),
    (date(2026, 3, 9), None, "week", "service_channel"),
    (date(2026, 3, 30), None, "week", "service_channel"),  # the last two days of March
    (date(2026, 3, 12), None, "day", "procedure"),
)


@pytest.fixture
async def coarsened(dated_round: Reference, conn: Connection) -> Reference:
    """A round of the year 2026 that has closed, with one answer of each kind."""
    await conn.execute("update round set closes_at = '2026-09-01 00:00+07'")
    for day, field, time_kept, place_kept in KEPT:
        await conn.execute(STORE, new_id(datetime.now(UTC)), day, field, time_kept, place_kept)
    return dated_round


async def invited(reference: Reference, *options: tuple[str, str]) -> IndexTable:
    request = read_request(
        [("round", "dated"), ("channels", "all"), ("where", "channel=sms"), *options], INDEX_OPTIONS
    )
    return index_table(request, await reference.rounds.source(request))


def of_kind(table: IndexTable, kind: NoteKind) -> list[Note]:
    return [note for note in table.header.notes if note.code == kind.code]


@pytest.mark.parametrize(
    ("period", "n", "undated"),
    [
        ("2026-01..2026-08", 5, 0),  # all of the round
        ("2026-03", 4, 1),  # the one of the round may be of March
        ("2026-03..2026-03", 4, 1),
        ("2026-01..2026-02", 0, 1),
        ("2026-03-09..2026-03-15", 2, 2),  # a week; the month and the round may be of it
        ("2026-03-10..2026-03-31", 2, 3),
        ("2026-03-30..2026-04-30", 1, 2),  # weeks end with their month
    ],
)
async def test_a_period_has_the_answers_whose_time_lies_in_it_and_counts_the_doubtful(
    coarsened: Reference, period: str, n: int, undated: int
) -> None:
    period = period if ".." in period else f"{period}..{period}"
    table = await invited(coarsened, ("period", period), ("weights", "none"))
    assert sum(row.n for row in table.rows) == n
    assert [note.params["n"] for note in of_kind(table, UNDATED)] == [undated] * bool(undated)


async def test_a_field_that_is_kept_is_a_field(coarsened: Reference) -> None:
    table = await invited(coarsened, ("by", "field"), ("by", "field,month"), ("weights", "none"))
    rows = {tuple(row.by.values()): row.n for row in table.rows}
    assert rows["Births",] == 2
    assert rows["Births", None] == rows["Births", "2026-03"] == 1
    [note] = of_kind(table, DETAIL_NOT_KEPT)
    assert note.params == {"columns": ("field", "month"), "n": 4}


async def test_second_opinions_have_every_answer_too(coarsened: Reference) -> None:
    table = await invited(coarsened, ("second-opinion", "jackknife"), ("weights", "none"))
    assert table.rows[0].n == len(KEPT)


async def test_segments_agree_and_can_be_rebuilt(coarsened: Reference) -> None:
    assert (await invited(coarsened, ("weights", "none"))).rows[0].n == len(KEPT)
    assert (await check_segments(coarsened.pool)).agree
    assert (await rebuild_all(coarsened.pool)).agree
