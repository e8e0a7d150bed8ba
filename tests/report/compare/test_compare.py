"""Comparisons from files and from rounds: reference numbers, families, mergers, channels."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sipas.errors import InputError
from sipas.imports.instrument import import_instrument
from sipas.imports.responses import import_responses
from sipas.imports.successions import import_successions
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection, Pool
from sipas.report.compare import comparing
from sipas.report.compare.before import Before, read_before, succession_of
from sipas.report.compare.compare import compare_table
from sipas.report.compare.compare_formats import comparison_csv, comparison_text
from sipas.report.compare.compare_request import read_compare_request
from sipas.report.compare.compare_table import CompareRow, CompareTable
from sipas.report.formats import to_json
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.rounds import Rounds
from sipas.stats.notes import NOTHING_TO_COMPARE, SHARES_UNKNOWN
from sipas.survey.catalogue import LiveCatalogue
from tests.report.closeness import assert_close_rows
from tests.report.conftest import KANSAS_CITY, SIPAS, Reference

KANSAS_FILES = Files(KANSAS_CITY / "responses.csv", KANSAS_CITY / "instrument.toml", ("round", "district"))


def of_files(files: Files, *options: tuple[str, str]) -> CompareTable:
    asked = read_compare_request(options)
    return compare_table(asked, file_source(files, asked.estimate), None)


async def of_round(rounds: Rounds, *options: tuple[str, str]) -> CompareTable:
    asked = read_compare_request(options)
    source = await rounds.source(asked.estimate)
    return compare_table(asked, source, await read_before(rounds, asked, source.index))


def expected() -> list[dict[str, str]]:
    with (KANSAS_CITY / "expected_differences.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REFERENCE = {"round": "2021Q3", "method": "mail"}


def test_kansas_city_s_rounds_and_methods_differ_as_r_says() -> None:
    for by, level in REFERENCE.items():
        where = (("where", "method=web"), ("where", "method=mail")) if by == "method" else ()
        for measure in ("overall", "factors"):
            table = of_files(KANSAS_FILES, ("by", by), ("against", level), ("measure", measure), *where)
            rows = [row for row in expected() if row["by"] == by]
            for row in table.rows:
                factor = "overall" if row.measure == "overall:pooled" else row.measure.split(":")[1]
                (theirs,) = (one for one in rows if one["factor"] == factor)
                assert row.difference == pytest.approx(float(theirs["difference_of_indices"]), rel=1e-9)
                assert row.se == pytest.approx(float(theirs["se"]), rel=1e-9)


async def test_a_round_of_the_database_is_compared_as_the_file_is(kansas_city_round: Reference) -> None:
    options = (("by", "district"), ("measure", "factors"), ("adjust", "bh"), ("against", "all-pairs"))
    from_file = of_files(KANSAS_FILES, *options)
    from_round = await of_round(kansas_city_round.rounds, ("round", "kansas-city"), *options)
    assert_close_rows(from_round.rows, from_file.rows)
    assert len(from_round.rows) == 6 * 15


def test_each_unit_is_compared_with_the_rest_unless_told(sipas_files: Files) -> None:
    table = of_files(sipas_files, ("by", "unit"), ("collapse", "none"))
    assert (table.against, table.adjust, table.mix) == ("rest", "holm", "own")
    assert [row.by["unit"] for row in table.rows] == [f"U{n:02}" for n in range(1, 11)]
    assert all(row.against == {} and row.against_n == 3835 - row.n for row in table.rows)
    verdicts = {row.by["unit"]: row.verdict for row in table.rows}
    assert (verdicts["U05"], verdicts["U06"], verdicts["U09"]) == ("better", "worse", "cannot_tell")
    assert all(row.p is not None and row.p_adjusted is not None for row in table.rows)
    assert all((row.p or 0) <= (row.p_adjusted or 0) for row in table.rows)


def test_a_family_is_one_measure_in_one_table(sipas_files: Files) -> None:
    alone = of_files(sipas_files, ("by", "unit"), ("measure", "factor:factor1"))
    among = of_files(sipas_files, ("by", "sex"), ("by", "unit"), ("measure", "factors"))
    mine = [row for row in among.rows if row.measure == "factor:factor1" and "unit" in row.by]
    assert [row.by for row in mine] == [row.by for row in alone.rows]
    assert [row.p_adjusted for row in mine] == pytest.approx([row.p_adjusted for row in alone.rows])


def test_one_column_of_two_can_be_held_against_one_of_its_levels() -> None:
    table = of_files(KANSAS_FILES, ("by", "district,round"), ("against", "round=2021Q3"))
    assert [(row.by["district"], row.against) for row in table.rows] == [
        (f"CD{n}", {"district": f"CD{n}", "round": "2021Q3"}) for n in range(1, 7)
    ]
    assert {row.by["round"] for row in table.rows} == {"2022Q1"}


def test_who_has_nobody_to_be_held_against_is_listed_without_a_figure() -> None:
    table = of_files(
        KANSAS_FILES, ("by", "district,method"), ("against", "method=phone"), ("where", "district=CD1")
    )
    known = {(row.by["district"], row.by["method"]) for row in table.rows}
    assert known <= {("CD1", "mail"), ("CD1", "web")}
    for row in table.rows:
        if row.against_n == 0:
            assert row.difference is None
            assert NOTHING_TO_COMPARE in row.notes


@pytest.fixture
def channel_files(sipas_files: Files, tmp_path: Path) -> Files:
    """The service channels under the names of answer channels."""
    responses = tmp_path / "responses.csv"
    text = (SIPAS / "responses.csv").read_text(encoding="utf-8")
    for old, new in (("counter", "kiosk"), ("online", "sms"), ("postal", "paper")):
        text = text.replace(f",{old},", f",{new},")
    responses.write_text(text, encoding="utf-8")
    return replace(sipas_files, responses=responses, strata=("unit", "procedure_group"))


def test_channels_are_compared_at_the_same_mix_and_beside_headlines(channel_files: Files) -> None:
    table = of_files(channel_files, ("by", "channel"), ("measure", "factor:factor1"))
    assert (table.mix, table.against) == ("equal", "all-pairs")
    pairs = [(row.by["channel"], row.against["channel"]) for row in table.rows]
    assert pairs == [("kiosk", "paper"), ("kiosk", "sms"), ("paper", "sms")]
    assert all(row.covered is not None and 0.5 < row.covered <= 1 for row in table.rows)
    assert [(line.channels, line.n) for line in table.headlines] == [
        ("all", 3835), ("invited", 1993), ("walk-up", 1842),
    ]  # fmt: skip
    for row in table.rows:
        assert (row.estimate_low or 0) < (row.estimate or 0) < (row.estimate_high or 0)
        assert (row.against_low or 0) < (row.against_estimate or 0) < (row.against_high or 0)
    own = of_files(channel_files, ("by", "channel"), ("measure", "factor:factor1"), ("mix", "own"))
    assert (own.mix, own.against, own.headlines) == ("own", "all-pairs", [])


def test_a_table_is_json_csv_and_text(channel_files: Files) -> None:
    table = of_files(channel_files, ("by", "channel"), ("against", "kiosk"))
    found = json.loads(to_json(table))
    assert list(found["rows"][0])[:6] == [
        "by",
        "against",
        "measure",
        "statistic",
        "estimate",
        "against_estimate",
    ]
    assert found["definition"] == {"id": "pooled", "instrument": "sipas-22@1"}
    rows = list(csv.DictReader(io.StringIO(comparison_csv(table).decode())))
    assert list(rows[0])[:3] == ["channel", "against_channel", "measure"]
    assert float(rows[0]["difference"]) == table.rows[0].difference
    text = comparison_text(table)
    assert "both sides weighted to the same mix of strata" in text
    assert re.search(
        r"^overall:pooled, invited answers: \d+\.\d\d % \(\d+\.\d–\d+\.\d\), n = \d+$", text, re.MULTILINE
    )
    assert "95 % intervals of the differences: wald (from both sides' wilson intervals if" in text
    assert "nan" not in text.lower()


UNITS = """code,name,type,valid_from,valid_to
1,Old one,commune,,2025-06-30
2,Old two,commune,,2025-06-30
5,Old five,commune,,2025-06-30
6,Old six,commune,,2025-06-30
4,Never ended,commune,,
1,New one,commune,2025-07-01,
3,New three,commune,2025-07-01,
7,New seven,commune,2025-07-01,
"""
SUCCESSION = "old_code,new_code,share\n1,3,\n2,1,0.5\n2,3,0.5\n5,7,\n5,1,\n"


@pytest.fixture
async def merger(conn: Connection, pool: Pool, tmp_path: Path) -> Rounds:
    """Rounds `before` and `after`: 1 went into 3; 2 into 1 and 3; 5 nobody knows how; 6 nowhere."""
    for name, content in (("units", UNITS), ("succession", SUCCESSION)):
        (tmp_path / f"{name}.csv").write_text(content)
    await import_units(conn, tmp_path / "units.csv")
    await import_successions(conn, tmp_path / "succession.csv")
    await import_instrument(conn, SIPAS / "instrument.toml")
    for code, first, last, units in (("before", 2024, 2025, "12456"), ("after", 2026, 2027, "134")):
        await conn.execute(
            """insert into round (code, instrument_id, strata, index_code, opens_at, closes_at)
                select $1, id, '{unit}', 'pooled', make_date($2, 1, 1), make_date($3, 1, 1)
                from instrument""",
            code,
            first,
            last,
        )
        lines = [
            f"{code}{unit}{n},{unit},{first}-05-05,{5 if n % (int(unit) + 2) else 1}"
            for unit in units
            for n in range(60)
        ]
        path = tmp_path / f"{code}.csv"
        path.write_text("\n".join(["response_id,unit,submitted_at,f1q1", *lines]) + "\n")
        await import_responses(conn, path, code)
    return Rounds(pool, LiveCatalogue(pool))


CHANGE = (("round", "after"), ("against-round", "before"), ("measure", "item:f1q1"))


def by_unit(table: CompareTable) -> dict[str | None, CompareRow]:
    return {row.by["unit"]: row for row in table.rows}


async def test_units_are_followed_across_a_merger_by_what_they_are_not_by_their_codes(merger: Rounds) -> None:
    table = await of_round(merger, *CHANGE, ("by", "unit"))
    rows = by_unit(table)
    assert list(rows) == ["1", "3", "4"]
    old_1, old_2, old_4 = (1 - len([n for n in range(60) if n % (k + 2) == 0]) / 60 for k in (1, 2, 4))
    assert rows["3"].against == {"round": "before", "unit": "3"}
    assert rows["3"].against_estimate == pytest.approx((old_1 + 0.5 * old_2) / 1.5)
    assert rows["4"].against_estimate == pytest.approx(old_4)
    assert rows["4"].difference == pytest.approx(0)
    assert rows["3"].covered == 1
    assert (rows["3"].against_n, rows["4"].against_n) == (120, 60)
    assert table.mapped == pytest.approx((1 + 0.5 + 1 + 1) / 5)


async def test_a_share_that_nobody_knows_gives_null_and_says_so(merger: Rounds) -> None:
    row = by_unit(await of_round(merger, *CHANGE, ("by", "unit")))["1"]
    assert (row.estimate is None, row.against_estimate, row.difference, row.p) == (False, None, None, None)
    assert row.verdict == "cannot_tell"
    assert SHARES_UNKNOWN in row.notes


async def test_the_whole_changed_too(merger: Rounds) -> None:
    (row,) = (await of_round(merger, *CHANGE)).rows
    assert (row.by, row.against, row.n, row.against_n) == ({}, {"round": "before"}, 180, 300)
    assert row.df == 180 - 3 + 300 - 5
    assert row.covered is None


async def test_a_unit_can_be_chosen_where_it_can_be_followed(merger: Rounds) -> None:
    table = await of_round(merger, *CHANGE, ("by", "unit"), ("where", "unit=3"))
    assert list(by_unit(table)) == ["3"]
    assert table.rows[0].against_n == 120


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "by: name the columns whose values are to be compared"),
        ((("by", "district"), ("against", "CD9")), "against: there is no district=CD9; there are CD1, CD2"),
        ((("by", "district,round"), ("against", "CD1")), "by more than one column say COLUMN=VALUE"),
        (
            (("by", "district"), ("against", "round=2021Q3")),
            "round is not among the columns compared: district",
        ),
        ((("by", "district,round"), ("mix", "equal")), "mix: 'equal' compares the values of one column"),
        ((("by", "district"), ("mix", "equal")), "district is a stratum"),
        ((("by", "district"), ("against", "rest"), ("against-round", "x")), "give one of them"),
        ((("round", "x"), ("against-round", "x")), "against-round: x is the round itself"),
        ((("against-round", "x"), ("period", "2021-01..")), "period: lies in one round"),
        ((("against-round", "x"), ("where", "unit=U1")), "a unit can be followed from round to round only"),
        ((("by", "district"), ("adjust", "none")), "adjust: 'none' is not available; available: holm, bh"),
        (
            (("by", "response_id"), ("against", "all-pairs")),
            "all pairs of 2017 domains are 2,033,136, more than",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(options: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        of_files(KANSAS_FILES, *options)


@pytest.mark.parametrize("against", ["rest", "whole", "all-pairs", "CD1"])
def test_more_domains_than_covariances_can_be_made_for_are_refused(
    against: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_DOMAINS", 5)
    with pytest.raises(InputError, match="by: these are 6 domains, more than 5; choose some with where"):
        of_files(KANSAS_FILES, ("by", "district"), ("against", against))


def test_more_pairs_than_a_page_can_tell_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MOST_PAIRS", 14)
    with pytest.raises(InputError, match="against: all pairs of 6 domains are 15, more than 14"):
        of_files(KANSAS_FILES, ("by", "district"), ("against", "all-pairs"))


def test_a_round_before_may_have_no_more_domains_either(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = read_compare_request([("by", "district"), ("round", "now"), ("against-round", "before")])
    source = file_source(KANSAS_FILES, asked.estimate)
    before = Before(asked.estimate, source, succession_of([]))
    assert len(compare_table(asked, source, before).rows) == 6
    monkeypatch.setattr(comparing, "MOST_DOMAINS", 5)
    with pytest.raises(InputError, match="by: these are 6 domains, more than 5"):
        compare_table(asked, source, before)
