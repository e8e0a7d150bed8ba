"""Files that `sipas demo --once` writes: indices, the truth beside them, the league."""

from pathlib import Path

import msgspec

from sipas.charts.picture import picture
from sipas.demo.city import read_city
from sipas.demo.frame import draw_frame
from sipas.demo.loading import RESIDENTS_ROUND, ROUND
from sipas.demo.model import draw_model
from sipas.demo.residents.truth import residents_truths, write_indicators
from sipas.demo.truth import UnitTruth, unit_truths, write_truths
from sipas.postgres.pool import Pool
from sipas.queries.responses import count_responses
from sipas.report.compare.ranks import ranked
from sipas.report.figures.league_figure import league_chart
from sipas.report.formats import to_json
from sipas.report.indices.index_formats import index_csv
from sipas.report.indices.index_table import IndexTable
from sipas.report.indices.indices import Prepared, describe, prepare, rows
from sipas.report.names import Names
from sipas.report.request import EstimateRequest
from sipas.report.sources.rounds import Rounds
from sipas.survey.catalogue import Catalogue, LiveCatalogue

_UNITS, *_OTHERS = _BY = (("unit",), ("procedure",), ("channel",))


class DemoOutcome(msgspec.Struct, frozen=True):
    """units: those estimated with an interval. covered: how many of these intervals cover the truth."""

    acknowledged: int
    stored: int
    units: int
    covered: int


async def write_figures(pool: Pool, acknowledged: int, out: Path) -> DemoOutcome:
    live = LiveCatalogue(pool)
    request = EstimateRequest(round=ROUND, by=_BY)
    source = await Rounds(pool, live).source(request)
    async with pool.acquire() as conn:
        stored = await count_responses(conn, live.now.get_round(ROUND).id)
    judged = [truth.covered for truth in _write_files(prepare(request, source), live.now, out)]
    return DemoOutcome(acknowledged, stored, len(judged) - judged.count(None), judged.count(True))


class ResidentsOutcome(msgspec.Struct, frozen=True):
    """indicators: those estimated with an interval. covered: how many of these intervals cover the truth."""

    acknowledged: int
    stored: int
    indicators: int
    covered: int


async def write_residents(pool: Pool, acknowledged: int, out: Path) -> ResidentsOutcome:
    """Write indicators.csv: the 51 indicators of the residents' round with their true values."""
    live = LiveCatalogue(pool)
    request = EstimateRequest(round=RESIDENTS_ROUND, measure="all")
    source = await Rounds(pool, live).source(request)
    async with pool.acquire() as conn:
        stored = await count_responses(conn, live.now.get_round(RESIDENTS_ROUND).id)
    truths = list(residents_truths(prepare(request, source)))
    write_indicators(out / "indicators.csv", truths)
    judged = [truth.covered for truth in truths]
    return ResidentsOutcome(acknowledged, stored, len(judged) - judged.count(None), judged.count(True))


def _write_files(prepared: Prepared, catalogue: Catalogue, out: Path) -> list[UnitTruth]:
    """All four; returns the truth of each unit."""
    out.mkdir(parents=True, exist_ok=True)
    units = list(rows(prepared, _UNITS))
    others = [row for by in _OTHERS for row in rows(prepared, by)]
    table = IndexTable(header=describe(prepared), rows=[*units, *others])
    (out / "indices.csv").write_bytes(index_csv(table))
    (out / "indices.json").write_bytes(to_json(table))
    instrument = prepared.source.instrument
    truths = list(unit_truths(draw_model(draw_frame(read_city()), instrument), prepared, units))
    write_truths(out / "truth.csv", truths)
    chart = league_chart(ranked(prepared, (_UNITS,)), instrument, Names("vi", catalogue))
    (out / "league.svg").write_bytes(picture(chart, "svg"))
    return truths
