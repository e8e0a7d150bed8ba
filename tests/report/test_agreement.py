"""The same responses give the same numbers, whether they come from files or from the database."""

import math
from dataclasses import replace

import msgspec
import pytest

from sipas.report.indices.index_table import IndexRow, IndexTable
from sipas.report.indices.indices import index_table
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import Files, file_source
from tests.report.conftest import KANSAS_CITY, Reference

NUMBERS = ("estimate", "se", "low", "high", "df", "n", "n_answered", "n_effective", "deff", "population")


async def from_round(reference: Reference, request: EstimateRequest) -> IndexTable:
    return index_table(request, await reference.rounds.source(request))


def assert_same(ours: IndexTable, theirs: IndexTable) -> None:
    assert len(ours.rows) == len(theirs.rows) > 0
    for one, other in zip(ours.rows, theirs.rows, strict=True):
        assert (list(one.by.values()), one.measure) == (list(other.by.values()), other.measure)
        assert (one.reliable, one.notes) == (other.reliable, other.notes)
        for number in NUMBERS:
            assert_close(getattr(one, number), getattr(other, number), one, number)


def assert_close(one: float | None, other: float | None, row: IndexRow, number: str) -> None:
    if one is None or other is None:
        assert one is other, (row, number)
    else:
        assert math.isclose(one, other, rel_tol=1e-12), (row, number)


IN_BOTH = ["", "unit", "district", "unit,district", "month", "sex,age_group"]
IN_FILES, IN_ROUND = ["procedure_group", "unit,channel"], ["procedure", "unit,service_channel"]


def by(columns: list[str]) -> list[tuple[str, str]]:
    return [("by", names) for names in columns]


@pytest.fixture
def pooling_as_a_round(with_our_words: Files) -> Files:
    """Strata in the order in which those of a round are pooled."""
    return replace(with_our_words, strata=("unit", "channel", "procedure_group"))


async def test_a_round_with_a_frame(pooling_as_a_round: Files, sipas_round: Reference) -> None:
    for options in (
        [("measure", "all"), ("collapse", "none")],
        [("measure", "all"), ("statistic", "mean"), ("no-fpc", "true")],
        [("where", "sex=F"), ("where", "age_group=30-44"), ("ci", "beta")],
    ):
        files = read_request([*options, *by(IN_BOTH + IN_FILES)])
        # None of these answers walked up: invited or all is the same.
        stored = read_request(
            [("round", "reference"), ("channels", "invited"), *options, *by(IN_BOTH + IN_ROUND)]
        )
        ours = await from_round(sipas_round, stored)
        assert_same(ours, index_table(files, file_source(pooling_as_a_round, files)))
        assert ours.header.weights.method == "post-stratify"
        assert ours.header.weights.strata == ["unit", "service_channel", "field", "procedure"]


async def test_a_round_without_a_frame(kansas_city_round: Reference) -> None:
    options = [("measure", "all"), ("by", ""), ("by", "round"), ("by", "district"), ("by", "round,method")]
    request = read_request(options)
    files = Files(KANSAS_CITY / "responses.csv", KANSAS_CITY / "instrument.toml", ("round", "district"))
    stored = msgspec.structs.replace(request, round="kansas-city")
    table = await from_round(kansas_city_round, stored)
    assert table.header.weights.method == "none"
    assert_same(table, index_table(request, file_source(files, request)))


async def test_a_period_of_days(dated_files: Files, dated_round: Reference) -> None:
    """Whole months come from cells, the months that it cuts from single responses."""
    for period in ("2026-02..2026-03", "2026-01-20..2026-04-10", "2026-03-05..2026-03-06", "..2026-02-03"):
        files = read_request([("period", period), ("weights", "none"), *by(["", "sex", "month"])])
        stored = msgspec.structs.replace(files, round="dated")
        ours = await from_round(dated_round, stored)
        assert_same(ours, index_table(files, file_source(dated_files, files)))
        assert ours.rows[0].n > 0
