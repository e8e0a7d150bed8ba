"""Key columns held as codes, and the distinct combinations of several of them."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, CodeArray, IntArray

# Below this many possible combinations a table of all of them is quicker than a sort.
_SMALL_TABLE_CODES = 1 << 22


@dataclass(frozen=True)
class Column:
    """A variable with named levels, one code a row.

    Parameters
    ----------
    codes : int32[rows]
        Position in `levels`; -1 where the value is missing.
    levels : tuple of str
        The names of the levels, without repeats. Their order is the order of results.

    Raises
    ------
    StatisticsError
        A code that has no level, or a level named twice.
    """

    codes: CodeArray
    levels: tuple[str, ...]

    def __post_init__(self) -> None:
        codes = np.ascontiguousarray(self.codes, dtype=np.int32)
        if codes.size and not -1 <= codes.min() <= codes.max() < len(self.levels):
            raise StatisticsError(f"a column with {len(self.levels)} levels has codes outside them")
        if len(set(self.levels)) < len(self.levels):
            raise StatisticsError("a column has a level more than once")
        object.__setattr__(self, "codes", codes)

    @classmethod
    def of(cls, values: Iterable[object]) -> "Column":
        """The column of these values, of a list, an array, or a column of pandas, polars or Arrow.

        Missing are None, NaN, NaT, pandas' NA and the empty string; 0 and False are levels. Levels are
        named by their text (2.0 is `2`) and sorted: numbers by size, then texts.

        Raises
        ------
        StatisticsError
            A single value, or a table or matrix, of which one column is meant.
        """
        if not isinstance(values, Iterable):
            raise StatisticsError(f"a column is made of a list or an array of values, not of {values!r}")
        given = plain_values(values)
        texts = {value: _level(value) for value in given if _hashable(value)}
        names = set(texts.values()) - {None}
        levels = tuple(sorted((name for name in names if name is not None), key=_level_order(texts)))
        place: dict[str | None, int] = {level: code for code, level in enumerate(levels)}
        place[None] = -1
        return cls(np.fromiter((place[texts[value]] for value in given), np.int32, len(given)), levels)

    def __len__(self) -> int:
        return len(self.codes)

    def labels(self) -> list[str | None]:
        """The value of each row; None where it is missing."""
        names: tuple[str | None, ...] = (*self.levels, None)
        return [names[code] for code in self.codes.tolist()]

    def equals(self, level: str) -> BoolArray:
        """bool[rows]: where the column has this level; nowhere, if it is no level of it."""
        wanted = self.levels.index(level) if level in self.levels else -2
        return np.asarray(self.codes == wanted)

    def select(self, rows: IntArray | BoolArray) -> "Column":
        return Column(self.codes[rows], self.levels)


def plain_values(values: Iterable[object]) -> list[object]:
    """The values of anything with one dimension, as plain Python values where it can give them."""
    shape = getattr(values, "shape", None)
    if isinstance(values, Mapping) or (shape is not None and len(shape) != 1):
        raise StatisticsError(
            f"a column needs the values of one variable, not {type(values).__name__}"
            f"{'' if shape is None else f' of shape {tuple(shape)}'}; name one, such as frame['unit']"
        )
    for name in ("to_pylist", "to_list", "tolist"):  # of Arrow, of pandas and polars, of numpy
        if callable(convert := getattr(values, name, None)):
            return list(convert())
    return list(values)


def _hashable(value: object) -> bool:
    if isinstance(value, Hashable):
        return True
    raise StatisticsError(f"a column needs texts, numbers or dates, not {type(value).__name__}")


def _level(value: object) -> str | None:
    """The name of a value; None where it is missing."""
    if is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_missing(value: object) -> bool:
    """None, the empty string, NaN and NaT, which differ from themselves, and pandas' NA."""
    if value is None or (isinstance(value, str) and not value):
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return True


def _level_order(texts: Mapping[object, str | None]) -> Callable[[str], tuple[bool, float, str]]:
    """Numbers by size where values were numbers, other levels by their texts after them."""
    numbers = {
        text: float(value)
        for value, text in texts.items()
        if text is not None and isinstance(value, int | float)
    }
    return lambda text: (text not in numbers, numbers.get(text, 0.0), text)


@dataclass(frozen=True)
class Crossed:
    """The distinct combinations of several columns, in the order of their codes, missing last.

    Parameters
    ----------
    code : int64[rows]
        The combination that each row has.
    keys : tuple of int32[combinations]
        For each column its code in each combination.
    count : int
        How many combinations there are.
    """

    code: IntArray
    keys: tuple[CodeArray, ...]
    count: int


def cross(columns: Sequence[Column], rows: int) -> Crossed:
    """Numbers the distinct combinations that `rows` rows have; without columns all rows are one."""
    code, size = np.zeros(rows, dtype=np.int64), 1
    for column in columns:
        radix = len(column.levels) + 1
        if size * radix > 4 * rows:
            code, size = renumber(code, size)
        code *= radix
        code += np.where(column.codes < 0, radix - 1, column.codes)
        size *= radix
    code, count = renumber(code, size)
    some_row = np.empty(count, dtype=np.int64)
    some_row[code] = np.arange(rows)
    return Crossed(code, tuple(column.codes[some_row] for column in columns), count)


def renumber(code: IntArray, size: int) -> tuple[IntArray, int]:
    """Codes below `size` replaced by their rank among those that occur, and how many those are."""
    if size > _SMALL_TABLE_CODES + 4 * len(code):
        distinct, rank = np.unique(code, return_inverse=True)
        return rank.astype(np.int64, copy=False), len(distinct)
    occurs = np.zeros(size, dtype=np.bool_)
    occurs[code] = True
    return (np.cumsum(occurs) - 1)[code], int(np.count_nonzero(occurs))


def counting_sort(code: IntArray, size: int) -> CodeArray:
    """int32[rows]: the rows in the order of their codes below `size`, equals in the order they had.

    scipy's change from one sparse format to another is a counting sort; many times argsort's speed.
    """
    rows = len(code)
    place = (code.astype(np.int32), np.arange(rows, dtype=np.int32))
    table = scipy.sparse.coo_array((np.ones(rows, dtype=np.int8), place), shape=(size, rows))
    return np.asarray(table.tocsr().indices, dtype=np.int32)


def united(columns: Sequence[Column]) -> Column:
    """One column after another as one, with the levels of all; a level keeps its first place."""
    if columns and all(column.levels == columns[0].levels for column in columns):
        return Column(np.concatenate([column.codes for column in columns]), columns[0].levels)
    levels = tuple(dict.fromkeys(level for column in columns for level in column.levels))
    place = {level: code for code, level in enumerate(levels)}
    recoded = [recode(column, place) for column in columns]
    return Column(np.concatenate(recoded) if recoded else np.zeros(0, np.int32), levels)


def recode(column: Column, place: Mapping[str, int]) -> CodeArray:
    """int32[rows]: the column's codes in a coding that has all of its levels."""
    new = np.array([*(place[level] for level in column.levels), -1], dtype=np.int32)
    return new[column.codes]
