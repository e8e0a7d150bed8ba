"""A round read again and again while answers keep coming."""

from pathlib import Path

import pytest

from sipas.errors import InputError, NotFound
from sipas.imports.responses import import_responses
from sipas.postgres.pool import Connection
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import Files
from sipas.report.sources.rounds import Rounds
from sipas.stats.notes import CLUSTERS_LEFT_OUT, MIXING, PROVISIONAL
from sipas.survey.catalogue import LiveCatalogue
from tests.report.conftest import Reference

WHOLE = EstimateRequest(round="dated", measure="item:f1q1", weights="none")


async def estimated(reference: Reference, request: EstimateRequest = WHOLE) -> IndexTable:
    return index_table(request, await reference.rounds.source(request))


async def store(conn: Connection, tmp_path: Path, *rows: str) -> None:
    more = tmp_path / "more.csv"
    more.write_text("\n".join(["response_id,unit,sex,submitted_at,f1q1", *rows]))
    await import_responses(conn, more, "dated")


async def test_an_answer_that_was_stored_is_an_answer_that_shows(
    dated_round: Reference, conn: Connection, tmp_path: Path
) -> None:
    (before,) = (await estimated(dated_round)).rows
    await store(conn, tmp_path, "x1,U01,F,2026-01-05,5", "x2,U10,M,2026-12-05,1")
    (after,) = (await estimated(dated_round)).rows
    assert after.n == before.n + 2
    assert before.estimate is not None
    assert after.estimate == pytest.approx((before.estimate * before.n + 1) / after.n, rel=1e-14)


async def test_responses_brought_up_to_date_are_those_that_a_fresh_reader_sees(
    dated_round: Reference, conn: Connection, tmp_path: Path
) -> None:
    request = read_request([("round", "dated"), ("measure", "all"), ("by", "unit,sex"), ("by", "month")])
    await estimated(dated_round, request)
    await store(conn, tmp_path, "x1,U01,F,2026-01-05,5", "x2,U02,,2026-09-05,1")
    kept = await estimated(dated_round, request)
    fresh = Reference(Rounds(dated_round.pool, LiveCatalogue(dated_round.pool)), dated_round.pool)
    assert kept == await estimated(fresh, request)


async def test_a_database_that_was_set_back_is_read_anew(
    dated_round: Reference, conn: Connection, tmp_path: Path
) -> None:
    (before,) = (await estimated(dated_round)).rows
    await store(conn, tmp_path, "x1,U01,F,2026-01-05,5")
    assert (await estimated(dated_round)).rows[0].n == before.n + 1
    await conn.execute("delete from segment where first = (select max(first) from segment)")
    await conn.execute("update segments_version set version = version - 1")
    (after,) = (await estimated(dated_round)).rows
    assert after == before


async def test_a_frame_brought_in_is_used_at_once(dated_round: Reference, conn: Connection) -> None:
    request = read_request([("round", "dated"), ("by", "unit")])
    assert (await estimated(dated_round, request)).header.weights.method == "none"
    await conn.execute(
        "insert into frame (round_id, unit_id, transactions) select round.id, unit.id, 1000 from round, unit"
    )
    table = await estimated(dated_round, request)
    assert table.header.weights.method == "post-stratify"
    assert table.rows[-1].by == {"unit": "U10"}
    assert table.rows[-1].estimate is None
    assert table.header.coverage is not None
    assert table.header.coverage < 1


async def test_interviews_of_sampled_villages_are_noted_beside_figures_that_leave_clusters_out(
    dated_round: Reference, conn: Connection, tmp_path: Path
) -> None:
    assert "clusters-left-out" not in {note.code for note in (await estimated(dated_round)).header.notes}
    more = tmp_path / "interviews.csv"
    rows = ("v1,U01,Thôn Đông,2026-03-05,5", "v2,U01,Thôn Đông,2026-03-05,4", "v3,U01,Thôn Tây,2026-03-05,1")
    more.write_text("\n".join(["response_id,unit,village,submitted_at,f1q1", *rows]))
    await import_responses(conn, more, "dated")
    table = await estimated(dated_round)
    note = CLUSTERS_LEFT_OUT(n=3, clusters=2)
    assert note in table.header.notes
    assert note in table.rows[0].notes


async def test_a_round_without_answers_gives_rows_without_figures(
    dated_round: Reference, conn: Connection
) -> None:
    await conn.execute(
        """insert into round (code, instrument_id, strata, index_code, opens_at)
            select 'empty', instrument_id, strata, index_code, '2027-02-01' from round"""
    )
    await conn.execute(
        """insert into frame (round_id, unit_id, transactions)
            select max(round.id), min(unit.id), 9 from round, unit"""
    )
    request = read_request([("round", "empty"), ("by", ""), ("by", "unit"), ("by", "channel")])
    rows = (await estimated(dated_round, request)).rows
    assert [(row.by, row.estimate, row.n) for row in rows] == [({}, None, 0), ({"unit": "U01"}, None, 0)]


async def test_an_ancestor_and_an_attribute_tell_responses_apart(
    dated_round: Reference, conn: Connection
) -> None:
    await conn.execute("insert into unit (code, name, type) values ('HN', 'Hà Nội', 'city')")
    await conn.execute(
        """update unit set parent_id = city.id from unit as city
            where city.code = 'HN' and unit.code = 'U01'"""
    )
    request = read_request([("round", "dated"), ("by", "city"), ("by", "unit_type"), ("by", "sex")])
    rows = (await estimated(dated_round, request)).rows
    assert [row.by for row in rows[:3]] == [{"city": "HN"}, {"city": None}, {"unit_type": "commune"}]
    assert {row.by["sex"] for row in rows[3:]} == {"F", "M"}


async def test_a_unit_whose_code_went_to_another_keeps_a_row_of_its_own(
    dated_round: Reference, conn: Connection, tmp_path: Path
) -> None:
    await conn.execute("update unit set valid_to = '2026-08-31' where code = 'U01'")
    await conn.execute(
        "insert into unit (code, name, type, valid_from) values ('U01', 'Merged', 'commune', '2026-09-01')"
    )
    await store(conn, tmp_path, "x1,U01,F,2026-10-05,5")
    request = read_request([("round", "dated"), ("by", "unit"), ("measure", "item:f1q1")])
    n = {row.by["unit"]: row.n for row in (await estimated(dated_round, request)).rows}
    assert n["U01"] == 1
    assert n["U01 (to 2026-08-31)"] > 1


async def test_a_round_that_is_open_is_provisional(dated_round: Reference, conn: Connection) -> None:
    await conn.execute("update round set closes_at = now() - interval '1 minute', opens_at = '2026-01-01'")
    assert not (await estimated(dated_round)).header.provisional
    await conn.execute("update round set opens_at = now() - interval '1 day', closes_at = null")
    table = await estimated(dated_round)
    assert table.header.provisional
    assert PROVISIONAL in table.header.notes


async def test_answers_of_links_that_may_not_count_yet_are_spoken_of_until_they_do(
    dated_round: Reference, conn: Connection
) -> None:
    for closed, may_wait in (
        ("null", True),
        ("now() - interval '1 minute'", True),
        ("now() - interval '1 day'", False),
    ):
        await conn.execute(f"update round set opens_at = '2026-01-01', closes_at = {closed}")
        assert (MIXING in (await estimated(dated_round)).header.notes) == may_wait


async def test_what_cannot_be_found_is_named(dated_round: Reference, dated_files: Files) -> None:
    with pytest.raises(InputError, match="round: name one; the rounds are: dated"):
        await dated_round.rounds.source(EstimateRequest())
    with pytest.raises(NotFound, match="there is no round 'spring'"):
        await dated_round.rounds.source(EstimateRequest(round="spring"))
    with pytest.raises(InputError, match=r"there is no column 'colour' .*; the columns are .*channel, .*sex"):
        await dated_round.rounds.source(EstimateRequest(round="dated", by=(("colour",),)))
