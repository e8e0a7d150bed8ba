from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sipas.tables.cells import parse_count, parse_day, parse_moment, parse_number, parse_truth, parse_whole


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("2000", 2000), ("2000.0", 2000), ("+7", 7)])
def test_counts_are_whole_numbers_from_0_up(text: str, value: int) -> None:
    assert parse_count(text) == value


@pytest.mark.parametrize("text", ["2.000", "2,000", "2 000", "1.5", "-1", "", "two", "1e3", "9" * 19])
def test_a_number_that_two_countries_read_differently_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match=r"whole number|negative"):
        parse_count(text)


def test_whole_numbers_may_be_negative() -> None:
    assert parse_whole("-3") == -3


@pytest.mark.parametrize(("text", "value"), [("0.25", 0.25), ("0,25", 0.25), ("1", 1.0), ("2.5e-1", 0.25)])
def test_numbers_have_a_point_or_a_comma(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["nan", "inf", "1,000.5", "½", ""])
def test_other_texts_are_no_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        parse_number(text)


@pytest.mark.parametrize("text", ["2025-07-01", "01/07/2025", "1/7/2025", "2025-07-01T00:00:00"])
def test_days_are_iso_or_day_first(text: str) -> None:
    assert parse_day(text) == date(2025, 7, 1)


def test_a_moment_keeps_its_zone_or_has_none() -> None:
    seven = timezone(timedelta(hours=7))
    assert parse_moment("2025-07-01T08:30:00+07:00") == datetime(2025, 7, 1, 8, 30, tzinfo=seven)
    assert parse_moment("2025-07-01T01:30:00Z") == datetime(2025, 7, 1, 1, 30, tzinfo=UTC)
    assert parse_moment("01/07/2025 08:30").isoformat() == "2025-07-01T08:30:00"
    assert parse_moment("01/07/2025 8:30:15").tzinfo is None


@pytest.mark.parametrize("text", ["31/02/2025", "2025-13-01", "07-2025", "45839", "yesterday"])
def test_other_texts_are_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match="is no date; write it as 2025-07-01 or 01/07/2025"):
        parse_moment(text)


@pytest.mark.parametrize(
    ("texts", "value"),
    [("TRUE true 1 yes Có x", True), ("FALSE false 0 no Không", False)],
)
def test_truth_is_written_in_many_ways(texts: str, value: bool) -> None:
    assert {parse_truth(text) for text in texts.split()} == {value}


@pytest.mark.parametrize("parse", [parse_truth, parse_number, parse_whole, parse_day])
def test_no_parser_takes_a_question_mark(parse: Callable[[str], object]) -> None:
    with pytest.raises(ValueError, match=r"'\?'"):
        parse("?")
