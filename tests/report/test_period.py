from datetime import date

import pytest

from sipas.errors import InputError
from sipas.report.period import Period, parse_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01..2026-02", date(2026, 1, 1), date(2026, 2, 28)),
        ("2024-02..2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-01-15..2026-02-10", date(2026, 1, 15), date(2026, 2, 10)),
        ("2026-01-15..2026-02", date(2026, 1, 15), date(2026, 2, 28)),
        ("2026-11..", date(2026, 11, 1), date.max),
        ("..2026-11", date.min, date(2026, 11, 30)),
    ],
)
def test_months_are_read_whole_and_an_end_may_be_open(text: str, first: date, last: date) -> None:
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize("text", ["", "..", "2026-01", "2026-1..2026-02", "2026-02-30..", "2026-02..2026-01"])
def test_what_is_no_period_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match=r"^period: "):
        parse_period(text)


def test_months_that_are_cut_are_those_that_a_period_does_not_hold_whole() -> None:
    assert parse_period("2026-01..2026-02").cut_months() == ()
    assert parse_period("2026-01-15..2026-02").cut_months() == (date(2026, 1, 1),)
    assert parse_period("2026-01-02..2026-01-30").cut_months() == (date(2026, 1, 1),)
    assert parse_period("2026-01-15..2026-03-30").cut_months() == (date(2026, 1, 1), date(2026, 3, 1))
    assert parse_period("2026-01..").cut_months() == ()
