"""Key columns that hold things, not texts: a unit's id, a month; and the columns derived from them."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.stats import Column

_T = TypeVar("_T", bound=Hashable)
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Keyed(Generic[_T]):
    """codes: for each row the place of its value in `values`; -1 where it has none."""

    codes: Codes
    values: tuple[_T, ...]

    @classmethod
    def of(cls, rows: Iterable[_T | None]) -> "Keyed[_T]":
        places: dict[_T, int] = {}
        codes = [-1 if row is None else places.setdefault(row, len(places)) for row in rows]
        return cls(np.array(codes, np.int32), tuple(places))

    def column(self, label: Callable[[_T], str | None]) -> Column:
        """Return a column with a name for each value."""
        of_value = Column.of([label(value) for value in self.values])
        return Column(np.append(of_value.codes, -1).astype(np.int32)[self.codes], of_value.levels)

    def mask(self, condition: Callable[[_T], bool]) -> NDArray[np.bool_]:
        """The rows whose value meets the condition; those without a value do not."""
        return np.array([*(condition(value) for value in self.values), False])[self.codes]

    def select(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Keyed[_T]":
        return Keyed(self.codes[rows], self.values)

    def followed_by(self, other: "Keyed[_T]") -> "Keyed[_T]":
        """The rows of both, one after the other."""
        places = {value: place for place, value in enumerate(self.values)}
        recoded = [places.setdefault(value, len(places)) for value in other.values]
        codes = np.array([*recoded, -1], np.int32)[other.codes]
        return Keyed(np.concatenate([self.codes, codes]), tuple(places))
