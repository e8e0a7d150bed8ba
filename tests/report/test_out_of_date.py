"""A frame that is out of date in one unit: its trouble stays its own."""

import pytest

from sipas.errors import StatisticsError
from sipas.postgres.pool import Connection
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.stats.weights.strata import OutOfDate
from tests.report.conftest import Reference


async def by_unit(reference: Reference, out_of_date: OutOfDate | None = None) -> dict[str | None, IndexRow]:
    asked = read_request(
        [("round", "reference"), ("by", "unit"), *([("out-of-date", out_of_date)] if out_of_date else [])]
    )
    table = index_table(asked, await reference.rounds.source(asked))
    return {row.by["unit"]: row for row in table.rows}


async def test_a_unit_with_more_answers_than_the_frame_leaves_the_others_as_they_are(
    sipas_round: Reference, conn: Connection
) -> None:
    before = await by_unit(sipas_round)
    await conn.execute(
        """update frame set transactions = 3 from unit
            where unit.id = frame.unit_id and unit.code = 'U01' and service_channel = 'counter'"""
    )
    await conn.execute(
        """delete from frame using unit, procedure
            where unit.id = frame.unit_id and procedure.id = frame.procedure_id
                and (unit.code, procedure.code, service_channel) = ('U02', 'P1', 'counter')"""
    )
    after = await by_unit(sipas_round)
    assert {note.code for note in after["U01"].notes} >= {"raised-share"}
    assert not after["U01"].reliable
    assert after["U02"].coverage == before["U02"].coverage
    for unit in before.keys() - {"U01", "U02"}:
        # What answers are worth is learnt from the whole round, so that effective sizes move a little.
        one, other = before[unit], after[unit]
        assert (one.estimate, one.se, one.population) == (other.estimate, other.se, other.population)
        assert (one.reliable, one.notes) == (other.reliable, other.notes)
    for asked in ("fail", "raise-count"):
        with pytest.raises(
            StatisticsError, match="the frame has no stratum unit=U02, service_channel=counter"
        ):
            await by_unit(sipas_round, asked)
