"""Dates and times in files of transactions, and the order of day and month."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from sipas.errors import InputError
from sipas.survey.catalogue import LOCAL

DateOrder = Literal["dmy", "mdy", "iso"]

_TIME = r"(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?\s*(?P<half>am|pm|sa|ch)?"
_DATE = r"(?P<first>\d{1,2})(?P<sign>[/.-])(?P<middle>\d{1,2})(?P=sign)(?P<year>\d{4})"
_FORMS: Final = (
    re.compile(rf"{_DATE}(?:[ T,]+{_TIME})?", re.ASCII | re.IGNORECASE),
    re.compile(rf"{_TIME}[ ,]+(?:ngày )?{_DATE}", re.ASCII | re.IGNORECASE),
)
_YEAR_FIRST: Final = re.compile(
    rf"(?P<year>\d{{4}})(?P<sign>[/.-])(?P<month>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}})(?:[ T,]+{_TIME})?",
    re.ASCII | re.IGNORECASE,
)
_DATE_PARTS: Final = ("year", "hour", "minute", "second", "half")
_COMPACT: Final = re.compile(r"20\d{12}", re.ASCII)  # yyyyMMddHHmmss
_SERIAL: Final = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
_SERIAL_START: Final = datetime(1899, 12, 30, tzinfo=LOCAL)
_SERIALS: Final = range(36_526, 73_051)  # from 2000 to 2099
DATE_ADVICE: Final = "is no date; write it as 2026-03-02T14:30 or 02/03/2026 14:30"


_ISO_ADVICE: Final = (
    "is no date with the year first, as --dates iso says; write it as 2026-03-02T14:30, or use --dates dmy"
)


def date_advice(order: "DateOrder | None") -> str:
    """Return what is wrong with a text that is no date in this order, and how to correct it."""
    return _ISO_ADVICE if order == "iso" else DATE_ADVICE


class DateOrderError(Exception):
    """A date that is ambiguous, or valid only with the month first: all dates decide, or --dates."""


def parse_moment(text: str, order: DateOrder | None) -> datetime:
    """Parse a time. Without a zone it is in Vietnam. order None: not known yet. ValueError: not a date."""
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _of_parts(found, order)
    if _SERIAL.fullmatch(text):
        return _of_serial(text)
    if _COMPACT.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=LOCAL)
    if found := _YEAR_FIRST.fullmatch(text):
        return _at(found, int(found["month"]), int(found["day"]))
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=LOCAL)


def _of_serial(text: str) -> datetime:
    """Convert a spreadsheet's serial number, to the second."""
    days = float(text.replace(",", "."))
    if int(days) not in _SERIALS:
        raise ValueError("no day of this century")
    return _SERIAL_START + timedelta(seconds=round(days * 86_400))


def _of_parts(found: re.Match[str], order: DateOrder | None) -> datetime:
    day, month = _day_and_month(int(found["first"]), int(found["middle"]), order)
    return _at(found, month, day)


def _at(found: re.Match[str], month: int, day: int) -> datetime:
    year, hour, minute, second, half = found.group(*_DATE_PARTS)
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower() in ("pm", "ch") else 0)
    return datetime(int(year), month, day, hours, int(minute or 0), int(second or 0), tzinfo=LOCAL)


def _day_and_month(first: int, middle: int, order: DateOrder | None) -> tuple[int, int]:
    if order == "iso":
        raise ValueError("not ISO")
    if order == "mdy":
        return middle, first
    if order is None and first <= 12 and first != middle:
        raise DateOrderError
    return first, middle


class DateEvidence:
    """Evidence for the order of day and month: dates that can be read one way only. Rows: the first of
    each.
    """

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}

    def add(self, row: int, texts: Iterable[str]) -> None:
        for text in texts:
            if found := next((found for form in _FORMS if (found := form.fullmatch(text.strip()))), None):
                kind = _kind(int(found["first"]), int(found["middle"]))
                self.rows.setdefault(kind, row)

    def decide(self, file: str) -> DateOrder:
        """Return dmy if a date shows it and none contradicts; otherwise --dates is required."""
        day_first, month_first = self.rows.get("dmy"), self.rows.get("mdy")
        if day_first and month_first:
            raise InputError(
                f"{file}: the date in row {day_first} has the day first and that in row {month_first} the "
                "month; write all dates alike"
            )
        if month_first:
            raise InputError(
                f"{file}: the date in row {month_first} has the month first; add --dates mdy if so"
            )
        if day_first:
            return "dmy"
        raise InputError(
            f"{file}: the date in row {self.rows.get('both')} can be read two ways, day or month first; "
            "add --dates dmy (the usual way in Vietnam) or --dates mdy"
        )


def _kind(first: int, middle: int) -> str:
    if first == middle:
        return "same"
    return "dmy" if first > 12 else "mdy" if middle > 12 else "both"
