"""Codebooks: each column of an export with its question, codes, universe and distribution."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from sipas.report.export.export_facts import ExportFacts
from sipas.report.export.export_notes import note_lines
from sipas.report.export.export_table import MISSING_ANSWERS, Codes, ExportColumn, ExportTable
from sipas.report.export.question_words import QuestionWords, Words
from sipas.report.sources.snapshot import Snapshot
from sipas.stats.arrays import FloatArray
from sipas.survey.instruments.answer_columns import AnswerColumn


class CodebookValue(msgspec.Struct, frozen=True):
    """A code with its label. code: what CSV holds. n: responses; weighted: what they stand for."""

    number: int
    code: str
    labels: Words
    missing: bool
    n: int
    weighted: float


class CodebookVariable(msgspec.Struct, frozen=True, kw_only=True):
    """spss, stata: its names there. kind: of the item, or of the column. question: as it is asked.

    universe: who is asked. asked: by form, the probability. valid, missing: responses.
    different: values of a text. minimum, maximum, mean: of numbers and dates.
    """

    name: str
    item: str | None
    spss: str
    stata: str
    kind: str
    measure: str
    labels: Words
    question: Words | None
    section: Words | None
    universe: Words
    asked: dict[str, float]
    values: tuple[CodebookValue, ...]
    valid: int
    missing: int
    different: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None


class Codebook(msgspec.Struct, frozen=True):
    """notes: of the export, by language. weight: the name of its column."""

    title: Words
    languages: tuple[str, ...]
    facts: ExportFacts
    notes: dict[str, list[str]]
    variables: tuple[CodebookVariable, ...]
    weight: str


def build_codebook(snapshot: Snapshot, table: ExportTable) -> Codebook:
    """Describe the columns of an export of the round."""
    words = QuestionWords.of(snapshot.instrument, snapshot.catalogue)
    weight = next(one for one in table.columns if one.kind == "decimal")
    maker = _Maker(table, words, _numbers(weight, weight.take(table.order)))
    languages = tuple(words.labels)
    notes = {one: note_lines(msgspec.structs.replace(table.facts, language=one)) for one in languages}
    return Codebook(
        dict(snapshot.instrument.title),
        languages,
        table.facts,
        notes,
        tuple(maker.variables()),
        weight.name,
    )


def _numbers(column: ExportColumn, codes: Codes) -> FloatArray:
    """Return the values of a column of numbers; NaN where it has none."""
    return np.array([*column.values, np.nan], np.float64)[np.where(codes < 0, len(column.values), codes)]


@dataclass(frozen=True)
class _Maker:
    """weight: of each row."""

    table: ExportTable
    words: QuestionWords
    weight: FloatArray

    def variables(self) -> Iterator[CodebookVariable]:
        spss, stata = self.table.variable_names("sav"), self.table.variable_names("dta")
        answers = {column.id: column for column in self.words.instrument.answer_columns()}
        for column in self.table.columns:
            if column.kind == "row":
                continue
            answer = answers.get(column.name) if column.kind == "answer" else None
            item, codes = answer.item if answer else column.name, column.take(self.table.order)
            yield CodebookVariable(
                name=column.name,
                item=answer.item if answer else None,
                spss=spss[column.name],
                stata=stata[column.name],
                kind=answer.kind if answer else column.kind,
                measure=column.measure,
                labels=self._labels(column, answer),
                question=self.words.question(item),
                section=self.words.section(item),
                universe=self.words.universe(item),
                asked=self.words.asked(item),
                values=tuple(self._values(column, answer, codes)),
                valid=int((codes >= 0).sum()),
                missing=int((codes < 0).sum()),
                **_summary(column, answer, codes),
            )

    def _labels(self, column: ExportColumn, answer: AnswerColumn | None) -> Words:
        if answer is not None:
            return self.words.each(lambda labels: labels.answer(answer))
        base = column.name.removesuffix("_name")
        if base != column.name:
            return self.words.each(lambda one: one.word("export.name_of", column=one.own(base)))
        return self.words.each(lambda labels: labels.own(column.name))

    def _values(
        self, column: ExportColumn, answer: AnswerColumn | None, codes: Codes
    ) -> Iterator[CodebookValue]:
        """Yield the labelled codes with the responses that have them."""
        shift = len(MISSING_ANSWERS)
        width = int(codes.max(initial=0)) + len(column.labels) + shift + 1
        counts = np.bincount(codes.astype(np.int64) + shift, minlength=width)
        weighted = np.bincount(codes.astype(np.int64) + shift, self.weight, minlength=width)
        for place, (number, _) in enumerate(column.labels):
            code = number - column.first
            missing = answer is not None and number in MISSING_ANSWERS
            written = "" if missing or code >= len(column.values) else str(column.values[code])
            yield CodebookValue(
                number,
                written,
                self._value_labels(column, answer, place, written),
                missing,
                int(counts[code + shift]),
                float(weighted[code + shift]),
            )

    def _value_labels(
        self, column: ExportColumn, answer: AnswerColumn | None, place: int, written: str
    ) -> Words:
        if answer is None:
            return self.words.each(lambda labels: labels.level(column.name, written))
        return self.words.each(lambda labels: (*labels.answer_values(answer), *labels.missing)[place][1])


def _summary(column: ExportColumn, answer: AnswerColumn | None, codes: Codes) -> dict[str, Any]:
    """Return what tells more than counts: of numbers and dates their range, of texts how many differ."""
    held = np.unique(codes[codes >= 0])
    if column.kind == "text":
        return {"different": len(held)}
    is_number = column.kind in ("whole", "decimal") or (
        answer is not None and answer.kind in ("number", "rating")
    )
    if not len(held) or not (is_number or column.kind == "date"):
        return {}
    first, last = column.values[held[0]], column.values[held[-1]]
    found = {"minimum": str(min(first, last)), "maximum": str(max(first, last))}
    return found if column.kind == "date" else {**found, "mean": float(np.nanmean(_numbers(column, codes)))}
