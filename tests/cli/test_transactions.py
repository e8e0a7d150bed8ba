"""sipas import transactions, sipas transactions and sipas round invite, as an administrator meets them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Sipas

WHEN = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="minutes")
HEADER = "transaction_id,unit,procedure,service_channel,completed_at,on_time,phone\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "done.csv"
    lines = [f"H26-{i},00070,1.001193,counter,{WHEN},{'true' if i % 4 else 'false'},\n" for i in range(20)]
    path.write_text("".join([HEADER, *lines, f"H26-x,00071x,1.001193,counter,{WHEN},,0912345678\n"]))
    return path


def test_what_was_told_is_listed_with_its_problems_and_these_are_retried(
    city: Sipas, file: Path, tmp_path: Path
) -> None:
    counts = {"stored": 20, "corrected": 0, "cancelled": 0, "repeated": 0, "problems": 1, "unreadable": 0}
    counts["contradicting"] = 0
    phones = {"phones": {"usable": 1, "none": 20}, "unusable": {}}
    assert city("import", "transactions", file).json == counts | phones
    assert city("transactions", "list").json == [
        {"round": "autumn", "transactions": 20, "on_time": 15, "late": 5}
    ]
    (problem,) = city("transactions", "problems").json
    assert (problem["source"], problem["reason"]) == ("done.csv", "unit")
    assert city("transactions", "retry").json == {"counted": 0, "problems": {"unit": 1}}
    units = tmp_path / "units.csv"
    units.write_text("code,name,type\n00071x,Phường Mới,commune\n")
    assert city("import", "units", units).exit_code == 0
    assert city("transactions", "retry").json == {"counted": 1, "problems": {}}
    assert city("check").exit_code == 0


def test_rows_that_cannot_be_read_are_left_out_and_written_with_the_reason(
    city: Sipas, file: Path, tmp_path: Path
) -> None:
    lines = file.read_text().splitlines()
    lines[2:2] = [f"H26-y,00070,1.001193,Fax,{WHEN},,", "H26-z,00070,1.001193,counter,gestern,,0912345678"]
    lines += ["H26-short,00070", f"H26-long,00070,1.001193,counter,{WHEN},,,x"]
    lines += [lines[1].replace("false", "true")]
    file.write_text("\n".join(lines))
    assert city("import", "transactions", file).exit_code == 2
    left_out = tmp_path / "left-out.csv"
    imported = city("import", "transactions", file, "--skip-bad", left_out)
    assert (imported.json["stored"], imported.json["problems"], imported.json["unreadable"]) == (20, 1, 4)
    assert (imported.json["repeated"], imported.json["contradicting"]) == (0, 1)
    assert "rows about the same transaction differ (2 and 27); the later row counts" in imported.err
    assert f"left out: 5; they are in {left_out}" in imported.err
    header, fax, day, unit, short, long = left_out.read_text(encoding="utf-8").splitlines()
    assert header == f"row,reason,{HEADER.strip()}"
    assert fax.startswith('3,"service_channel is not one of counter')
    assert day.startswith("4,completed_at is no date")
    assert day.endswith("H26-z,00070,1.001193,counter,gestern,,0912345678")
    assert unit.startswith("24,unit: there is no unit '00071x'")
    assert short.startswith("25,has 2 cells where the header has 7")
    assert short.endswith(",H26-short,00070")
    assert long.endswith(f"H26-long,00070,1.001193,counter,{WHEN},,,x")


def test_a_round_that_opens_now_says_that_an_earlier_feed_counts_nowhere(city: Sipas, file: Path) -> None:
    city("round", "close", "autumn")
    file.write_text(file.read_text().replace(WHEN, "2025-06-01T09:00"))
    assert city("import", "transactions", file).json["stored"] == 20
    opened = city("round", "open", "--id", "next", "--instrument", "sipas-22@1", "--strata", "unit")
    assert opened.exit_code == 0
    assert "20 finished transactions, from 2025-06-01 on, are older than round next" in opened.err
    assert "--from 2025-06-01" in opened.err


def test_a_column_that_is_not_read_is_named(city: Sipas, file: Path) -> None:
    file.write_text(file.read_text().replace("on_time,phone", "tên,ghi chú"))
    told = city("import", "transactions", file)
    assert told.exit_code == 0
    assert "warning: done.csv has columns that are not read: tên, ghi chú" in told.err


def test_counts_are_the_frame_of_a_round_without_one(city: Sipas, file: Path) -> None:
    city("import", "transactions", file)
    planned = city("plan", "--round", "autumn", "--by", "unit", "--format", "csv")
    assert planned.exit_code == 0, planned.err
    domain = [line for line in planned.out.splitlines() if ",domain," in line]
    assert len(domain) == 1
    assert domain[0].startswith("00070,,,domain,20,")


def test_a_round_settles_whom_it_asks_and_keeps_its_seed(city: Sipas) -> None:
    first = city("round", "invite", "--id", "autumn", "--rate", "0.2")
    assert first.exit_code == 0, first.err
    assert first.json | {"seed": None} == {
        "round": "autumn",
        "seed": None,
        "rate": 0.2,
        "strata": 0,
        "delay": "3:00:00",
        "again_after": "90 days, 0:00:00",
        "lasts": "14 days, 0:00:00",
        "remind_after": "3 days, 0:00:00",
    }
    again = city("round", "invite", "--id", "autumn", "--rate", "1", "--remind-after", "none").json
    assert (again["seed"], again["remind_after"]) == (first.json["seed"], None)
    assert city("round", "invite", "--id", "autumn", "--rate", "1", "--seed", "5").json["seed"] == 5


def test_a_plan_settles_the_rates_of_its_strata(city: Sipas, file: Path, tmp_path: Path) -> None:
    city("import", "transactions", file)
    plan = tmp_path / "plan.csv"
    assert city("plan", "--round", "autumn", "--total", "5", "-o", plan).exit_code == 0
    assert city("round", "invite", "--id", "autumn", "--plan", plan).json["strata"] == 1
    rates = tmp_path / "rates.csv"
    rates.write_text("unit,service_channel,rate\n00070,counter,0.5\n00070,online,1\n")
    assert city("round", "invite", "--id", "autumn", "--rate", "0.1", "--plan", rates).json["strata"] == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("unit,rate\n00070,1.5\n", "row 2, column rate: is not between 0 and 1"),
        ("unit,rate\n00070,0.5\n00070,0.6\n", "row 3, column unit: row 2 is of the same stratum"),
        ("ward,rate\n00070,0.5\n", "row 1, column ward: transactions are known by unit, procedure"),
        ("unit\n00070\n", "row 1: has no column rate"),
        ("unit,rate\n99999,1\n", "row 2, column unit: there is no unit '99999'"),
    ],
)
def test_rates_that_cannot_be_used_are_refused(
    city: Sipas, tmp_path: Path, content: str, complaint: str
) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text(content)
    refused = city("round", "invite", "--id", "autumn", "--plan", rates)
    assert refused.exit_code == 2
    assert f"rates.csv, {complaint}" in refused.err


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ((), "give --rate, or --plan FILE, or both"),
        (("--rate", "2"), "2.0 is not in the range"),
        (("--rate", "1", "--delay", "soon"), "'soon' is not a length of time; write it as 30m, 3h or 14d"),
        (("--rate", "1", "--lasts", "0d"), "the time must be longer than 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    city: Sipas, options: tuple[str, ...], complaint: str
) -> None:
    refused = city("round", "invite", "--id", "autumn", *options)
    assert refused.exit_code == 2
    assert complaint in refused.err


def test_a_key_for_transactions_names_its_system(city: Sipas) -> None:
    assert city("key", "add", "--scope", "transactions", "--source", "one-stop").exit_code == 0
    for options in (("transactions",), ("read", "--source", "x")):
        assert "--source NAME" in city("key", "add", "--scope", *options).err
