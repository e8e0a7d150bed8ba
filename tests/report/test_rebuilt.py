"""Cells held in memory follow when the database's are rebuilt beside them."""

import math

import pytest

from sipas.postgres.pool import Connection
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.report.sources.rounds import Rounds
from sipas.survey.checks.recount import rebuild_cells
from tests.report.conftest import Reference

REQUEST = read_request([("round", "dated"), ("measure", "all"), ("by", "unit,sex"), ("by", "month")])
DAMAGE = {
    "a cell too many": """insert into cell
        (round_id, unit_id, channel, form, complete, month, attributes, n, sums, version)
        select round_id, unit_id, channel, form, complete, '2031-05-01', '{"sex": "X"}', n, sums, version
        from cell order by id limit 1""",
    "cells gone": "delete from cell where id % 7 = 1",
    "cells changed": "update cell set n = n + 1, sums[1] = sums[1] + 1",
    "other ids": "update cell set id = default",
}


async def estimated(rounds: Rounds) -> IndexTable:
    return index_table(REQUEST, await rounds.source(REQUEST))


def assert_same(one: IndexTable, other: IndexTable) -> None:
    """Rebuilt cells stand in another order, and sums of floats differ in their last digit."""
    assert [(row.by, row.measure, row.n) for row in one.rows] == [
        (row.by, row.measure, row.n) for row in other.rows
    ]
    for ours, theirs in zip(one.rows, other.rows, strict=True):
        assert math.isclose(ours.estimate or 0, theirs.estimate or 0, rel_tol=1e-13)
        assert math.isclose(ours.se or 0, theirs.se or 0, rel_tol=1e-11)


@pytest.mark.parametrize("what", DAMAGE)
async def test_what_a_server_holds_is_right_after_a_rebuild_whether_it_held_the_damage_or_not(
    what: str, dated_round: Reference, conn: Connection
) -> None:
    pool, catalogue = dated_round.pool, dated_round.rounds.catalogue
    held_before, held_damage = dated_round.rounds, Rounds(pool, catalogue)
    right = await estimated(held_before)
    await conn.execute(DAMAGE[what])
    await estimated(held_damage)
    assert (await rebuild_cells(pool)).agree
    for rounds in (held_before, held_damage, Rounds(pool, catalogue)):
        assert_same(await estimated(rounds), right)
