"""Attributes of responses never change or break the figures of other responses."""

from datetime import UTC, datetime

import pytest

from sipas.postgres.pool import Connection
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.checks.checking import rebuild_all
from sipas.survey.columns import RESERVED_COLUMNS
from sipas.survey.intake.submission import new_id
from tests.report.conftest import Reference

STORE = """
    with stored as (
        insert into response (id, round_id, unit_id, procedure_id, submitted_at, complete, channel,
            service_channel, form, language, answers, attributes, digest)
        select $1, round.id, unit.id, procedure.id, '2026-01-05', true, 'sms', 'counter', form, language,
            answers, $2, digest
        from round, unit left join procedure on true,
            (select form, language, answers, digest from response limit 1) as one
        where unit.code = 'U01'
        returning id
    )
    insert into uncounted (ids) select array[id] from stored"""


async def figures(reference: Reference, request: EstimateRequest) -> IndexTable:
    """Read with empty caches."""
    fresh = Rounds(reference.pool, LiveCatalogue(reference.pool))
    return index_table(request, await fresh.source(request))


async def store(conn: Connection, attributes: dict[str, str]) -> None:
    await conn.execute(STORE, new_id(datetime.now(UTC)), attributes)


async def change_responses(reference: Reference, conn: Connection, changes: str) -> None:
    """As if they had been stored like that."""
    await conn.execute("alter table response disable trigger response_never_changes")
    await conn.execute(f"update response set {changes}")
    await conn.execute("alter table response enable trigger response_never_changes")
    await rebuild_all(reference.pool)


@pytest.fixture
async def usual_round(dated_round: Reference, conn: Connection) -> Reference:
    """Weighted by unit, service channel, field and procedure."""
    await figures(dated_round, read_request([("round", "dated")]))  # counts what waits
    await conn.execute("insert into procedure (code, name, field) values ('P1', 'Procedure 1', 'F')")
    await conn.execute("update round set strata = '{unit,procedure,service_channel}'")
    await change_responses(
        dated_round, conn, "procedure_id = (select id from procedure), service_channel = 'counter'"
    )
    await conn.execute(
        """insert into frame (round_id, unit_id, procedure_id, service_channel, transactions)
            select round.id, unit.id, procedure.id, 'counter', 5000 from round, unit, procedure"""
    )
    return dated_round


async def test_an_attribute_that_poses_as_a_column_changes_no_figure(
    usual_round: Reference, conn: Connection
) -> None:
    by = [("by", name) for name in ("", "unit", "field", "service_channel", "channel", "commune")]
    request = read_request([("round", "dated"), *by])
    await store(conn, {})
    honest = await figures(usual_round, request)
    assert honest.header.weights.strata == ["unit", "service_channel", "field", "procedure"]
    for name in RESERVED_COLUMNS | {"commune"}:
        posed = f"""attributes = '{{"{name}": "x"}}' where not attributes ? 'sex'"""
        await change_responses(usual_round, conn, posed)
        assert await figures(usual_round, request) == honest, name


async def test_a_month_that_was_brought_is_that_of_its_own_response(
    dated_round: Reference, conn: Connection
) -> None:
    request = read_request([("round", "dated"), ("by", "month")])
    before = {row.by["month"]: row.n for row in (await figures(dated_round, request)).rows}
    await store(conn, {"month": "x"})
    after = {row.by["month"]: row.n for row in (await figures(dated_round, request)).rows}
    assert after == {**before, "x": 1}


@pytest.fixture
async def round_by_sex(usual_round: Reference, conn: Connection) -> Reference:
    """Its strata are an attribute, and the field of the procedure, which a frame keeps as one."""
    await conn.execute("update round set strata = '{unit,field,sex}'")
    await conn.execute("delete from frame")
    for sex in "FM":
        await conn.execute(
            """insert into frame (round_id, unit_id, attributes, transactions)
                select round.id, unit.id, $1, 5000 from round, unit""",
            {"field": "F", "sex": sex},
        )
    return usual_round


@pytest.mark.parametrize("attributes", [{"field": "x", "sex": "F"}, {"sex": "x"}, {}])
async def test_an_attribute_that_no_stratum_has_leaves_its_own_response_alone_out(
    round_by_sex: Reference, conn: Connection, attributes: dict[str, str]
) -> None:
    request = read_request([("round", "dated"), ("by", ""), ("by", "unit")])
    before = await figures(round_by_sex, request)
    assert before.header.weights.method == "post-stratify"
    await store(conn, attributes)
    after = await figures(round_by_sex, request)
    assert after.header.weights.unplaced == before.header.weights.unplaced + 1
    unchanged = [row.estimate and pytest.approx(row.estimate, rel=1e-12) for row in before.rows]
    assert [row.estimate for row in after.rows] == unchanged


async def test_a_stratum_that_nobody_has_brought_yet_is_known_all_the_same(
    dated_round: Reference, conn: Connection
) -> None:
    await conn.execute("update round set strata = '{unit,age}'")
    request = read_request([("round", "dated"), ("weights", "none"), ("by", "age")])
    (row,) = (await figures(dated_round, request)).rows
    assert row.by == {"age": None}
