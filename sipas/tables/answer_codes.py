"""Which answer a text of an item stands for: a point, a label of the scale, or a kind of missing."""

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sipas.errors import InputError
from sipas.tables.cells import clean_cell, phrase
from sipas.tables.names import without_diacritics

ABSENT = {"": -1, "NA": -2, "-": -3}  # not answered, not applicable, not asked
NOT_ASKED_CODE = ABSENT["-"]
NOT_ANSWERED_CODE, _NOT_APPLICABLE = ABSENT[""], ABSENT["NA"]
# Missing values as R, pandas, SAS, Stata and databases write them.
_MISSING = {".", "nan", "<na>", "null", "none"}
_NOT_APPLICABLE_WORDS = {"na", "n/a"}
_WHOLE = re.compile(r"[+-]?([0-9]{1,9})([.,]0+)?")
_LIMESURVEY = re.compile(r"ao?0*([1-9][0-9]*)")  # A5, AO05: the fifth answer
_POINT_AND_LABEL = re.compile(r"[(\[]?([0-9]+)(?:[)\]]|\s|\s*[-–—.:=,/])\s*[-–—.:=]?\s*(\D.*)")
_LABEL_AND_POINT = re.compile(r"(.+?)\s*(?:[(\[]\s*|[-–—:=,/]\s*|\s)([0-9]+)[)\]]?")
_POINTS_WORD = re.compile(r"([0-9]+)\s*(?:điểm|diem|đ|points?|sao|stars?)|(?:điểm|diem|mức|muc)\s*([0-9]+)")
_PUNCTUATION_AT_END = " .,;:!…"
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True)
class AnswerCoding:
    """The way in which a file writes answers. labels: of the scale, as `phrase` has them, with their points.
    missing: what the file writes for no answer, as `missing_codes` makes it. named: what errors name in the
    place of points; where it is given, numbers of labels are no points."""

    points: Collection[int]
    labels: Mapping[str, int] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    named: str = ""

    def code(self, cell: str) -> int:
        """A point, or a code of ABSENT; OffScaleError for any other text."""
        text = phrase(clean_cell(cell))
        if text in self.missing or _plain(text) in self.missing:
            return NOT_ANSWERED_CODE
        point = self.point(text)
        if point is not None:
            return point
        if text in _MISSING:
            return NOT_ANSWERED_CODE
        if text in _NOT_APPLICABLE_WORDS:
            return _NOT_APPLICABLE
        raise OffScaleError(cell, self)

    def point(self, text: str) -> int | None:
        """The point that a text stands for, written in full width or with punctuation at its end too."""
        text = unicodedata.normalize("NFKC", text)
        text = text.rstrip(_PUNCTUATION_AT_END) or text
        if (number := self._number(text)) is not None:
            return number
        if (label := self._label(text)) is not None:
            return label
        if (code := _LIMESURVEY.fullmatch(text)) and self._counts_from_one:
            return self._number(code[1])
        if found := _POINTS_WORD.fullmatch(text):
            return self._number(found[1] or found[2])
        return self._number_and_label(text)

    @cached_property
    def _counts_from_one(self) -> bool:
        return not self.named and list(self.points) == list(range(1, len(self.points) + 1))

    def holds_answer(self, text: str) -> bool:
        """Whether a text that is no answer has a point or a label in it: then it does not mean no answer."""
        text = unicodedata.normalize("NFKC", phrase(clean_cell(text)))
        if _NUMBER.fullmatch(text):
            return False
        points = any(self._number(number) is not None for number in _NUMBER.findall(text))
        return points or any(label in text for label in (*self.labels, *self._typed_labels))

    @cached_property
    def _typed_labels(self) -> Mapping[str, int]:
        """Labels without diacritics, those that stand for one point alone."""
        found: dict[str, set[int]] = {}
        for label, point in self.labels.items():
            found.setdefault(without_diacritics(label), set()).add(point)
        return {label: min(points) for label, points in found.items() if len(points) == 1}

    def _label(self, text: str) -> int | None:
        """Without diacritics only where the text has none: with a wrong one it may be another word."""
        return self.labels.get(text, self._typed_labels.get(text) if text.isascii() else None)

    def _number(self, text: str) -> int | None:
        """5, 5.0 or 5,0: pandas writes whole numbers of a column with gaps as decimals."""
        found = _WHOLE.fullmatch(text)
        number = None if found is None or text.startswith("-") else int(found[1])
        return number if number in self.points else None

    def _number_and_label(self, text: str) -> int | None:
        """`5 - Very satisfied`, `(5) Very satisfied` or `Very satisfied (5)`, if both say the same."""
        if pair := _POINT_AND_LABEL.fullmatch(text):
            number, label = pair[1], pair[2]
        elif pair := _LABEL_AND_POINT.fullmatch(text):
            label, number = pair[1], pair[2]
        else:
            return None
        point = self._number(number)
        return point if point is not None and self._label(label) == point else None

    def refuse_missing_points(self) -> None:
        """A point of the scale cannot stand for no answer."""
        for text in sorted(self.missing):
            if self.point(text) is not None:
                raise InputError(f"--missing: {text!r} is an answer on the scale, not a code of no answer")


def missing_codes(texts: Iterable[str]) -> frozenset[str]:
    """From lists such as 99,-9,"Không biết", as a command line brings them."""
    cells = [cell for row in csv.reader(texts, skipinitialspace=True) for cell in row]
    return frozenset(_plain(phrase(clean_cell(cell))) for cell in cells if cell.strip())


def _plain(text: str) -> str:
    """99 for 99.0."""
    return re.sub(r"[.,]0+", "", text) if _WHOLE.fullmatch(text) else text


class OffScaleError(ValueError):
    def __init__(self, text: str, coding: AnswerCoding) -> None:
        scale = coding.named or ", ".join(map(str, coding.points))
        labels = "a label of the scale, " if coding.labels and not coding.named else ""
        given = f'"{text}"' if re.search(r"[^\w.-]", text) else text
        advice = f"If it stands for no answer, add --missing {given}"
        if coding.holds_answer(text):
            advice = "It seems to hold an answer: write the point or the label alone"
        super().__init__(
            f"{text!r} is no answer; an answer is one of {scale}, {labels}empty, NA or -. {advice}"
        )
        self.text = text


class AnswerCodes(dict[str, int]):
    """Codes of an item's cells, each different text read once."""

    def __init__(self, coding: AnswerCoding) -> None:
        super().__init__(ABSENT if coding.named else ABSENT | {str(point): point for point in coding.points})
        self.coding = coding

    def __missing__(self, cell: str) -> int:
        text = clean_cell(cell)
        self[cell] = ABSENT[text] if text in ABSENT else self.coding.code(cell)
        return self[cell]
