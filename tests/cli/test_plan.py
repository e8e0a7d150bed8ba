"""`sipas plan`: from a file and from a round."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from sipas.stats.planning import margins, sample_sizes, slovin
from tests.cli.conftest import Outcome, Sipas, changed

REFERENCE = Path(__file__).parents[1] / "reference" / "sipas"
FRAME = ("--frame", REFERENCE / "frame.csv", "--frame-count", "N_h")
STRATA = ("--strata", "unit,procedure_group,channel")
SMALL = "unit,channel,N\nA,counter,900\nA,online,100\nB,counter,40\nB,online,10\nC,counter,0\n"


@pytest.fixture
def small(tmp_path: Path) -> tuple[object, ...]:
    """Unit A is large, B small, and C had no work."""
    file = tmp_path / "frame.csv"
    file.write_text(SMALL, encoding="utf-8")
    return ("--frame", file, "--frame-count", "N", "--strata", "unit,channel")


def rows(outcome: Outcome, part: str) -> list[dict[str, Any]]:
    assert outcome.exit_code == 0, outcome.err
    return [row for row in outcome.json["rows"] if row["part"] == part]


def codes(row: dict[str, Any]) -> list[str]:
    return [note["code"] for note in row["notes"]]


def test_each_unit_reaches_the_margin_with_about_the_textbook_s_number(sipas: Sipas) -> None:
    units = rows(sipas("plan", *FRAME, *STRATA, "--margin", 0.05, "--format", "json"), "domain")
    assert [row["by"]["unit"] for row in units] == [f"U{i:02}" for i in range(1, 11)]
    for row in units:
        assert row["margin"] <= 0.05 * (1 + 1e-9)
        assert row["simple_random"] == sample_sizes(row["population"], 0.05)
        assert row["slovin"] == slovin(row["population"], 0.05)
        assert row["simple_random"] - 1 <= row["responses"] <= row["simple_random"] + 5
        assert row["invitations"] == row["responses"]


def test_domains_and_whole_are_the_sums_of_their_strata(sipas: Sipas) -> None:
    outcome = sipas("plan", *FRAME, *STRATA, "--response-rate", 0.3, "--format", "json")
    strata, units, (whole,) = (rows(outcome, part) for part in ("stratum", "domain", "whole"))
    assert (len(strata), len(units)) == (150, 10)
    for column in ("population", "responses", "invitations", "expected"):
        total = pytest.approx(whole[column])
        assert sum(row[column] for row in units) == total
        assert sum(row[column] for row in strata) == total
    for row in strata:
        assert row["invitations"] <= row["population"]
        assert row["expected"] == pytest.approx(0.3 * row["invitations"])


def test_a_unit_too_small_for_the_margin_says_so(sipas: Sipas, small: tuple[object, ...]) -> None:
    asked = ("--margin", 0.1, "--response-rate", 0.25, "--format", "json")
    a, b, c = rows(sipas("plan", *small, *asked), "domain")
    assert a["notes"] == []
    assert (b["invitations"], b["expected"]) == (50, 12.5)
    assert b["margin"] == pytest.approx(margins(50, 12.5)[()], rel=0.01)
    assert codes(b) == ["too-few-transactions"]
    assert (c["responses"], c["margin"], c["share"]) == (0, None, None)
    assert codes(c) == ["no-transactions"]


def test_a_total_is_spread_and_the_margin_said(sipas: Sipas, small: tuple[object, ...]) -> None:
    asked = ("--total", 105, "--minimum", 0, "--format", "json")
    strata = rows(sipas("plan", *small, *asked), "stratum")
    assert [row["responses"] for row in strata] == [90, 10, 4, 1, 0]
    equal = rows(sipas("plan", *small, *asked, "--allocation", "equal"), "stratum")
    assert [row["responses"] for row in equal] == [32, 32, 31, 10, 0]
    assert equal[0]["margin"] == pytest.approx(
        margins(900, 32, 0.5)[()] * ((1000 / 999) / (900 / 899)) ** 0.5
    )
    assert (equal[0]["slovin"], equal[0]["simple_random"]) == (None, None)


def test_neyman_asks_more_where_a_pilot_found_opinions_divided(
    sipas: Sipas, small: tuple[object, ...], tmp_path: Path
) -> None:
    """S from (n p + 1) / (n + 2), and from the share expected where the pilot knows nothing."""
    pilot = tmp_path / "pilot.csv"
    pilot.write_text(
        "unit,channel,measure,statistic,estimate,n_effective\n,,overall:i,share,0.8,200\n"
        "A,counter,overall:i,share,0.9,198\nA,online,overall:i,share,0.45,98\nB,counter,overall:i,share,,0\n"
    )
    asked = ("--total", 100, "--minimum", 0, "--allocation", "neyman", "--share", 0.8, "--pilot", pilot)
    outcome = sipas("plan", *small, *asked, "--format", "json")
    strata = rows(outcome, "stratum")
    p, q = (198 * 0.9 + 1) / 200, (98 * 0.45 + 1) / 100
    assert [row["share"] for row in strata] == pytest.approx([p, q, 0.8, 0.8, None], abs=1e-12)
    n, s = (900, 100, 40, 10), [(x * (1 - x)) ** 0.5 for x in (p, q, 0.8, 0.8)]
    size = [a * b for a, b in zip(n, s, strict=True)]
    assert [row["responses"] for row in strata[:4]] == pytest.approx(
        [100 * x / sum(size) for x in size], abs=1.1
    )
    assert [note["text"] for note in outcome.json["notes"]] == [
        "shares from pilot.csv by unit, channel",
        "strata that the pilot lacks, planned with a share of 80.0%: 3",
    ]


def test_a_table_is_printed_and_a_file_written_as_it_is_called(
    sipas: Sipas, small: tuple[object, ...], tmp_path: Path
) -> None:
    outcome = sipas("plan", *small, "--margin", 0.1)
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert outcome.out.startswith("unit   population  responses  invitations  expected  margin")
    assert "margin 10 % of each unit, level 0.95" in outcome.out
    assert sipas("plan", *small, "-o", tmp_path / "plan.csv").out == ""
    table = list(csv.DictReader(io.StringIO((tmp_path / "plan.csv").read_text())))
    assert [row["part"] for row in table] == ["whole", *["domain"] * 3, *["stratum"] * 5]
    assert [*table[0]][:4] == ["unit", "channel", "part", "population"]


def test_the_whole_can_be_what_reaches_the_margin(sipas: Sipas, small: tuple[object, ...]) -> None:
    outcome = sipas("plan", *small, "--by", "", "--margin", 0.05, "--minimum", 0, "--format", "json")
    (whole,) = rows(outcome, "whole")
    assert abs(whole["responses"] - sample_sizes(1050, 0.05)) <= 1
    assert rows(outcome, "domain") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--margin", "3"), "margin: '3' must be above 0 and below 1, such as 0.03"),
        (("--margin", "nan"), "margin: 'nan' must be above 0 and below 1"),
        (("--margin", "0.05", "--total", "9"), "margin: a total has been given too; give one"),
        (("--share", "1"), "share: '1' must be above 0 and below 1, such as 0.8"),
        (("--deff", "0"), "deff: '0' must be above 0, such as 1.5"),
        (("--response-rate", "0"), "response-rate: '0' must be above 0 and at most 1, such as 0.3"),
        (("--level", "95"), "level: '95' is not a confidence level"),
        (("--minimum", "-1"), "minimum: '-1' must be a whole number, 0 or more"),
        (("--total", "2000"), "2000 responses cannot be spread over 5 strata that take 8 at least and 1050"),
        (("--allocation", "power"), "allocation: 'power' is not available; available: equal, proportional"),
        (("--by", "ward"), "frame.csv, row 1, column ward: is missing; the columns are unit, channel, N"),
        (("--frame-count", "n"), "frame.csv, row 1, column n: is missing"),
        (("--round", "autumn"), "--round and --frame are alternatives; give one of them"),
        (("--format", "xml"), "format: 'xml' is not one of json, csv, table"),
        (("--strata", "procedure"), "frame.csv, row 1, column procedure: is missing"),
    ],
)
def test_wrong_usage_and_input_say_so_in_one_line_and_exit_2(
    sipas: Sipas, small: tuple[object, ...], options: tuple[str, ...], message: str
) -> None:
    outcome = sipas("plan", *changed(small, options))
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_plan_without_strata_is_refused(sipas: Sipas, small: tuple[object, ...]) -> None:
    outcome = sipas("plan", *small[:4], "--by", "")
    assert outcome.exit_code == 2
    assert "strata: name the columns that form the strata" in outcome.err


def test_a_count_below_nothing_is_named_with_its_row(sipas: Sipas, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("unit,count\nA,10\nB,-3\n")
    outcome = sipas("plan", "--frame", tmp_path / "f.csv", "--strata", "unit")
    assert outcome.exit_code == 2
    assert outcome.err == "error: f.csv, row 3, column count: -3 is negative; a count is 0 or more\n"


@pytest.mark.parametrize(
    ("pilot", "message"),
    [
        ("unit,n\nA,3\n", "pilot.csv, row 1, column estimate: is missing"),
        ("ward,estimate\nA,0.8\n", "has none of the plan's columns, which are unit, channel"),
        ("unit,estimate\nA,80\n", "row 2, column estimate: 80 is not a share"),
        ("unit,estimate\nA,1\n", "row 2, column estimate: 1 leaves nothing in doubt"),
        ("unit,estimate\nA,0.8\nA,0.7\n", "row 3, column unit: an earlier row is of the same domain"),
        ("unit,estimate\nZ,0.8\n", "pilot.csv: by unit it knows none of the plan's strata"),
        ("unit,measure,estimate\nA,item:a,0.8\nA,item:b,0.8\n", "row 3, column measure: is another measure"),
        ("unit,statistic,estimate\nA,mean,4.2\n", "row 2, column statistic: is not a share"),
    ],
)
def test_a_pilot_that_cannot_be_used_is_refused(
    sipas: Sipas, small: tuple[object, ...], tmp_path: Path, pilot: str, message: str
) -> None:
    (tmp_path / "pilot.csv").write_text(pilot)
    outcome = sipas("plan", *small, "--pilot", tmp_path / "pilot.csv")
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert message in outcome.err


FRAME_OF_ROUND = (
    "unit,procedure,service_channel,count\n00070,2.000815,counter,900\n00070,2.000815,online,100\n"
    "00004,2.000815,counter,300\n"
)


def bring_frame(city: Sipas, folder: Path) -> None:
    (folder / "frame.csv").write_text(FRAME_OF_ROUND)
    brought = city("import", "frame", folder / "frame.csv", "--round", "autumn", "--count", "count")
    assert brought.exit_code == 0


def test_a_round_s_frame_is_planned_for(city: Sipas, tmp_path: Path) -> None:
    bring_frame(city, tmp_path)
    from_round = city("plan", "--round", "autumn", "--margin", 0.07, "--format", "json")
    strata = ("--strata", "unit,procedure,service_channel")
    from_file = city("plan", "--frame", tmp_path / "frame.csv", *strata, "--margin", 0.07, "--format", "json")
    assert rows(from_round, "stratum") == rows(from_file, "stratum")
    assert from_round.json["source"] == "autumn"
    (only,) = rows(city("plan", "--round", "autumn", "--by", "unit_type", "--format", "json"), "domain")
    assert (only["by"], only["population"]) == ({"unit_type": "commune"}, 1300)


def test_a_round_can_only_be_planned_for_by_what_its_frame_knows(city: Sipas, tmp_path: Path) -> None:
    outcome = city("plan", "--round", "autumn")
    assert outcome.exit_code == 2
    assert "round autumn has no frame; `sipas import frame` brings one in" in outcome.err
    (tmp_path / "frame.csv").write_text(FRAME_OF_ROUND)
    assert (
        city("import", "frame", tmp_path / "frame.csv", "--round", "autumn", "--count", "count").exit_code
        == 0
    )
    outcome = city("plan", "--round", "autumn", "--by", "sex")
    assert outcome.exit_code == 2
    assert "the frame has no column 'sex'; it has: " in outcome.err
    assert city("plan").err == "error: round: name one; the rounds are: autumn\n"
    assert "there is no round 'spring'" in city("plan", "--round", "spring").err
