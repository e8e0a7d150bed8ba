"""A column of a large file as what its cells stand for, each different text looked up once."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.tables import AnswerTable

T = TypeVar("T")


@dataclass(frozen=True)
class Field(Generic[T]):
    """`codes` into `meanings`, whose last is what an empty cell (-1) stands for."""

    codes: NDArray[np.int32]
    meanings: list[T]

    def __iter__(self) -> Iterator[T]:
        return map(self.meanings.__getitem__, self.codes.tolist())


def read_field(table: AnswerTable, column: str, parse: Callable[[str], T], empty: T) -> Field[T]:
    """`empty` is what a file means by an empty cell, or by not having the column."""
    if column not in table.columns:
        return Field(np.full(len(table.rows), -1, np.int32), [empty])
    return Field(table.columns[column].codes, [*table.parsed(column, parse), empty])


def one_of(words: Collection[str]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text

    return parse
