"""The head of a paper form: where, when and in which language it was filled in."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

import msgspec

from sipas.queries.catalogue import Procedure, Round, Unit
from sipas.queries.paper import PaperHousehold
from sipas.survey.catalogue import Catalogue, local_day
from sipas.survey.columns import SERVICE_CHANNELS
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.paper.codes import NOT_ANSWERED, tidy

# Names of fields. The ids of items have no colon.
UNIT, DAY, LANGUAGE, PROCEDURE, SERVICE, ADULTS = HEAD_FIELDS = (
    *("head:unit", "head:day", "head:language"),
    *("head:procedure", "head:service", "head:adults"),
)
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}))?")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ADULTS_MAX = 99
_CODE_MAX_CHARACTERS = 64

HeadMistake = Literal[
    "unit_empty",
    "unit_unknown",
    "day_empty",
    "day_unreadable",
    "day_ahead",
    "day_outside",
    "language_unknown",
    "procedure_unknown",
    "service_unknown",
    "adults",
]
_Mistakes = dict[str, HeadMistake]


class Head(msgspec.Struct, frozen=True):
    """adults: in the household, for household samples."""

    unit: Unit
    day: date
    language: str
    procedure: Procedure | None = None
    service_channel: str | None = None
    adults: int | None = None


class ReadHead(msgspec.Struct, frozen=True):
    """head: None if there are mistakes. normal: by field, as two entries are compared."""

    head: Head | None
    normal: dict[str, str]
    mistakes: _Mistakes


class HeadShape(msgspec.Struct, frozen=True):
    """The fields that a form has in its head.

    has_households: the round has a household sample, so that the unit follows from the number of the form.
    household, unit: of this form.
    """

    round: Round
    instrument: Instrument
    has_households: bool = False
    household: PaperHousehold | None = None
    unit: Unit | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        named: Final = {
            UNIT: not self.has_households,
            DAY: True,
            LANGUAGE: len(self.instrument.languages) > 1,
            PROCEDURE: "procedure" in self.round.strata,
            SERVICE: "service_channel" in self.round.strata,
            ADULTS: self.has_households,
        }
        return tuple(name for name, is_there in named.items() if is_there)

    def read(self, fields: Mapping[str, str], catalogue: Catalogue, today: date) -> ReadHead:
        typed = {name: tidy(fields.get(name, ""))[:_CODE_MAX_CHARACTERS] for name in self.fields}
        mistakes: _Mistakes = {}
        day = self._day(typed[DAY], today, mistakes)
        unit = self.unit
        if UNIT in typed:
            unit = _unit(typed[UNIT], catalogue, day or today, mistakes)
        language = typed.get(LANGUAGE) or self.instrument.languages[0]
        if language not in self.instrument.languages:
            mistakes[LANGUAGE] = "language_unknown"
        code = typed.get(PROCEDURE, "").removeprefix(NOT_ANSWERED)
        procedure = catalogue.procedures_by_code.get(code)
        if code and procedure is None:
            mistakes[PROCEDURE] = "procedure_unknown"
        service = typed.get(SERVICE, "").removeprefix(NOT_ANSWERED) or None
        if service not in (None, *SERVICE_CHANNELS):
            mistakes[SERVICE] = "service_unknown"
        adults = _adults(typed[ADULTS], mistakes) if ADULTS in typed else None
        normal = {**typed, DAY: day.isoformat() if day else typed[DAY]}
        if mistakes or unit is None or day is None:
            return ReadHead(None, normal, mistakes)
        return ReadHead(Head(unit, day, language, procedure, service, adults), normal, mistakes)

    def _day(self, typed: str, today: date, mistakes: _Mistakes) -> date | None:
        """Return the day if it lies in the round. The round may have closed since."""
        day = read_day(typed, today)
        closes_at = self.round.closes_at
        if day is None:
            mistakes[DAY] = "day_unreadable" if typed else "day_empty"
        elif day > today:
            mistakes[DAY] = "day_ahead"
        elif day < local_day(self.round.opens_at) or (closes_at and day > local_day(closes_at)):
            mistakes[DAY] = "day_outside"
        return day


def read_day(typed: str, today: date) -> date | None:
    """Read `21/11/2026`, `2026-11-21`, or `21/11`, which means the last such day."""
    try:
        if iso := ISO_DAY.fullmatch(typed):
            return date(*map(int, iso.groups()))
        found = _DAY.fullmatch(typed)
        if found is None:
            return None
        day, month, year = int(found[1]), int(found[2]), int(found[3] or today.year)
        read = date(year, month, day)
        return date(year - 1, month, day) if read > today and not found[3] else read
    except ValueError:
        return None


def _unit(typed: str, catalogue: Catalogue, day: date, mistakes: _Mistakes) -> Unit | None:
    unit = catalogue.unit_at(typed, day)
    if unit is None:
        mistakes[UNIT] = "unit_unknown" if typed else "unit_empty"
    return unit


def _adults(typed: str, mistakes: _Mistakes) -> int | None:
    adults = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0
    if not 1 <= adults <= _ADULTS_MAX:
        mistakes[ADULTS] = "adults"
    return adults
