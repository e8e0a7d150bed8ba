"""A measure from round to round of the database."""

import pytest

from sipas.charts.trends import Trends
from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.report.compare.trend import TrendTable
from sipas.report.compare.trend_rounds import read_sources
from sipas.report.figures.kinds import ShownChart, choose_kind
from sipas.report.names import Names
from sipas.report.request import read_request
from sipas.report.sources.rounds import Rounds
from tests.report.compare.test_compare import merger

__all__ = ["merger"]
BOTH = ("round", "before,after")


async def shown(rounds: Rounds, *options: tuple[str, str]) -> ShownChart:
    kind = choose_kind("trend")
    usual = kind.defaults({name for name, _ in options}, dict(options)["round"])
    request = read_request([*options, *usual.items()])
    return kind.show(request, await read_sources(rounds, request), Names("vi", rounds.catalogue.now))


async def test_rounds_stand_as_they_are_named_each_with_its_own_target(
    merger: Rounds, conn: Connection
) -> None:
    await conn.execute("update round set target = 0.8 where code = 'before'")
    found = await shown(merger, BOTH, ("measure", "item:f1q1"))
    assert isinstance(found.table, TrendTable)
    assert (found.table.over, found.table.times, found.table.header.source) == (
        "round", ["before", "after"], "before, after",
    )  # fmt: skip
    assert found.table.targets == [0.8, None]
    assert found.table.header.responses == 480
    (trends,) = found.chart.bodies
    assert isinstance(trends, Trends)
    assert [(dot.name, dot.n) for dot in trends.dots] == [("before", 300), ("after", 180)]


async def test_a_unit_that_kept_its_name_is_followed_and_another_of_its_code_is_not(merger: Rounds) -> None:
    followed = await shown(merger, BOTH, ("by", "unit"), ("where", "unit=4"), ("measure", "item:f1q1"))
    (trends,) = followed.chart.bodies
    assert isinstance(trends, Trends)
    assert [(series.heading, len(series.dots)) for series in trends.series] == [("Never ended", 2)]
    with pytest.raises(InputError, match="unit 1 is one unit in before and another in after"):
        await shown(merger, BOTH, ("by", "unit"))


@pytest.mark.parametrize("rounds", ["before,", "before,before"])
async def test_a_list_of_rounds_is_of_different_rounds(merger: Rounds, rounds: str) -> None:
    with pytest.raises(InputError, match="no list of different rounds"):
        await shown(merger, ("round", rounds))
