"""Columns of few values: a code for each row, and the value of each code."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.stats import Column

_T = TypeVar("_T", bound=Hashable)
Codes = NDArray[np.signedinteger[Any]]
ChosenRows = NDArray[np.bool_] | NDArray[np.signedinteger[Any]]


def narrow(codes: Iterable[int] | Codes, values: int) -> Codes:
    """Return codes below that number in the narrowest type that holds them and -1."""
    kind = np.min_scalar_type(-max(1, values))
    return np.asarray(codes if isinstance(codes, np.ndarray) else list(codes), dtype=kind)


@dataclass(frozen=True)
class Keyed(Generic[_T]):
    """codes: for each row the place of its value in `values`; -1 where it has none."""

    codes: Codes
    values: tuple[_T, ...]

    @classmethod
    def of(cls, rows: Iterable[_T | None]) -> "Keyed[_T]":
        places: dict[_T, int] = {}
        codes = [-1 if row is None else places.setdefault(row, len(places)) for row in rows]
        return cls(narrow(codes, len(places)), tuple(places))

    def __len__(self) -> int:
        return len(self.codes)

    def column(self, label: Callable[[_T], str | None]) -> Column:
        """Return a column with a name for each value."""
        of_value = Column.of([label(value) for value in self.values])
        return Column(np.append(of_value.codes, -1).astype(np.int32)[self.codes], of_value.levels)

    def mask(self, condition: Callable[[_T], bool]) -> NDArray[np.bool_]:
        """Return the rows whose value meets the condition; those without a value do not."""
        return np.array([*(condition(value) for value in self.values), False])[self.codes]

    def select(self, rows: ChosenRows) -> "Keyed[_T]":
        return Keyed(self.codes[rows], self.values)

    def without(self, rows: NDArray[np.bool_]) -> "Keyed[_T]":
        """Return the column with no value in these rows."""
        if not rows.any():
            return self
        return Keyed(np.where(rows, self.codes.dtype.type(-1), self.codes), self.values)

    def ordered(self) -> "Keyed[_T]":
        """Return the same rows with the values that occur, in rising order."""
        occurring = np.unique(self.codes[self.codes >= 0]).tolist()
        held: list[Any] = [self.values[code] for code in occurring]
        values = sorted(held)
        places = {value: place for place, value in enumerate(values)}
        recoded = [places.get(value, -1) for value in self.values]
        return Keyed(narrow([*recoded, -1], len(values))[self.codes], tuple(values))


def concatenate(parts: Iterable[Keyed[_T]]) -> Keyed[_T]:
    """Return the rows of all parts, one part after another."""
    places: dict[_T, int] = {}
    recoded = []
    for part in parts:
        new = [places.setdefault(value, len(places)) for value in part.values]
        recoded.append(np.array([*new, -1], np.int32)[part.codes])
    codes = np.concatenate(recoded) if recoded else np.zeros(0, np.int32)
    return Keyed(narrow(codes, len(places)), tuple(places))
