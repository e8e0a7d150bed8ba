"""Looks up units and procedures by code. ValueError gives the reason for a code that is not found."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from difflib import get_close_matches

from sipas.queries.catalogue import Procedure, Round, Unit
from sipas.survey.catalogue import Catalogue, alike_code_hint, local_day
from sipas.tables import TableRow

_NEAREST_CODES = 5  # that a message names
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def unit_on(catalogue: Catalogue, code: str, day: date) -> Unit:
    unit = catalogue.unit_at(code, day)
    if unit is not None:
        return unit
    if code in catalogue.units_by_code:
        raise ValueError(f"unit {code} is not valid on {day}")
    raise ValueError(f"there is no unit {code!r}{_near_codes(code, catalogue.units_by_code)}")


def unit_during(catalogue: Catalogue, code: str, round_: Round) -> Unit:
    """Return the only unit that had the code during the round."""
    first = local_day(round_.opens_at)
    last = local_day(round_.closes_at) if round_.closes_at else date.max
    units = [
        unit
        for unit in catalogue.units_by_code.get(code, ())
        if (unit.valid_from or date.min) <= last and first <= (unit.valid_to or date.max)
    ]
    if not units:
        return unit_on(catalogue, code, first)
    if len(units) > 1:
        raise ValueError(
            f"{len(units)} units bear the code {code} in round {round_.code}, one after the other; "
            "hold one round before the change and one after it"
        )
    return units[0]


def procedure_called(catalogue: Catalogue, code: str) -> Procedure:
    procedure = catalogue.procedures_by_code.get(code)
    if procedure is None:
        hint = _near_codes(code, catalogue.procedures_by_code)
        raise ValueError(f"there is no procedure {code!r}{hint}; `sipas import procedures` brings them in")
    return procedure


def _near_codes(code: str, known: Collection[str]) -> str:
    """Return which codes of the catalogue a file may mean, as the end of a message."""
    if (alike := alike_code_hint(code, known)) or not known:
        return alike
    nearest = get_close_matches(code, known, _NEAREST_CODES, cutoff=0) or sorted(known)[:_NEAREST_CODES]
    return f"; the catalogue has {', '.join(nearest)}{', …' if len(known) > len(nearest) else ''}"


_Kind = str  # codes are compared within it: district 268 is not commune 00268


def refuse_lost_zeros(
    codes: Iterable[tuple[_Kind, str, TableRow]], known: Collection[tuple[_Kind, str]]
) -> None:
    """Refuse a new code that equals a known one without its leading zeros."""
    of_number = {(kind, float(code)): code for kind, code in known if _NUMBER.fullmatch(code)}
    for kind, code, row in codes:
        if (kind, code) not in known and _NUMBER.fullmatch(code):
            other = of_number.setdefault((kind, float(code)), code)
            if other != code:
                problem = f"{code} is the same number as the code {other}; did a spreadsheet drop zeros?"
                raise row.error("code", f"{problem} Format the column as text")
