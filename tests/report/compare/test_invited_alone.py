"""Targets, comparisons and ranks that hold for invited answers alone, and those that need walk-up ones."""

from pathlib import Path

import pytest

from sipas.report.compare.answer_formats import answer_text
from sipas.report.compare.compare import compare_table
from sipas.report.compare.compare_formats import comparison_text as compared_text
from sipas.report.compare.compare_request import read_compare_request
from sipas.report.compare.ranks import rank_table
from sipas.report.compare.targets import target_table
from sipas.report.indices.indices import prepare, rows
from sipas.report.names import Names
from sipas.report.pages.dashboard import headline
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.source import Source
from sipas.stats.notes import CHANNEL_UNKNOWN, RANK_WALK_UP_ONLY, WALK_UP_ONLY
from tests.report.conftest import SIPAS

BY_UNIT = (("by", "unit"),)


def source_of(folder: Path, request: EstimateRequest, *answers: tuple[str, str, int, int]) -> Source:
    """Of each unit and channel how many are satisfied, and how many answered."""
    lines = [
        f"{unit},{channel},{5 if one < satisfied else 1}"
        for unit, channel, satisfied, n in answers
        for one in range(n)
    ]
    numbered = [f"{number},{line}" for number, line in enumerate(lines)]
    (folder / "r.csv").write_text("\n".join(["response_id,unit,channel,f1q1", *numbered]))
    units = dict.fromkeys(unit for unit, *_ in answers)
    (folder / "f.csv").write_text("\n".join(["unit,count", *(f"{unit},9000" for unit in units)]))
    files = Files(folder / "r.csv", SIPAS / "instrument.toml", ("unit",), folder / "f.csv")
    return file_source(files, request)


def test_a_target_that_walk_up_answers_alone_reach_is_met_with_walk_up_answers_only(tmp_path: Path) -> None:
    request = read_request(BY_UNIT)
    answers = [
        ("A", "kiosk", 920, 1000),
        ("A", "sms", 340, 400),
        ("B", "kiosk", 900, 1000),
        ("B", "sms", 370, 400),
    ]
    table = target_table(request, source_of(tmp_path, request, *answers), 0.85)
    a, b = table.rows
    assert (a.verdict, a.verdict_invited) == ("met_walk_up_only", "cannot_tell")
    assert (b.verdict, b.verdict_invited) == ("met", "met")
    assert (WALK_UP_ONLY in a.notes, WALK_UP_ONLY in b.notes) == (True, False)
    assert "met with walk-up answers only" in answer_text(table)


@pytest.mark.parametrize(
    ("kiosk", "sms"), [("Kiosk", "SMS"), ("Ki-ốt", "Tin nhắn"), ("KI ỐT", "mời"), ("Vãng lai", "Được mời")]
)
def test_walk_up_answers_are_known_however_their_channel_is_written(
    tmp_path: Path, kiosk: str, sms: str
) -> None:
    request = read_request(BY_UNIT)
    source = source_of(tmp_path, request, ("A", kiosk, 920, 1000), ("A", sms, 340, 400))
    table = target_table(request, source, 0.85)
    assert [row.verdict for row in table.rows] == ["met_walk_up_only"]
    assert "channel-unknown" not in {note.code for note in table.header.notes}


def test_answers_of_unknown_channels_are_counted_and_named(tmp_path: Path) -> None:
    request = read_request(BY_UNIT)
    source = source_of(tmp_path, request, ("A", "quiosque", 920, 1000), ("A", "sms", 340, 400))
    assert CHANNEL_UNKNOWN(n=1000, names=("quiosque",)) in target_table(request, source, 0.85).header.notes
    service = source_of(tmp_path, request, ("A", "counter", 40, 50), ("A", "Trực tuyến", 40, 50))
    assert service.unknown_channels() is None


@pytest.mark.parametrize("channels", ["invited", "walk-up"])
def test_answers_of_one_kind_speak_for_themselves(tmp_path: Path, channels: str) -> None:
    request = read_request([*BY_UNIT, ("channels", channels)])
    source = source_of(tmp_path, request, ("A", "kiosk", 950, 1000), ("A", "sms", 380, 400))
    (row,) = target_table(request, source, 0.85).rows
    assert (row.verdict, row.verdict_invited) == ("met", None)


def test_a_unit_without_invited_answers_meets_a_target_with_walk_up_answers_only(tmp_path: Path) -> None:
    request = read_request(BY_UNIT)
    source = source_of(tmp_path, request, ("A", "kiosk", 950, 1000), ("B", "sms", 380, 400))
    a, b = target_table(request, source, 0.85).rows
    assert (a.verdict, a.verdict_invited) == ("met_walk_up_only", "cannot_tell")
    assert (b.verdict, b.verdict_invited) == ("met", "met")


def test_a_difference_that_invited_answers_do_not_show_needs_walk_up_answers(tmp_path: Path) -> None:
    asked = read_compare_request([*BY_UNIT, ("against", "B")])
    answers = [
        ("A", "kiosk", 950, 1000),
        ("A", "sms", 340, 400),
        ("B", "kiosk", 700, 1000),
        ("B", "sms", 340, 400),
    ]
    table = compare_table(asked, source_of(tmp_path, asked.estimate, *answers), None)
    (row,) = table.rows
    assert (row.verdict, row.verdict_invited) == ("better_walk_up_only", "cannot_tell")
    assert WALK_UP_ONLY in row.notes
    assert "better with walk-up answers only" in compared_text(table)


def test_a_comparison_of_answer_channels_asks_nothing_of_invited_answers_alone(tmp_path: Path) -> None:
    asked = read_compare_request([("by", "channel")])
    source = source_of(tmp_path, asked.estimate, ("A", "kiosk", 950, 1000), ("A", "sms", 280, 400))
    (row,) = compare_table(asked, source, None).rows
    assert (row.verdict, row.verdict_invited) == ("better", None)


def test_a_range_of_ranks_covers_that_of_invited_answers_alone(tmp_path: Path) -> None:
    request = read_request(BY_UNIT)
    answers = [
        ("A", "kiosk", 990, 1000), ("A", "sms", 260, 400),
        ("B", "kiosk", 700, 1000), ("B", "sms", 300, 400),
        ("C", "kiosk", 400, 1000), ("C", "sms", 160, 400),
    ]  # fmt: skip
    a, b, c = rank_table(request, source_of(tmp_path, request, *answers)).rows
    assert [(row.by["unit"], row.rank, row.rank_invited) for row in (a, b, c)] == [
        ("A", 1, 2), ("B", 2, 1), ("C", 3, 3),
    ]  # fmt: skip
    assert [(row.rank_low, row.rank_high) for row in (a, b, c)] == [(1, 2), (1, 2), (3, 3)]
    assert [RANK_WALK_UP_ONLY in row.notes for row in (a, b, c)] == [True, True, False]


def test_what_invited_answers_alone_do_not_rank_may_stand_anywhere_among_them(tmp_path: Path) -> None:
    request = read_request(BY_UNIT)
    answers = [("A", "kiosk", 990, 1000), ("B", "sms", 600, 1000), ("C", "sms", 400, 1000)]
    a, b, c = rank_table(request, source_of(tmp_path, request, *answers)).rows
    assert [(row.rank, row.rank_low, row.rank_high) for row in (a, b, c)] == [(1, 1, 1), (2, 1, 2), (3, 2, 3)]
    assert [RANK_WALK_UP_ONLY in row.notes for row in (a, b, c)] == [True, False, False]


def test_the_headline_says_that_its_verdict_needs_walk_up_answers(tmp_path: Path) -> None:
    request = read_request(())
    source = source_of(tmp_path, request, ("A", "kiosk", 920, 1000), ("A", "sms", 340, 400))
    with_target = Source(**{**vars(source), "target": 0.85})
    prepared = prepare(request, with_target)
    shown = headline(prepared, next(rows(prepared, ())), Names("vi"))
    assert shown.verdict == "met_walk_up_only"
