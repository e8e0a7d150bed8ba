"""Labels of an export's columns and of their values, in the reader's language."""

from sipas.messages import Language, find_text, texts
from sipas.report.export.export_table import MISSING_ANSWERS, Measure
from sipas.report.names import Names
from sipas.survey.instruments.answer_columns import AnswerColumn
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Text

_MISSING_KEYS = ("export.not_answered", "export.not_applicable", "export.not_asked")
Labels = tuple[tuple[int, str], ...]


class ExportLabels:
    """Labels from the questionnaire and the message catalogue."""

    def __init__(self, instrument: Instrument, names: Names) -> None:
        self.instrument, self.names = instrument, names
        self.language: Language = names.language
        self.word = texts(self.language)

    def own(self, name: str) -> str:
        """Return the label of a column that every export has, or of an attribute."""
        item = self.instrument.items_by_id.get(name)
        if item is not None:
            return self.of_text(item.text)
        return find_text(self.language, f"export.column.{name}") or self.names.column(name)

    def of_text(self, words: Text) -> str:
        return " ".join(self.names.text(words, self.instrument).split())

    def answer(self, column: AnswerColumn) -> str:
        """Return the question, with the option of several choices."""
        item = self.instrument.items_by_id[column.item]
        question = self.of_text(item.text)
        if column.option is None:
            return question
        option = next(one for one in item.options if one.code == column.option)
        return f"{question} – {self.of_text(option.text)}"

    def answer_values(self, column: AnswerColumn) -> Labels:
        """Return the labels of the numbers that a column of answers holds."""
        item = self.instrument.items_by_id[column.item]
        if column.kind == "rating":
            scale = self.instrument.scale_of(item)
            labels = scale.labels.get(self.language) or scale.labels[self.instrument.languages[0]]
            return tuple(zip(scale.points, labels, strict=True))
        if column.kind == "choice":
            return tuple((place, self.of_text(one.text)) for place, one in enumerate(item.options, 1))
        if column.kind in ("choices", "yes-no"):
            return (0, self.word("export.no")), (1, self.word("export.yes"))
        return ()

    @property
    def missing(self) -> Labels:
        """Return the labels of missing answers."""
        return tuple(zip(MISSING_ANSWERS, map(self.word, _MISSING_KEYS), strict=True))

    def level(self, column: str, code: str) -> str:
        """Return the label of a category."""
        item = self.instrument.items_by_id.get(column)
        for option in item.options if item else ():
            if option.code == code:
                return self.of_text(option.text)
        return find_text(self.language, f"export.level.{column}.{code}") or self.names.level(column, code)


def measure_of(column: AnswerColumn) -> Measure:
    return {"rating": "ordinal", "number": "scale"}.get(column.kind, "nominal")  # type: ignore[return-value]
