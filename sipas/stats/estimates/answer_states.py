"""Answers to a few items as one code, so that a table is looked up once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.scoring import Scoring

_TABLE_ENTRIES_MAX = 1 << 16  # of a table that stays in the processor's cache
_BUNDLE_ITEMS_MAX = 5

Codes = NDArray[np.uint8 | np.uint16 | np.uint32]
ItemAnswers = NDArray[np.signedinteger]


@dataclass(frozen=True)
class AnswerStates:
    """The few things that an answer can be, and what each adds to a numerator and a denominator.

    Parameters
    ----------
    satisfied : int or None
        For shares the point from which on an answer satisfies; None for means.
    y, x : float64[states]
        State 0 is no answer.
    """

    satisfied: int | None
    y: FloatArray
    x: FloatArray

    @classmethod
    def of(cls, scoring: Scoring, kind: Literal["S", "T"]) -> "AnswerStates":
        if kind == "S":
            return cls(scoring.satisfied, np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0]))
        points = np.arange(scoring.points[-1] + 1.0)
        return cls(None, np.append(0.0, points), np.append(0.0, np.ones_like(points)))

    def __len__(self) -> int:
        return len(self.y)

    def code(self, answers: ItemAnswers) -> Codes:
        """The state of each answer."""
        if self.satisfied is None:
            return (np.maximum(answers, -1).astype(np.int16) + np.int16(1)).view(np.uint16)
        states = (answers >= 0).view(np.uint8)
        states += (answers >= self.satisfied).view(np.uint8)
        return states


@dataclass(frozen=True)
class Bundle:
    """A few items, whose states together are one code.

    Parameters
    ----------
    items : tuple of int
        Positions in the scoring.
    places : slice
        Where they stand among the items of a question.
    states : AnswerStates
    """

    items: tuple[int, ...]
    places: slice
    states: AnswerStates

    @property
    def size(self) -> int:
        """How many codes there are."""
        return int(len(self.states) ** len(self.items))

    def code(self, answers: Sequence[ItemAnswers]) -> Codes:
        """The code of each respondent, from the answers to each of the items."""
        code = self.states.code(answers[0]).astype(np.min_scalar_type(self.size - 1), copy=False)
        for further in answers[1:]:
            code *= len(self.states)
            code += self.states.code(further)
        return code

    @cached_property
    def y(self) -> FloatArray:
        """float64[items, codes]: what each code adds to the numerator of each item."""
        return self.states.y[self._digits]

    @cached_property
    def x(self) -> FloatArray:
        """float64[items, codes]: likewise to the denominator."""
        return self.states.x[self._digits]

    @cached_property
    def _digits(self) -> IntArray:
        """int64[items, codes]: the state of each item in each code."""
        return np.array(np.unravel_index(np.arange(self.size), (len(self.states),) * len(self.items)))


def make_bundles(items: Sequence[int], states: AnswerStates, slots: int) -> list[Bundle]:
    """The items in bundles whose tables have room for so many slots."""
    largest = 1
    while largest < _BUNDLE_ITEMS_MAX and slots * len(states) ** (largest + 1) <= _TABLE_ENTRIES_MAX:
        largest += 1
    ends = np.linspace(0, len(items), -(-len(items) // largest) + 1).round().astype(int).tolist()
    return [Bundle(tuple(items[start:end]), slice(start, end), states) for start, end in pairwise(ends)]
