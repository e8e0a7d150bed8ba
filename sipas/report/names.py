"""What codes are called: units, procedures, channels, measures, in the reader's language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sipas.charts.numbers import Language
from sipas.charts.words import WORDS
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.instrument import Instrument, Text

NO_CATALOGUE = Catalogue(0, {}, {}, {}, {})

TIME = re.compile(r"(?P<year>\d{4})-Q?(?P<part>\d\d?)")


@dataclass(frozen=True)
class Names:
    """Without a catalogue, as from files, a code is its own name."""

    language: Language
    catalogue: Catalogue = field(default=NO_CATALOGUE)

    def domain(self, by: Mapping[str, str | None]) -> str:
        return " · ".join(self.level(column, code) for column, code in by.items())

    def level(self, column: str, code: str | None) -> str:
        words = WORDS[self.language]
        if code is None:
            return words.unstated(column)
        if column in words.levels:
            return words.levels[column].get(code, code)
        if column == "procedure":
            procedure = self.catalogue.procedures_by_code.get(code)
            return procedure.name if procedure else code
        if column in words.times:
            return time_name(code, words.times[column])
        return self.unit(code) if column in self.unit_columns else code

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
            "factor": {factor.id: factor.title for factor in instrument.factors},
        }
        if kind in texts:
            return self.text(texts[kind][code], instrument)
        index = instrument.index(code)
        if index.question is None:
            words = WORDS[self.language].indices[index.kind]
        else:
            words = self.text(texts["item"][index.question], instrument)
        return f"{words} ({code}, {instrument.name})"

    def text(self, text: Text, instrument: Instrument) -> str:
        return text.get(self.language) or text[instrument.languages[0]]


def time_name(code: str, forms: Sequence[str]) -> str:
    """forms: of the first to the last month (or quarter) of a year."""
    found = TIME.fullmatch(code)
    if found is None or not 1 <= int(found["part"]) <= len(forms):
        return code
    return forms[int(found["part"]) - 1].format(year=found["year"])
