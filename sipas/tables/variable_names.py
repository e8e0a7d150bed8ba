"""Names of variables that SPSS and Stata accept, unique after shortening."""

import re
from collections.abc import Sequence
from typing import Literal

from sipas.tables.names import without_diacritics

StatisticalFormat = Literal["sav", "dta"]

_NAME_CHARACTERS_MOST: dict[StatisticalFormat, int] = {"sav": 64, "dta": 32}
_ILLEGAL: dict[StatisticalFormat, re.Pattern[str]] = {
    "sav": re.compile(r"[^A-Za-z0-9_.]"),
    "dta": re.compile(r"[^A-Za-z0-9_]"),
}
_RESERVED: dict[StatisticalFormat, frozenset[str]] = {
    "sav": frozenset(("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with")),
    "dta": frozenset(
        (
            *("_all", "_b", "_coef", "_cons", "_n", "_pi", "_pred", "_rc", "_skip", "byte", "double"),
            *("float", "if", "in", "int", "long", "strl", "using", "with"),
        )
    ),
}
_STATA_TEXT_TYPE = re.compile(r"str\d+", re.IGNORECASE)


def legal_names(names: Sequence[str], format_: StatisticalFormat) -> dict[str, str]:
    """Return a legal name for each name. Of names that would be equal, later ones get a number at the end."""
    taken: set[str] = set()
    return {name: _unused(_legal(name, format_), taken, _NAME_CHARACTERS_MOST[format_]) for name in names}


def _legal(name: str, format_: StatisticalFormat) -> str:
    plain = _ILLEGAL[format_].sub("_", _ascii(name))
    if not re.match("[A-Za-z]", plain):
        plain = f"v{plain}"
    if plain.lower() in _RESERVED[format_] or (format_ == "dta" and _STATA_TEXT_TYPE.fullmatch(plain)):
        plain += "_"
    return plain[: _NAME_CHARACTERS_MOST[format_]].rstrip(".") or "v"


def _ascii(name: str) -> str:
    return name if name.isascii() else without_diacritics(name)


def _unused(name: str, taken: set[str], most: int) -> str:
    """Programs may ignore capitals, so names must differ without them."""
    found, number = name, 1
    while found.lower() in taken:
        number += 1
        suffix = f"_{number}"
        found = name[: most - len(suffix)] + suffix
    taken.add(found.lower())
    return found
