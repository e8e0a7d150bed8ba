"""Write numbers as Vietnamese and English readers expect them."""

from typing import Literal

from sipas.errors import InputError
from sipas.messages import LANGUAGES, Language

Statistic = Literal["share", "mean"]

DASH = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"


def choose_language(code: str) -> Language:
    for language in LANGUAGES:
        if code == language:
            return language
    raise InputError(f"lang: {code!r} is not one of {', '.join(LANGUAGES)}")


def count(number: int, language: Language) -> str:
    """12.345 in Vietnamese, 12,345 in English."""
    return _by_language(f"{number:,}", language)


def figure(value: float | None, statistic: Statistic, language: Language, *, short: bool = False) -> str:
    """A share in percent to one decimal place, a mean to two; an en dash where there is none.

    short: without the zeros at the end.
    """
    if value is None:
        return DASH
    text = f"{100 * value:.1f}" if statistic == "share" else f"{value:.2f}"
    return _by_language(text.rstrip("0").rstrip(".") if short else text, language)


def with_unit(value: float | None, statistic: Statistic, language: Language, *, short: bool = False) -> str:
    """86,5% in Vietnamese, 86.5% in English; a mean has no unit."""
    text = figure(value, statistic, language, short=short)
    if value is None or statistic == "mean":
        return text
    return f"{text}%"


def signed_figure(
    value: float | None, statistic: Statistic, language: Language, *, short: bool = False
) -> str:
    """A difference: +3,4 or −1,2, of shares in percentage points."""
    if value is None:
        return DASH
    text = figure(abs(value), statistic, language, short=short)
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{'+' if value > 0 else _MINUS}{text}"


def interval(low: float | None, high: float | None, statistic: Statistic, language: Language) -> str:
    """85,9–87,1."""
    if low is None or high is None:
        return DASH
    return f"{figure(low, statistic, language)}{DASH}{figure(high, statistic, language)}"


def _by_language(text: str, language: Language) -> str:
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text
