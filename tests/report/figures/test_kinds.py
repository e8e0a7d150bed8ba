"""Charts of answers, from the request to what is drawn: what each is by, of, and refuses."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from sipas.charts.bars import Bars
from sipas.charts.differences import DifferencePlot
from sipas.charts.dots import Dots
from sipas.charts.heat import Heat
from sipas.charts.trends import Trends
from sipas.errors import InputError, NotFound
from sipas.report.compare.channels import ChannelsTable
from sipas.report.compare.ranks import RankTable, rank_table
from sipas.report.compare.trend import TrendTable, fill_times
from sipas.report.figures.kinds import ShownChart, choose_kind, require_one_table
from sipas.report.indices.distribution import DistributionTable
from sipas.report.indices.indices import index_table
from sipas.report.names import Names
from sipas.report.request import read_request
from sipas.report.sources.files import Files, file_source
from tests.report.conftest import SIPAS

EN = Names("en")


def shown(files: Files, name: str, *options: tuple[str, str], names: Names = EN) -> ShownChart:
    kind = choose_kind(name)
    usual = kind.defaults({option for option, _ in options}, dict(options).get("round"))
    request = require_one_table(read_request([*options, *usual.items()]))
    return kind.show(request, [file_source(files, request)], names)


def test_a_league_has_the_figures_of_estimate_and_the_ranks_of_ranks(
    sipas_files: Files,
) -> None:
    found = shown(sipas_files, "league")
    request = read_request([("by", "unit")])
    source = file_source(sipas_files, request)
    estimates = {row.by["unit"]: row for row in index_table(request, source).rows}
    ranks = {row.by["unit"]: row for row in rank_table(request, source).rows}
    assert isinstance(found.table, RankTable)
    for row in found.table.rows:
        own, place = estimates[row.by["unit"]], ranks[row.by["unit"]]
        assert (row.estimate, row.low, row.high) == (own.estimate, own.low, own.high)
        assert (row.rank, row.rank_low, row.rank_high) == (place.rank, place.rank_low, place.rank_high)
    (dots,) = found.chart.bodies
    assert isinstance(dots, Dots)
    drawn = {dot.name: dot for dot in dots.dots}
    for unit, place in ranks.items():
        rank = drawn[str(unit)].rank
        assert (rank is None) == (place.rank is None)
        if rank is not None:
            assert (rank.place, rank.low, rank.high) == (place.rank, place.rank_low, place.rank_high)
            assert rank.low_of_all == place.rank_low_simultaneous


def test_a_heat_map_has_a_column_for_each_factor(sipas_files: Files) -> None:
    (heat,) = shown(sipas_files, "heatmap").chart.bodies
    assert isinstance(heat, Heat)
    assert heat.heads == ("Access", "Procedures", "Officials", "Results", "Feedback")
    assert [row.name for row in heat.rows] == [f"U{n:02}" for n in range(1, 11)]


def test_many_measures_of_few_domains_stand_below_each_other(sipas_files: Files) -> None:
    (heat,) = shown(sipas_files, "heatmap", ("measure", "items"), ("by", "channel")).chart.bodies
    assert isinstance(heat, Heat)
    assert (len(heat.rows), len(heat.heads)) == (22, 3)
    assert heat.rows[0].name == "Access 1"
    with pytest.raises(InputError, match="22 measures of 10 domains have no room"):
        shown(sipas_files, "heatmap", ("measure", "items"))


def test_a_distribution_is_of_each_item_below_its_factor_unless_told(sipas_files: Files) -> None:
    found = shown(sipas_files, "distribution")
    (bars,) = found.chart.bodies
    assert isinstance(bars, Bars)
    assert [group.heading for group in bars.groups][:2] == ["Access", "Procedures"]
    assert bars.points[0] == "1 Very dissatisfied"
    assert isinstance(found.table, DistributionTable)
    for row in found.table.rows:
        assert sum(row.shares or ()) == pytest.approx(1)
        assert sum((row.shares or ())[3:]) == pytest.approx(row.estimate)
        assert (row.shares_high[4] or 1) - (row.shares_low[4] or 0) < 0.06


def test_a_distribution_by_unit_is_of_the_index_and_of_several_measures_below_each_other(
    sipas_files: Files,
) -> None:
    (bars,) = shown(sipas_files, "distribution", ("by", "unit")).chart.bodies
    assert isinstance(bars, Bars)
    assert [len(group.bars) for group in bars.groups] == [10]
    (crossed,) = shown(sipas_files, "distribution", ("by", "sex"), ("measure", "factors")).chart.bodies
    assert isinstance(crossed, Bars)
    assert [group.heading for group in crossed.groups][:2] == ["Access", "Procedures"]


@pytest.fixture
def answer_channels(sipas_files: Files, tmp_path: Path) -> Files:
    """The service channels under the names of answer channels."""
    text = (SIPAS / "responses.csv").read_text(encoding="utf-8")
    for old, new in (("counter", "kiosk"), ("online", "sms"), ("postal", "paper")):
        text = text.replace(f",{old},", f",{new},")
    responses = tmp_path / "responses.csv"
    responses.write_text(text, encoding="utf-8")
    return replace(sipas_files, responses=responses, strata=("unit", "procedure_group"))


def test_channels_stand_alone_together_and_two_by_two(answer_channels: Files) -> None:
    found = shown(answer_channels, "channels")
    assert isinstance(found.table, ChannelsTable)
    assert (found.table.mix, len(found.table.headlines), len(found.table.comparisons)) == ("equal", 3, 3)
    alone, pairs = found.chart.bodies
    assert isinstance(alone, Dots)
    assert isinstance(pairs, DifferencePlot)
    assert [[dot.name for dot in group.dots] for group in alone.groups] == [
        ["Kiosk", "Text message", "Paper"],
        ["All responses", "Invited people only", "Kiosks and QR codes only"],
    ]
    first = pairs.comparisons[0]
    assert (first.first.name, first.second.name) == ("Kiosk", "Paper")
    assert first.difference == pytest.approx((first.first.estimate or 0) - (first.second.estimate or 0))
    assert all(side.low is not None for one in pairs.comparisons for side in (one.first, one.second))


def test_channels_are_of_the_same_responses_apart_and_together(answer_channels: Files) -> None:
    """Of what kiosks bring in one unit a sixth names no procedure, of all that it gets less than a tenth."""
    with answer_channels.responses.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    unit, group, channel = (header.index(name) for name in ("unit", "procedure_group", "channel"))
    from_kiosk = [row for row in rows if (row[unit], row[channel]) == ("U01", "kiosk")]
    all_of_unit = sum(row[unit] == "U01" for row in rows)
    nameless = from_kiosk[::6]
    assert 0.1 * len(from_kiosk) < len(nameless) < 0.1 * all_of_unit
    for row in nameless:
        row[group] = ""
    with answer_channels.responses.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    found = shown(answer_channels, "channels")
    assert isinstance(found.table, ChannelsTable)
    placed = 3835 - len(nameless)
    together = {line.channels: line.n for line in found.table.headlines}
    assert found.table.header.weights.unplaced == len(nameless)
    assert together["all"] == together["invited"] + together["walk-up"] == placed
    alone = {row.by["channel"]: row.n for row in found.table.rows}
    assert (sum(alone.values()), alone["kiosk"]) == (placed, together["walk-up"])
    said = f"{len(nameless)} of 3,835 responses are not counted, because their stratum is not known or not in"
    assert any(note.startswith(said) for note in found.chart.notes)


def test_a_column_that_makes_strata_has_no_mix_to_share(sipas_files: Files) -> None:
    found = shown(sipas_files, "channels")
    assert isinstance(found.table, ChannelsTable)
    assert found.table.mix == "own"
    assert any(row.difference is not None for row in found.table.comparisons)


def test_one_channel_alone_is_compared_with_nothing(answer_channels: Files) -> None:
    (dots,) = shown(answer_channels, "channels", ("where", "channel=kiosk")).chart.bodies
    assert isinstance(dots, Dots)
    assert [dot.name for dot in dots.dots] == ["Kiosk"]


def test_a_trend_goes_over_months_unless_told(dated_files: Files) -> None:
    found = shown(dated_files, "trend")
    assert isinstance(found.table, TrendTable)
    assert found.table.times == [f"2026-{month:02}" for month in range(1, 9)]
    (trends,) = found.chart.bodies
    assert isinstance(trends, Trends)
    assert [dot.name for dot in trends.dots][:2] == ["Jan 2026", "Feb 2026"]
    quarters = shown(dated_files, "trend", ("by", "sex,quarter"), names=Names("vi"))
    (by_sex,) = quarters.chart.bodies
    assert isinstance(by_sex, Trends)
    assert [series.heading for series in by_sex.series] == ["Nam", "Nữ"]
    assert [dot.name for dot in by_sex.series[0].dots] == ["Quý I/2026", "Quý II/2026", "Quý III/2026"]
    assert quarters.chart.title == "Mức độ hài lòng qua thời gian theo giới tính"


def test_a_month_in_which_nobody_answered_keeps_its_place(dated_files: Files, tmp_path: Path) -> None:
    with dated_files.responses.open(encoding="utf-8", newline="") as file:
        # Hanoi's March, in universal time.
        rows = [row for row in csv.reader(file) if not "2026-02-28T17" <= row[3] < "2026-03-31T17"]
    sparse = tmp_path / "sparse.csv"
    with sparse.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    (trends,) = shown(replace(dated_files, responses=sparse), "trend").chart.bodies
    assert isinstance(trends, Trends)
    march = trends.dots[2]
    assert (march.name, march.estimate, march.n) == ("Mar 2026", None, 0)


@pytest.mark.parametrize(
    ("column", "times", "expected"),
    [
        ("month", {"2025-11", "2026-02"}, ["2025-11", "2025-12", "2026-01", "2026-02"]),
        ("quarter", {"2026-Q1", "2025-Q3"}, ["2025-Q3", "2025-Q4", "2026-Q1"]),
        ("year", {"2021", "2024"}, ["2021", "2022", "2023", "2024"]),
        ("month", {"10", "9"}, ["9", "10"]),
        ("wave", {"b", "a"}, ["a", "b"]),
        ("month", set(), []),
    ],
)
def test_times_stand_in_their_order_without_gaps(column: str, times: set[str], expected: list[str]) -> None:
    assert fill_times(column, times) == expected


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("league", [("measure", "items")], "measure: a league chart shows one"),
        ("league", [("by", "unit"), ("by", "channel")], "by: a chart has one set of columns"),
        ("trend", [("by", ""), ("measure", "overall")], "by: a trend goes over a column of times"),
        ("trend", [("by", "response_id,month")], "plots are too many"),
        ("trend", [("by", "unit")], "by: unit is no column of times, as its value 'U01'"),
        ("channels", [("by", "unit,channel")], "by: a channels chart compares the values of one column"),
        ("channels", [("by", "response_id")], "3835 values are too many to compare two by two"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    sipas_files: Files, name: str, options: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        shown(sipas_files, name, *options)


def test_there_is_no_pie() -> None:
    with pytest.raises(NotFound, match="no chart 'pie'; there are league, trend, channels, heatmap"):
        choose_kind("pie")
