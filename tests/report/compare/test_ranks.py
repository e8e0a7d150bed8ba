import numpy as np
import pytest

from sipas.errors import InputError
from sipas.report.compare import comparing
from sipas.report.compare.answer_formats import answer_csv, answer_text
from sipas.report.compare.ranks import RankTable, rank_table
from sipas.report.indices.indices import index_table
from sipas.report.request import EstimateRequest
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.source import Source
from sipas.stats import Options
from sipas.stats.notes import ALONE, UNRANKED
from tests.report.conftest import Reference

BY_UNIT = EstimateRequest(by=(("unit",),))
SMALL = EstimateRequest(by=(("unit", "procedure_group", "channel"),))


@pytest.fixture
def source(sipas_files: Files) -> Source:
    return file_source(sipas_files, SMALL)


def test_units_are_listed_by_rank_each_with_its_ranges(source: Source) -> None:
    table = rank_table(BY_UNIT, source)
    assert [row.rank for row in table.rows] == list(range(1, 11))
    assert {row.ranked for row in table.rows} == {10}
    estimates = [row.estimate for row in table.rows if row.estimate is not None]
    assert estimates == sorted(estimates, reverse=True)
    for row in table.rows:
        ends = (row.rank_low_joint, row.rank_low_simultaneous, row.rank_low, row.rank, row.rank_high,
                row.rank_high_simultaneous, row.rank_high_joint)  # fmt: skip
        assert list(ends) == sorted(end for end in ends if end is not None)


def test_more_domains_than_covariances_can_be_made_for_are_refused(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_DOMAINS", 9)
    with pytest.raises(InputError, match="by: these are 10 domains, more than 9; choose some with where"):
        rank_table(BY_UNIT, source)


def test_a_range_never_ends_before_what_is_surely_apart(source: Source) -> None:
    """U05 lies 27 points above U06, with standard errors of 2."""
    told = {row.by["unit"]: row for row in rank_table(BY_UNIT, source).rows}
    best, worst = told["U05"], told["U06"]
    assert best.rank_high_joint is not None
    assert worst.rank_low_joint is not None
    assert best.rank_high_joint < worst.rank_low_joint


def test_figures_are_those_of_an_estimate_without_the_finite_population_factor(source: Source) -> None:
    plain = index_table(EstimateRequest(by=BY_UNIT.by, options=Options(fpc=False)), source).rows
    told = {row.by["unit"]: (row.estimate, row.low, row.high, row.n_effective) for row in plain}
    for row in rank_table(BY_UNIT, source).rows:
        assert (row.estimate, row.low, row.high, row.n_effective) == told[row.by["unit"]]


def test_what_is_worth_too_little_is_listed_last_without_a_rank(source: Source) -> None:
    table = rank_table(SMALL, source)
    ranked = [row for row in table.rows if row.rank is not None]
    rest = table.rows[len(ranked) :]
    assert rest
    assert all(row.reliable and row.n_effective is not None and row.n_effective >= 30 for row in ranked)
    assert {row.ranked for row in table.rows} == {len(ranked)}
    for row in rest:
        assert (row.rank, row.rank_low, row.rank_high_simultaneous, row.rank_low_joint) == (None,) * 4
        assert UNRANKED in row.notes


def test_each_measure_and_table_is_a_ranking_of_its_own(source: Source) -> None:
    request = EstimateRequest(by=(("unit",), ("channel",)), measure="factors")
    table = rank_table(request, source)
    firsts = [(row.measure, *row.by) for row in table.rows if row.rank == 1]
    assert len(firsts) == len(set(firsts)) == 2 * 5


def test_means_are_ranked_too_and_ties_share_a_rank(source: Source) -> None:
    table = rank_table(EstimateRequest(by=(("unit",),), options=Options(statistic="mean")), source)
    assert [row.rank for row in table.rows] == list(range(1, 11))


def test_ranks_need_columns(source: Source) -> None:
    for by in ((), (("unit",), ())):
        with pytest.raises(InputError, match="by: name the columns whose values are to be ranked"):
            rank_table(EstimateRequest(by=by or ((),)), source)


async def test_a_round_ranks_as_its_files_do(sipas_round: Reference, with_our_words: Files) -> None:
    request = EstimateRequest(round="reference", by=(("unit",),), collapse="none")
    from_round = rank_table(request, await sipas_round.rounds.source(request))
    from_files = rank_table(request, file_source(with_our_words, request))
    names = [name for name in from_round.rows[0].__struct_fields__ if "rank" in name or name == "by"]
    told = [[[getattr(row, name) for name in names] for row in t.rows] for t in (from_round, from_files)]
    assert told[0] == told[1]
    for ours, theirs in zip(from_round.rows, from_files.rows, strict=True):
        assert ours.estimate == pytest.approx(theirs.estimate, rel=1e-12)


@pytest.fixture
def table(source: Source) -> RankTable:
    return rank_table(EstimateRequest(by=(("unit",),), where=(("unit", "U05"), ("unit", "U06"))), source)


def test_a_league_table_in_text_shows_no_rank_without_its_range(table: RankTable) -> None:
    first, second, third, *_ = answer_text(table).splitlines()
    assert first.split()[:6] == ["unit", "measure", "rank", "range", "simultaneous", "joint"]
    assert second.split()[:6] == ["U05", "overall:pooled", "1", "1–1", "1–1", "1–1"]
    assert third.split()[:6] == ["U06", "overall:pooled", "2", "2–2", "2–2", "2–2"]


def test_a_league_table_in_csv_has_json_s_keys(table: RankTable) -> None:
    header = answer_csv(table).decode().splitlines()[0].split(",")
    assert header[:3] == ["unit", "measure", "statistic"]
    assert header[-9:] == [
        "ranked", "rank", "rank_low", "rank_high", "rank_low_simultaneous", "rank_high_simultaneous",
        "rank_low_joint", "rank_high_joint", "rank_invited",
    ]  # fmt: skip


def test_the_only_one_that_is_reliable_has_no_rank_either(source: Source) -> None:
    """Of two units one has a few answers: whoever is first of one is first of nothing."""
    unit = source.cells.column("unit")
    few = np.where(unit.equals("U02"), source.cells.n, 10_000).argmin()
    assert source.cells.n[few] < 20
    two = source.selected(unit.equals("U01") | (np.arange(len(unit)) == few))
    request = EstimateRequest(by=(("unit",),), where=(("unit", "U01"), ("unit", "U02")), weights="none")
    rows = {row.by["unit"]: row for row in rank_table(request, two).rows}
    assert all((row.ranked, row.rank, row.rank_high_joint) == (0, None, None) for row in rows.values())
    assert rows["U01"].notes[-1] == ALONE
    assert rows["U02"].notes[-1] == UNRANKED


def test_one_alone_has_no_rank_and_says_why(source: Source) -> None:
    request = EstimateRequest(by=(("unit",),), where=(("unit", "U01"),))
    (row,) = rank_table(request, source).rows
    assert (row.ranked, row.rank, row.rank_low, row.rank_high_joint) == (0, None, None, None)
    assert row.notes[-1] == ALONE
