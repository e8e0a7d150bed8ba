"""Data frames of pandas, polars and Arrow, in and out. They need narwhals, loaded only when used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sipas.errors import NotFound, StatisticsError
from sipas.stats.arrays import AnswerArray, FloatArray
from sipas.stats.cells.columns import Column
from sipas.stats.cells.scoring import Scoring

_FIVE_POINTS = (1, 2, 3, 4, 5)
_MISSING = -1


@dataclass(frozen=True)
class DataTable:
    """A data frame of any library, read column by column.

    Parameters
    ----------
    frame : narwhals.DataFrame
    """

    frame: Any

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def names(self) -> list[str]:
        return list(self.frame.columns)

    @property
    def backend(self) -> Any:
        """The library that the frame came from, as narwhals calls it."""
        return self.frame.implementation

    def series(self, name: str) -> Any:
        if name not in self.frame.columns:
            raise NotFound(f"the data frame has no column {name!r}; its columns are {', '.join(self.names)}")
        return self.frame[name]

    def column(self, name: str) -> Column:
        """Return a column of levels: categories in their order, numbers by size, all else as text."""
        series = self.series(name)
        values, missing = series.to_list(), series.is_null().to_list()
        given = [None if gone else _label(value) for value, gone in zip(values, missing, strict=True)]
        levels = _levels(series, given)
        place: dict[str | None, int] = {level: code for code, level in enumerate(levels)} | {None: _MISSING}
        return Column(np.array([place[value] for value in given], dtype=np.int32), levels)

    def numbers(self, name: str) -> FloatArray:
        """Return float64[rows]: booleans as 0 and 1, ordered categories as 1, 2, …, missing values as NaN.

        Raises
        ------
        StatisticsError
            A value is no number.
        """
        series = self.series(name)
        if categories := _categories(series):
            place = {category: float(code) for code, category in enumerate(categories, 1)}
            return np.array([place.get(value, np.nan) for value in series.to_list()])
        missing = np.array(series.is_null().to_list(), dtype=np.bool_)
        try:
            filled = [
                np.nan if gone else float(value)
                for value, gone in zip(series.to_list(), missing, strict=True)
            ]
        except (TypeError, ValueError) as error:
            raise StatisticsError(f"column {name}: {error}; convert it to numbers first") from error
        return np.array(filled, dtype=np.float64)


def read_table(data: object) -> DataTable:
    """Return the data frame of pandas, polars or Arrow ready to be read.

    Raises
    ------
    StatisticsError
        Something that is no data frame.
    """
    import narwhals.stable.v2 as narwhals

    try:
        return DataTable(narwhals.from_native(data, eager_only=True))
    except TypeError as error:
        raise StatisticsError(
            f"{type(data).__name__} is not a data frame; give one of pandas, polars or Arrow"
        ) from error


def to_native(columns: Mapping[str, Sequence[object]], backend: Any) -> Any:
    """Return these columns as a data frame of the library they came from."""
    import narwhals.stable.v2 as narwhals

    return narwhals.from_dict(dict(columns), backend=backend).to_native()


def read_answers(table: DataTable, items: Sequence[str], scoring: Scoring) -> AnswerArray:
    """Return int8[rows, items]; -1 where there is no answer.

    Raises
    ------
    StatisticsError
        A value that is no point of the scale, with its row and column.
    """
    answers = np.full((len(table), len(items)), _MISSING, dtype=np.int8)
    for place, item in enumerate(items):
        numbers = table.numbers(item)
        known = np.isfinite(numbers)
        wrong = known & ~np.isin(numbers, scoring.points)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise StatisticsError(
                f"row {row + 1}, column {item}: {numbers[row]:g} is not a point of the scale"
                f" {', '.join(map(str, scoring.points))}; recode it, or give the scale"
            )
        answers[known, place] = numbers[known].astype(np.int8)
    return answers


def infer_points(table: DataTable, items: Sequence[str]) -> tuple[tuple[int, ...], int]:
    """Return the scale and its satisfied point: 0 and 1 where all answers are that, else 1 to 5 and 4."""
    found = [values[np.isfinite(values)] for values in map(table.numbers, items)]
    if all(np.isin(values, (0, 1)).all() for values in found) and any(map(len, found)):
        return (0, 1), 1
    return _FIVE_POINTS, 4


def _label(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _categories(series: Any) -> list[str]:
    import narwhals.stable.v2 as narwhals

    if series.dtype == narwhals.Categorical or isinstance(series.dtype, narwhals.Enum):
        return [str(category) for category in series.cat.get_categories().to_list()]
    return []


def _levels(series: Any, given: Sequence[str | None]) -> tuple[str, ...]:
    used = {value for value in given if value is not None}
    if categories := _categories(series):
        return tuple(category for category in categories if category in used)
    return tuple(sorted(used, key=float) if series.dtype.is_numeric() else sorted(used))
