"""Names for codes in the reader's language: units, procedures, channels, measures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sipas.messages import Language, column_name, find_text, text
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Text

NO_CATALOGUE = Catalogue(0, {}, {}, {}, {})

_MONTH_OR_QUARTER = re.compile(r"(?P<year>\d{4})-Q?(?P<part>\d\d?)")


@dataclass(frozen=True)
class Names:
    """Without a catalogue, as from files, a code is its own name."""

    language: Language
    catalogue: Catalogue = field(default=NO_CATALOGUE)

    def column(self, name: str) -> str:
        return column_name(self.language, name)

    def domain(self, by: Mapping[str, str | None]) -> str:
        return " · ".join(self.level(column, code) for column, code in by.items())

    def level(self, column: str, code: str | None) -> str:
        if code is None:
            return text(self.language, "domain.unstated", column=self.column(column))
        if found := find_text(self.language, f"level.{column}.{code}"):
            return found
        if column == "procedure":
            procedure = self.catalogue.procedures_by_code.get(code)
            return procedure.name if procedure else code
        if column in self.unit_columns:
            return self.unit(code)
        return _time_name(column, code, self.language) or code

    def unit(self, code: str) -> str:
        """Today's bearer of the code, or the one that bore it last; another's last day follows its code."""
        bare, _, until = code.partition(" (to ")
        units = self.catalogue.units_by_code.get(bare, [])
        if until:
            units = [unit for unit in units if f"{unit.valid_to})" == until]
        units = sorted(units, key=lambda unit: (unit.valid_to is None, str(unit.valid_to)))
        return units[-1].name if units else code

    @cached_property
    def unit_columns(self) -> set[str]:
        return {"unit", *(unit.type for unit in self.catalogue.units.values())}

    def measure(self, measure: str, instrument: Instrument) -> str:
        kind, _, code = measure.partition(":")
        texts = {
            "item": {item.id: item.text for item in instrument.items()},
            "factor": instrument.titles,
        }
        if kind == "item" and code not in texts["item"]:
            return self._option(code, instrument)
        if kind in texts:
            return self.text(texts[kind][code], instrument)
        index = instrument.index(code)
        if index.question is None:
            words = text(self.language, f"index.{index.kind}")
        else:
            words = self.text(texts["item"][index.question], instrument)
        return f"{words} ({code}, {instrument.name})"

    def _option(self, code: str, instrument: Instrument) -> str:
        """The question and the option, of a measure such as `item:q5.often`."""
        item = next(one for one in instrument.items() if code.startswith(f"{one.id}."))
        option = next(one for one in item.options if f"{item.id}.{one.code}" == code)
        return f"{self.text(item.text, instrument)} {self.text(option.text, instrument)}"

    def text(self, text: Text, instrument: Instrument) -> str:
        return text.get(self.language) or text[instrument.languages[0]]


def _time_name(column: str, code: str, language: Language) -> str | None:
    """Return the name of a month or a quarter such as 2026-03 or 2026-Q1, or None for other codes."""
    found = _MONTH_OR_QUARTER.fullmatch(code)
    return found and find_text(language, f"time.{column}.{int(found['part'])}", year=found["year"])
