"""Facts of an item for a codebook: the question in every language, its section, and who is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sipas.messages import LANGUAGES, texts
from sipas.report.export.export_labels import ExportLabels
from sipas.report.names import Names
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Condition

Words = dict[str, str]  # by language


@dataclass(frozen=True)
class QuestionWords:
    instrument: Instrument
    labels: Mapping[str, ExportLabels]

    @classmethod
    def of(cls, instrument: Instrument, catalogue: Catalogue) -> "QuestionWords":
        """With all languages of the questionnaire and of the message catalogue."""
        languages = dict.fromkeys([*LANGUAGES, *instrument.languages])
        return cls(
            instrument,
            {one: ExportLabels(instrument, Names(one, catalogue)) for one in languages},  # type: ignore[arg-type]
        )

    def each(self, word: Callable[[ExportLabels], str]) -> Words:
        return {language: word(labels) for language, labels in self.labels.items()}

    def question(self, item: str) -> Words | None:
        """Return the question in the languages that it is asked in; None for a column that is no item."""
        found = self.instrument.items_by_id.get(item)
        return None if found is None else dict(found.text)

    def section(self, item: str) -> Words | None:
        title = self.instrument.titles.get(self.instrument.section_of.get(item, ""))
        return None if title is None else dict(title)

    def universe(self, item: str) -> Words:
        """Return who is asked, by the conditions of the item and of its sections."""
        if item not in self.instrument.items_by_id:
            return {}
        conditions = self.instrument.conditions.get(item, ())
        return {
            language: "; ".join(self._condition(one, language) for one in conditions)
            or texts(language)("codebook.everyone")
            for language in self.labels
        }

    def _condition(self, condition: Condition, language: str) -> str:
        labels, item = self.labels[language], self.instrument.items_by_id[condition.item]
        options = {option.code: labels.of_text(option.text) for option in item.options}
        values = ", ".join(options.get(str(one), str(one).lower()) for one in condition.values)
        question = f"{item.id} “{labels.of_text(item.text)}”"
        return texts(language)("codebook.asked_if", question=question, values=values)

    def asked(self, item: str) -> dict[str, float]:
        """Return the forms that ask the item, each with the probability that it does."""
        chances = {form.id: self.instrument.probabilities(form) for form in self.instrument.all_forms()}
        return {form: float(found[item]) for form, found in chances.items() if item in found}
