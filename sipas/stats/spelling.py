"""Codes that differ in their writing alone, as spreadsheets and people change it."""

import re
import unicodedata
from functools import lru_cache

_TONES = (
    "\N{COMBINING GRAVE ACCENT}\N{COMBINING ACUTE ACCENT}\N{COMBINING TILDE}"
    "\N{COMBINING HOOK ABOVE}\N{COMBINING DOT BELOW}"
)
_HYPHENS = re.compile(r"\s*[-\u2010-\u2015\u2212\u00ad]\s*")
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
_SCIENTIFIC = re.compile(r"([0-9]+(?:[.,][0-9]+)?)e\+?([0-9]{1,2})")
_CODES_KEPT = 16_384  # units and procedures of a province several times over
_WHOLE = re.compile(r"([0-9]+)[.,]0+")


@lru_cache(_CODES_KEPT)
def bare_code(name: str) -> str:
    """The name without what spreadsheets and keyboards change.

    Leading zeros, `.0`, `7E+01`, spaces, kinds of hyphens, case, and where in a syllable the tone stands.
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip(" '\"\u00a0\u200b\ufeff")
    text = _with_tones_last(_with_plain_hyphens(_with_single_spaces(text)))
    return _plain_number(text)


def _with_single_spaces(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", text).split())


def _with_plain_hyphens(text: str) -> str:
    return _HYPHENS.sub("-", text)


def _with_tones_last(text: str) -> str:
    """Both Hoà and Hòa are hoa with a tone."""
    words = re.split(r"(\W+)", unicodedata.normalize("NFC", text))
    return "".join(map(_tone_last, words))


def _tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(letter for letter in letters if letter in _TONES)
    return unicodedata.normalize("NFC", "".join(one for one in letters if one not in _TONES)) + tones


def _plain_number(text: str) -> str:
    """A number without leading zeros and decimals that are 0; any other text as it is."""
    text = _without_exponent(text)
    if found := _WHOLE.fullmatch(text):
        text = found[1]
    return (text.lstrip("0") or "0") if text.replace(".", "", 1).isdecimal() else text


def _without_exponent(text: str) -> str:
    found = _SCIENTIFIC.fullmatch(text.casefold())
    return f"{float(found[1].replace(',', '.')) * 10 ** int(found[2]):.15g}" if found else text


def spelling_difference(one: str, other: str) -> str:
    """Return how two codes with the same `bare_code` differ."""
    short, long = sorted((one.strip(), other.strip()), key=len)
    if long in (f"{short}.0", f"{short},0"):
        return repr(long.removeprefix(short))
    if short != long and long.lstrip("0") == short.lstrip("0"):
        return "leading zeros"
    for what, change in _CHANGES:
        if short != long and change(short) == change(long):
            return what
    if short == long or _plain_number(short).isdecimal():
        return "spaces, leading zeros or '.0'"
    return "capital letters, spaces, hyphens or the place of the tone mark"


_CHANGES = (
    ("capital letters", str.casefold),
    ("spaces", _with_single_spaces),
    ("hyphens", _with_plain_hyphens),
    ("the place of the tone mark", _with_tones_last),
    ("the way in which a spreadsheet writes numbers", _without_exponent),
)
