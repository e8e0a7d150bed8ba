"""Periods written as FROM..TO, in months or days; either end may be open."""

import calendar
import re
from datetime import date

import msgspec

from sipas.errors import InputError

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)")


class Period(msgspec.Struct, frozen=True):
    """Both days belong to it."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def covers(self, first: date, last: date) -> bool:
        return self.first <= first and last <= self.last

    def cut_months(self) -> tuple[date, ...]:
        """The first days of the months that lie in it only in part."""
        cut = set()
        if self.first.day != 1:
            cut.add(self.first.replace(day=1))
        if self.last != month_end(self.last) and self.last != date.max:
            cut.add(self.last.replace(day=1))
        return tuple(sorted(cut))


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def parse_period(text: str) -> Period:
    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        raise InputError(f"period: {text!r} is not FROM..TO, such as 2026-01..2026-03")
    period = Period(_start_of(first) if first else date.min, _end_of(last) if last else date.max)
    if period.first > period.last:
        raise InputError(f"period: {text!r} ends before it begins")
    return period


def _start_of(text: str) -> date:
    return _parse_day(f"{text}-01" if _MONTH.fullmatch(text) else text)


def _end_of(text: str) -> date:
    return month_end(_parse_day(f"{text}-01")) if _MONTH.fullmatch(text) else _parse_day(text)


def _parse_day(text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"period: {text!r} is neither a day (2026-01-15) nor a month (2026-01)") from None
