"""The counts that a table discloses in each cell: respondents and satisfied answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray

RESPONDENTS_FEWEST = 5  # respondents behind a figure, behind its change, and in doubt about a hidden one
UNANIMOUS_BELOW = 10


@dataclass(frozen=True)
class Counts:
    """Counts of a release's cells. They add up over cells and never fall while a round collects.

    Parameters
    ----------
    n : float64[cells]
        Respondents. NaN, here and below, where a release hides the cell.
    satisfied, answers : float64[cells]
        Satisfied answers and all answers; the share that is shown tells the one from the other.
    answers_per_respondent : float
        The most answers that one respondent gives: 1 for a single question.

    Raises
    ------
    StatisticsError
        Arrays of different lengths, negative or infinite counts, or more satisfied answers than answers.
    """

    n: FloatArray
    satisfied: FloatArray
    answers: FloatArray
    answers_per_respondent: float = 1.0

    def __post_init__(self) -> None:
        if not self.n.shape == self.satisfied.shape == self.answers.shape:
            shapes = f"{self.n.shape}, {self.satisfied.shape} and {self.answers.shape}"
            raise StatisticsError(f"n, satisfied and answers must be for the same cells, not {shapes}")
        wrong = (self.n < 0) | (self.satisfied < 0) | (self.satisfied > self.answers) | np.isinf(self.answers)
        if wrong.any():
            cell = int(np.flatnonzero(wrong)[0])
            found = f"n {self.n[cell]:g}, satisfied {self.satisfied[cell]:g} of {self.answers[cell]:g}"
            raise StatisticsError(
                f"cell {cell}: {found} cannot be; give 0 <= satisfied <= answers and n >= 0"
            )

    def __len__(self) -> int:
        return len(self.n)

    @property
    def parts(self) -> FloatArray:
        """float64[parts, cells]: satisfied and other answers, which do not bound each other.

        That n is their sum needs no part of its own where a respondent gives one answer.
        """
        parts = [self.satisfied, self.answers - self.satisfied]
        return np.stack(parts if self.answers_per_respondent == 1 else [*parts, self.n])

    @property
    def margins(self) -> FloatArray:
        """float64[parts]: how wide the interval about a hidden part must be.

        As many satisfied answers as `RESPONDENTS_FEWEST` respondents give, so that n has no narrower
        interval; as many others as one respondent gives, so that it stays unknown whether those in a
        hidden cell agree.
        """
        return np.array(
            [
                RESPONDENTS_FEWEST * self.answers_per_respondent,
                self.answers_per_respondent,
                RESPONDENTS_FEWEST,
            ]
        )[: len(self.parts)]

    def hide(self, hidden: BoolArray) -> "Counts":
        n, satisfied, answers = (np.where(hidden, np.nan, c) for c in (self.n, self.satisfied, self.answers))
        return Counts(n, satisfied, answers, self.answers_per_respondent)


def sensitive(counts: Counts, unanimous_below: int = UNANIMOUS_BELOW) -> BoolArray:
    """bool[cells]: the cells that are hidden for their own sake.

    Those of fewer than `RESPONDENTS_FEWEST` respondents, nobody included (a cell known to be empty gives its
    neighbours away); and those of fewer than `unanimous_below` who all agree, which would tell the answer
    of everyone known to have been asked. Larger cells may agree: at a share of 0.9 every third cell of ten
    does, and to have been one of so many is less often known.
    """
    agree = (counts.satisfied == 0) | (counts.satisfied == counts.answers)
    return np.asarray((counts.n < RESPONDENTS_FEWEST) | (agree & (counts.n < unanimous_below)))


def refreshable(earlier: Sequence[Counts], current: Counts) -> BoolArray:
    """bool[cells]: whose figure may be renewed.

    It was never shown, is unchanged, or has grown by `RESPONDENTS_FEWEST` respondents.

    A figure that moves by one or two respondents would give away their answers. Counts that fell (answers
    were withdrawn) cannot be renewed either.
    """
    before = latest(earlier, current)
    gained = (current.n >= before.n + RESPONDENTS_FEWEST) & (current.parts >= before.parts).all(axis=0)
    unchanged = (current.n == before.n) & (current.parts == before.parts).all(axis=0)
    return np.asarray(np.isnan(before.n) | unchanged | gained)


def latest(earlier: Sequence[Counts], current: Counts) -> Counts:
    """The latest published count of each cell; NaN for a cell that was never published."""
    found = current.hide(np.ones(len(current), dtype=np.bool_))
    for release in earlier:
        require_like(release, current)
        new = ~np.isnan(release.n)
        n, satisfied, answers = (
            np.where(new, theirs, ours)
            for theirs, ours in zip(
                (release.n, release.satisfied, release.answers),
                (found.n, found.satisfied, found.answers),
                strict=True,
            )
        )
        found = Counts(n, satisfied, answers, current.answers_per_respondent)
    return found


def require_like(release: Counts, current: Counts) -> None:
    if len(release) != len(current) or release.answers_per_respondent != current.answers_per_respondent:
        raise StatisticsError(
            f"an earlier release has {len(release)} cells and {release.answers_per_respondent:g} answers"
            f" a respondent, this one {len(current)} and {current.answers_per_respondent:g};"
            " releases must be of the same tables and measure"
        )
