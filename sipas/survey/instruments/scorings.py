"""Scorings of an instrument: the rated items of each scale, and the options of choices and yes/no items."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.stats.cells.answer_rows import ItemColumns
from sipas.stats.cells.scoring import Scoring


@dataclass(frozen=True)
class ItemScoring:
    """A scoring, and where its items stand in a stored answer.

    places: the answer column of each item. options: the position of the option that counts as 1 in the
    column of one choice; None where the column holds the answer itself.
    """

    scoring: Scoring
    places: tuple[int, ...]
    options: tuple[int | None, ...]

    def answers(self, stored: Sequence[NDArray[Any]] | NDArray[Any], responses: int) -> ItemColumns:
        """Return the answers to the scoring's items; stored: by answer column."""
        columns = tuple(self._answers_to(item, stored) for item in range(len(self.places)))
        return ItemColumns(columns, responses)

    def _answers_to(self, item: int, stored: Sequence[NDArray[Any]] | NDArray[Any]) -> NDArray[Any]:
        column, option = stored[self.places[item]], self.options[item]
        return (
            column
            if option is None
            else np.where(column < 0, column, (column == option).astype(column.dtype))
        )


def forms_of(
    items: Iterable[str], chances: dict[str, dict[str, Fraction]]
) -> dict[str, tuple[Fraction, ...]]:
    """Return P(asked) of the items on each form. chances: by form and item."""
    order = tuple(items)
    return {form: tuple(known.get(i, Fraction(0)) for i in order) for form, known in chances.items()}
