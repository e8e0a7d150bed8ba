"""One pass from an answer matrix to cells."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement, product
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats.arrays import AnswerArray, BoolArray, CodeArray, IntArray
from sipas.stats.cells.answer_rows import AnswerRows, ItemColumns
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import Column, Crossed, counting_sort, cross, is_missing, plain_values
from sipas.stats.cells.layout import Layout, asked_multiples
from sipas.stats.cells.scoring import Scoring

# Rows taken at a time: what is worked on stays in the processor's cache.
BLOCK_ROWS = 1 << 16

_Whole = NDArray[np.signedinteger]


def build_cells(
    scoring: Scoring,
    answers: object,
    columns: Mapping[str, Column],
    form: str = "form",
    sums: Literal["all", "as-needed"] = "all",
) -> Cells:
    """The cells of these responses: one for each combination of the key columns that occurs.

    Parameters
    ----------
    scoring : Scoring
    answers : int16[responses, items], int8[responses, items], ItemColumns or table
        Points of the scale, in the order of `scoring.items`; anything negative is missing. Of a table of
        pandas, polars or Arrow, the columns that the items name, where NaN and null are missing.
    columns : mapping of str to Column
        The key, one code a response.
    form : str
        The key column that names each response's form. An answer to an item that the form never
        asks is left out: it has no probability to weight it by.
    sums : {"all", "as-needed"}
        `as-needed`: make each sum from the responses when a measure asks for it, such as where cells are
        nearly as many as responses, or items are many.

    Returns
    -------
    Cells
        In the order of the columns' codes. The same whatever the order of the responses.

    Raises
    ------
    StatisticsError
        An answer that is no whole number or no point of the scale, or columns of another length.
    """
    matrix = _as_matrix(scoring, answers)
    _check_answers(scoring, matrix)
    for name, column in columns.items():
        if len(column) != len(matrix):
            raise StatisticsError(f"column {name} has {len(column)} codes for {len(matrix)} responses")
    crossed = cross(list(columns.values()), len(matrix))
    keys = {
        name: Column(codes, column.levels)
        for (name, column), codes in zip(columns.items(), crossed.keys, strict=True)
    }
    n = np.bincount(crossed.code, minlength=crossed.count).astype(np.int64, copy=False)
    responses = AnswerRows(matrix, crossed.code.astype(np.int32))
    if sums == "as-needed":
        return Cells(scoring, keys, n, np.zeros((len(n), 0), dtype=np.int64), form, responses)
    total = np.zeros((Layout.of(scoring).width, crossed.count), dtype=np.int64)
    for rows, cell, weighing in _by_form(scoring, keys.get(form), crossed, n):
        for start in range(0, len(rows), BLOCK_ROWS):
            block = slice(start, start + BLOCK_ROWS)
            _add_block(total, weighing, _take_by_item(matrix, rows[block]), cell[block])
    return Cells(scoring, keys, n, total.T, form, responses)


def _take_by_item(answers: AnswerArray | ItemColumns, rows: CodeArray) -> AnswerArray:
    """Return items × rows of answers that are kept row by row, or item by item."""
    if isinstance(answers, ItemColumns):
        return answers.take(rows)
    by_item = answers.flags.f_contiguous
    taken = np.take(answers.T, rows, axis=1) if by_item else np.take(answers, rows, axis=0).T
    return cast(AnswerArray, np.ascontiguousarray(taken))


def _as_matrix(scoring: Scoring, answers: object) -> AnswerArray | ItemColumns:
    """Answers in the order of the items, from an array, from lists, or from a table with named columns."""
    if isinstance(answers, np.ndarray | ItemColumns):
        return answers
    names = getattr(answers, "column_names", getattr(answers, "columns", None))
    if names is None:
        return _matrix_of(answers)
    missing = [item for item in scoring.items if item not in list(names)]
    if missing:
        raise StatisticsError(f"the table of answers has no column {', '.join(missing)}; items name columns")
    table = cast("Mapping[str, Iterable[object]]", answers)
    columns = [_points(item, table[item]) for item in scoring.items]
    return np.column_stack(columns).astype(np.int16, copy=False)


def _matrix_of(answers: object) -> AnswerArray:
    try:
        return np.asarray(answers)
    except ValueError:
        raise StatisticsError("answers must be responses × items; some rows are longer than others") from None


def _points(item: str, column: Iterable[object]) -> AnswerArray:
    """int16[responses]: of one column, -1 where it is missing."""
    given = [-1 if is_missing(value) else value for value in plain_values(column)]
    try:
        numbers = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.full(1, np.nan)
    whole = numbers == np.round(numbers)
    if not whole.all() or (np.abs(numbers) > np.iinfo(np.int16).max).any():
        wrong = next(value for value in given if not _is_point(value))
        raise StatisticsError(f"item {item}: {wrong!r} is not a point of a scale; give whole numbers")
    return numbers.astype(np.int16)


def _is_point(value: object) -> bool:
    return isinstance(value, int | float) and float(value).is_integer() and abs(value) < 1 << 15


def _check_answers(scoring: Scoring, answers: AnswerArray | ItemColumns) -> None:
    if isinstance(answers, np.ndarray):
        _check_matrix(answers)
    items = len(answers.columns) if isinstance(answers, ItemColumns) else answers.shape[1]
    if items != len(scoring.items):
        raise StatisticsError(
            f"answers must be responses × {len(scoring.items)} items, not {(len(answers), items)}"
        )
    columns = answers.columns if isinstance(answers, ItemColumns) else answers.T
    for item, column in zip(scoring.items, columns, strict=True):
        _check_points(item, column, scoring.points)


def _check_matrix(answers: AnswerArray) -> None:
    if not np.issubdtype(answers.dtype, np.integer):
        raise StatisticsError(
            f"answers must be whole numbers, not {answers.dtype}; fill what is missing with -1, and convert"
            " the rest, such as by answers.astype(numpy.int16)"
        )
    if answers.ndim != 2:
        raise StatisticsError(f"answers must be responses × items, not {answers.shape}")


def _check_points(item: str, answers: AnswerArray, points: Sequence[int]) -> None:
    if not len(answers):
        return
    gaps = [point for point in range(points[-1]) if point not in points]
    if answers.max() <= points[-1] and not any((answers == gap).any() for gap in gaps):
        return
    row = int(np.flatnonzero((answers > points[-1]) | np.isin(answers, gaps))[0])
    raise StatisticsError(
        f"response {row + 1}, item {item}: {answers[row]} is no point of the"
        f" scale {', '.join(map(str, points))}"
    )


@dataclass(frozen=True)
class _Weighing:
    """How one form's answers enter the sums.

    Parameters
    ----------
    scoring : Scoring
    multiples : tuple of int
        For each item what its answers count in the factor sums; 0 where it is never asked.
    kind : numpy dtype
        The narrowest that holds a product of two respondents' factor sums.
    """

    scoring: Scoring
    multiples: tuple[int, ...]
    kind: np.dtype[np.signedinteger]

    @classmethod
    def of(cls, scoring: Scoring, form: str | None) -> "_Weighing":
        multiples, _ = asked_multiples(scoring, form)
        largest = max((sum(multiples[j] for j in items) for items in scoring.factors.values()), default=1)
        bound = (largest * max(1, scoring.points[-1])) ** 2
        return cls(scoring, multiples, np.min_scalar_type(-bound - 1))

    def totals(self, by_item: AnswerArray | BoolArray) -> list[_Whole]:
        """Return one number per response for each factor: the sum of its items, each times its multiple."""
        return [
            sum((by_item[j] * self.kind.type(self.multiples[j]) for j in items), np.zeros(1, self.kind))
            for items in self.scoring.factors.values()
        ]


def _by_form(
    scoring: Scoring, form: Column | None, crossed: Crossed, n: IntArray
) -> Iterator[tuple[CodeArray, IntArray, _Weighing]]:
    """The rows of the responses that are summed alike, in the order of their cells, and these."""
    rows, cell = counting_sort(crossed.code, crossed.count), np.repeat(np.arange(crossed.count), n)
    names = (*form.levels, None) if form else (None,)
    weighings = [_Weighing.of(scoring, name) for name in names]
    alike = list(dict.fromkeys(weighing.multiples for weighing in weighings))
    if form is None or len(alike) == 1:
        yield rows, cell, weighings[-1]
        return
    kind_of_cell = np.array([alike.index(weighing.multiples) for weighing in weighings])[form.codes]
    kind_of_row = kind_of_cell[cell]
    for kind, multiples in enumerate(alike):
        weighing = next(w for w in weighings if w.multiples == multiples)
        yield rows[kind_of_row == kind], cell[kind_of_row == kind], weighing


@dataclass(frozen=True)
class _Segments:
    """Return the first row of each cell in a block of responses that is in the order of cells.

    Parameters
    ----------
    starts : int64[segments]
    cells : int64[segments]
    rows : int
        How many responses the block has.
    """

    starts: IntArray
    cells: IntArray
    rows: int

    @classmethod
    def of(cls, cell: IntArray) -> "_Segments":
        starts = np.flatnonzero(np.diff(cell, prepend=-1))
        return cls(starts, cell[starts], len(cell))

    def number(self) -> IntArray:
        """int64[rows]: the segment that each response is in."""
        return np.repeat(np.arange(len(self.starts)), np.diff(self.starts, append=self.rows))

    def add(self, total: IntArray, values: _Whole | BoolArray) -> None:
        """Adds each segment's values to its cell's total."""
        total[self.place] += np.add.reduceat(values, self.starts, dtype=np.int64)

    @cached_property
    def place(self) -> slice | IntArray:
        """The positions of the cells: a slice, which is faster, if they are consecutive."""
        first, last = int(self.cells[0]), int(self.cells[-1])
        return slice(first, last + 1) if last - first + 1 == len(self.cells) else self.cells


def _add_block(sums: IntArray, weighing: _Weighing, answers: AnswerArray, cell: IntArray) -> None:
    """Adds responses (items × rows), given in the order of their cells, to `sums` (sums × cells)."""
    segments = _Segments.of(cell)
    by_item = np.maximum(answers, -1)
    by_item[np.array(weighing.multiples) == 0] = -1
    _add_histogram(sums, weighing.scoring, by_item, segments)
    _add_factors(sums, weighing, by_item, segments)


def _add_histogram(sums: IntArray, scoring: Scoring, by_item: AnswerArray, segments: _Segments) -> None:
    layout, radix = Layout.of(scoring), scoring.points[-1] + 2
    base = segments.number() * radix + 1
    shape = (len(segments.cells), radix)
    columns = np.array(scoring.points) + 1
    for j, answer in enumerate(by_item):
        counts = np.bincount(base + answer, minlength=shape[0] * shape[1]).reshape(shape)[:, columns]
        sums[layout.chosen(j, 0) : layout.chosen(j + 1, 0), segments.place] += counts.T


def _add_factors(sums: IntArray, weighing: _Weighing, by_item: AnswerArray, segments: _Segments) -> None:
    first = Layout.of(weighing.scoring).total("S", 0)
    for position, values in enumerate(_factor_sums(weighing, by_item), first):
        segments.add(sums[position], values)


def _factor_sums(weighing: _Weighing, by_item: AnswerArray) -> Iterator[_Whole | BoolArray]:
    """For each sum of the layout after the histogram, in its order, one number a response."""
    satisfied = weighing.totals(by_item >= weighing.scoring.satisfied)
    answered = weighing.totals(by_item >= 0)
    points = weighing.totals(np.maximum(by_item, 0))
    for totals in (satisfied, answered, points):
        yield from totals
    for totals in (satisfied, answered, points):
        yield from (one * other for one, other in combinations_with_replacement(totals, 2))
    for totals in (satisfied, points):
        yield from (one * other for one, other in product(totals, answered))
    reached = [total > 0 for total in answered]
    yield from reached
    if reached:
        yield np.logical_or.reduce(reached)
