"""A column of a large file with the meaning of its cells; each different text is parsed once."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.tables import AnswerTable

_T = TypeVar("_T")


@dataclass(frozen=True)
class FieldReader(Generic[_T]):
    """`codes` index `meanings`; the last meaning is that of an empty cell (-1)."""

    codes: NDArray[np.int32]
    meanings: list[_T]

    def __iter__(self) -> Iterator[_T]:
        return map(self.meanings.__getitem__, self.codes.tolist())


def read_field(table: AnswerTable, column: str, parse: Callable[[str], _T], empty: _T) -> FieldReader[_T]:
    """Read a column. `empty`: the meaning of empty cells, or of a missing column."""
    if column not in table.columns:
        return FieldReader(np.full(len(table.rows), -1, np.int32), [empty])
    return FieldReader(table.columns[column].codes, [*table.parsed(column, parse), empty])


def one_of_words(words: Collection[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text!r} is not one of {', '.join(words)}")
        return text

    return parse
