"""Responses held in memory follow when the database's segments are rebuilt beside them."""

import math

import pytest

from sipas.postgres.pool import Connection
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import read_request
from sipas.report.sources.rounds import Rounds
from sipas.survey.checks.checking import rebuild_all
from tests.report.conftest import Reference
from tests.survey.segments.tampering import CHANGES, tamper

REQUEST = read_request([("round", "dated"), ("measure", "all"), ("by", "unit,sex"), ("by", "month")])
DAMAGE = tuple(CHANGES)


async def estimated(rounds: Rounds) -> IndexTable:
    return index_table(REQUEST, await rounds.source(REQUEST))


def assert_same(one: IndexTable, other: IndexTable) -> None:
    """Rebuilt segments may order responses otherwise, and sums of floats differ in their last digit."""
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
    await tamper(conn, what)
    await estimated(held_damage)
    assert (await rebuild_all(pool)).agree
    for rounds in (held_before, held_damage, Rounds(pool, catalogue)):
        assert_same(await estimated(rounds), right)
