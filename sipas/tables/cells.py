"""Parsers of the text of cells. Each raises a ValueError that says what was expected."""

import re
import unicodedata
from datetime import date, datetime

_TRUE = {"true", "1", "yes", "y", "x", "có"}
_FALSE = {"false", "0", "no", "n", "không"}
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}([., \u00a0'][0-9]{3})+([.,][0-9]+)?")

# Characters with which a spreadsheet begins a formula, full-width ones too, and those that it skips.
_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


_PASSED_OVER = " \u00a0\u200b\ufeff"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula."""
    return text.lstrip(_PASSED_OVER).startswith(_FORMULA_STARTS)


def clean_cell(text: str) -> str:
    """Trimmed and in NFC; ="00070", by which a sheet keeps zeros in front, is 00070, and '=1+1, by which it
    keeps a text from being a formula, is =1+1."""
    text = text.strip()
    if text.startswith("'") and is_formula(text[1:]):
        text = text[1:].strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def phrase(text: str) -> str:
    """To compare words by: in NFC, without capitals, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def parse_count(text: str) -> int:
    """A whole number from 0 up. No separators of thousands: 2.000 is 2 in one country, 2000 in another."""
    number = parse_whole(text)
    if number < 0:
        raise ValueError(f"{text} is negative; a count is 0 or more")
    return number


def parse_whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.0)?", text):
        raise ValueError(f"{text!r} is no whole number; write it without separators, such as 2000")
    return int(text.removesuffix(".0"))


def parse_number(text: str) -> float:
    """With a decimal point or comma."""
    if not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?", text):
        raise ValueError(f"{text!r} is no number; write it as 0.25")
    return float(text.replace(",", "."))


def may_be_thousands(text: str) -> bool:
    """Whether one country reads thousands where another reads a decimal: 3.200 is 3200 or 3.2."""
    return re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", text) is not None


def refuse_thousands(text: str) -> None:
    """Refuse 1.234.567 and 1.234,5, which cannot be anything else than separated thousands."""
    if may_be_thousands(text) or not _THOUSANDS.fullmatch(text):
        return
    separators = re.findall(r"[^0-9]", text)
    written = f", such as {re.sub('[^0-9]', '', text)}" if len(set(separators)) == 1 else ""
    raise ValueError(f"{text!r} has separators of thousands; write it without them{written}")


def parse_day(text: str) -> date:
    return parse_moment(text).date()


def parse_moment(text: str) -> datetime:
    """ISO, or day/month/year as Excel writes it in Vietnam; without a zone where the text has none."""
    try:
        if parts := _DAY_FIRST.fullmatch(text):
            day_, month, year, hour, minute, second = (int(part or 0) for part in parts.groups())
            return datetime(year, month, day_, hour, minute, second)  # noqa: DTZ001 - the caller knows the zone
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; write it as 2025-07-01 or 01/07/2025") from None


def parse_truth(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(f"{text!r} is neither true nor false")
