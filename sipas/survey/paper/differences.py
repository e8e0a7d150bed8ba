"""Differences between the two entries of a form, and the values that the paper confirms."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from sipas.survey.catalogue import Catalogue
from sipas.survey.paper.codes import Mistake
from sipas.survey.paper.entries import PaperEntry
from sipas.survey.paper.fields import PaperSheet, ReadAnswers
from sipas.survey.paper.head import HeadMistake, HeadShape, ReadHead

FIRST, SECOND, OTHER = "1", "2", "other"
CHOICE, VALUE = "choice:", "value:"  # prefixes of the fields of a difference
MANY_DIFFERENCES_SHARE = 0.3  # of the fields: the entries may be of two forms


class ReadForm(msgspec.Struct, frozen=True):
    """A form's head and answers as read from one entry, or from the settled values."""

    head: ReadHead
    questions: ReadAnswers

    @property
    def normal(self) -> dict[str, str]:
        return self.head.normal | self.questions.normal

    @property
    def mistakes(self) -> dict[str, HeadMistake | Mistake]:
        return {**self.head.mistakes, **self.questions.mistakes}


class FormReader(msgspec.Struct, frozen=True):
    """Reads what was typed of a form."""

    paper: PaperSheet
    shape: HeadShape
    catalogue: Catalogue
    today: date

    def read(self, fields: Mapping[str, str]) -> ReadForm:
        head = self.shape.read(fields, self.catalogue, self.today)
        return ReadForm(head, self.paper.read(fields))


class Comparison(msgspec.Struct, frozen=True):
    """The two entries of a form. differing: the fields that differ, in the order of the form."""

    first: dict[str, str]
    second: dict[str, str]
    differing: tuple[str, ...]

    @property
    def may_be_two_forms(self) -> bool:
        return len(self.differing) > MANY_DIFFERENCES_SHARE * len(self.first)

    def settled(self, sent: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Return the values of all fields, and the differences for which nothing was chosen."""
        values, undecided = dict(self.first), []
        for name in self.differing:
            choice = sent.get(CHOICE + name)
            if choice == SECOND:
                values[name] = self.second[name]
            elif choice == OTHER:
                values[name] = sent.get(VALUE + name, "")
            elif choice != FIRST:
                undecided.append(name)
        return values, undecided

    def wrong_values(self, final: Mapping[str, str]) -> int:
        """Count typed values that differ from the final ones."""
        return sum(
            entry[name] != final[name] for name in self.differing for entry in (self.first, self.second)
        )


def compare(reader: FormReader, entries: Sequence[PaperEntry]) -> Comparison:
    """Compare the first two entries, which are complete."""
    first, second = (reader.read(entry.fields).normal for entry in entries[:2])
    return Comparison(first, second, tuple(name for name in first if first[name] != second[name]))
