"""Responses of one round, column by column."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sipas.queries.segments import StoredResponses
from sipas.survey.segments.attributes import CountedAttributes
from sipas.survey.segments.keyed import ChosenRows, Codes, Keyed, concatenate, narrow

KEYS: Final = (
    *("unit", "procedure", "service_channel", "channel", "form", "complete", "language"),
    *("day", "time_kept", "field", "kiosk"),
)
_IDS: Final = ("unit", "procedure", "kiosk")
_ALIKE: Final = tuple(name for name in KEYS if name not in (*_IDS, "day"))  # in a group as it is stored
_FIRST_DAY = date(2000, 1, 1)
_HEADER_BYTES = 20  # of an array in the database's binary form
_EMPTY_ARRAY_BYTES = 12  # a header without dimensions: a questionnaire of texts alone has no answer column

AnswerColumn = NDArray[np.int8] | NDArray[np.int16]


@dataclass(frozen=True)
class ResponseColumns:
    """Responses of one round.

    Parameters
    ----------
    keys : mapping of str to Keyed
        For each of KEYS: ids of unit, procedure and kiosk, a date for `day`, a bool for `complete`,
        else texts.
    attributes : mapping of str to Keyed
        By name; a response without the attribute has no value.
    answers : tuple of int8[rows] or int16[rows]
        In the order of the instrument's answer columns; negative where there is no answer.
    """

    keys: Mapping[str, Keyed[Any]]
    attributes: Mapping[str, Keyed[str]]
    answers: tuple[AnswerColumn, ...]

    def __len__(self) -> int:
        return len(self.keys["unit"])

    def select(self, rows: ChosenRows) -> "ResponseColumns":
        return ResponseColumns(
            {name: keyed.select(rows) for name, keyed in self.keys.items()},
            {name: keyed.select(rows) for name, keyed in self.attributes.items()},
            tuple(column[rows] for column in self.answers),
        )

    def sorted(self) -> "ResponseColumns":
        """Return the same responses in an order that their content alone determines.

        It hides the order of arrival, and compresses better.
        """
        keys = {name: keyed.ordered() for name, keyed in self.keys.items()}
        attributes = {name: self.attributes[name].ordered() for name in sorted(self.attributes)}
        ordered = ResponseColumns(keys, attributes, self.answers)
        return ordered.select(np.argsort(_packed(ordered), kind="stable"))


def _packed(columns: ResponseColumns) -> NDArray[Any]:
    """Return each response as a string of bytes that sorts like its values."""
    keyed = [*columns.keys.values(), *columns.attributes.values()]
    parts = [_bytes_of(one.codes) for one in keyed if len(one.values) > 1 or (one.codes < 0).any()]
    parts += [_bytes_of(column) for column in columns.answers]
    table = np.concatenate(parts, axis=1) if parts else np.zeros((len(columns), 1), np.uint8)
    return np.ascontiguousarray(table).view(f"S{table.shape[1]}").ravel()


def _bytes_of(column: Codes) -> NDArray[np.uint8]:
    """Return uint8[rows, bytes]: unsigned numbers that sort like the signed ones, the highest byte first."""
    width = column.dtype.itemsize
    shifted = column.astype(np.int64) + (1 << 8 * width - 1)
    return shifted.astype(f">u{width}").view(np.uint8).reshape(len(column), width)


def concatenate_columns(parts: Sequence[ResponseColumns]) -> ResponseColumns:
    """Return the responses of all parts, which have the same answer columns."""
    names = dict.fromkeys(name for part in parts for name in part.attributes)
    return ResponseColumns(
        {name: concatenate(part.keys[name] for part in parts) for name in KEYS},
        {name: concatenate(attribute_of(part, name) for part in parts) for name in names},
        tuple(np.concatenate(columns) for columns in zip(*(part.answers for part in parts), strict=True)),
    )


def attribute_of(columns: ResponseColumns, name: str) -> Keyed[str]:
    """Return the attribute; without values if no response has it."""
    return columns.attributes.get(name) or Keyed(np.broadcast_to(np.int8(-1), len(columns)), ())


def count_responses(stored: Sequence[StoredResponses]) -> int:
    return sum(group.responses for group in stored)


def read_stored(stored: Sequence[StoredResponses], width: int, counted: CountedAttributes) -> ResponseColumns:
    """Return the columns of groups of responses of one round. width: number of answer columns."""
    times = [group.responses for group in stored]
    keys = {name: _of_groups((getattr(group, name) for group in stored), times) for name in _ALIKE}
    keys |= {name: _of_numbers([getattr(group, name) for group in stored]) for name in _IDS}
    days = _of_numbers([group.day for group in stored])
    keys["day"] = Keyed(days.codes, tuple(_FIRST_DAY + timedelta(days=day) for day in days.values))
    attributes = [
        counted.kept(json.loads(group.attributes), from_terminal=group.from_terminal) for group in stored
    ]
    names = dict.fromkeys(name for one in attributes for name in one)
    return ResponseColumns(
        {name: keys[name] for name in KEYS},
        {name: _of_groups((one.get(name) for one in attributes), times) for name in names},
        _read_answers(stored, width),
    )


def _of_groups(values: Iterable[Any], times: Sequence[int]) -> Keyed[Any]:
    """Return a column in which each group has its value as often as it has responses."""
    of_group = Keyed.of(values)
    return Keyed(of_group.codes.repeat(times), of_group.values)


def _of_numbers(arrays: Sequence[bytes]) -> Keyed[int]:
    """Return a column of arrays in the database's binary form: a header, then lengths and numbers."""
    element = np.dtype([("length", ">i4"), ("value", ">i4")])
    numbers = np.concatenate([np.frombuffer(one, element, offset=_HEADER_BYTES)["value"] for one in arrays])
    values, codes = np.unique(numbers, return_inverse=True)
    missing = int(values[:1].tolist() == [0])  # the least there is, of ids
    return Keyed(narrow(codes - missing, len(values)), tuple(values[missing:].tolist()))


def _read_answers(stored: Sequence[StoredResponses], width: int) -> tuple[AnswerColumn, ...]:
    """Decode the arrays of small integers at once; one by one would take longer than all else."""
    element = np.dtype([("length", ">i4"), ("value", ">i2")])
    head = f"V{_HEADER_BYTES if width else _EMPTY_ARRAY_BYTES}"
    form = np.dtype([("head", head), ("element", element, width)])
    if any(len(group.answers) != group.responses * form.itemsize for group in stored):
        raise LookupError(f"responses wait whose answers are not to the {width} items of their round")
    groups = [np.frombuffer(group.answers, form)["element"]["value"] for group in stored]
    return tuple(
        narrow_answers(np.concatenate([values[:, column] for values in groups])) for column in range(width)
    )


def narrow_answers(values: NDArray[Any]) -> AnswerColumn:
    """Return int8 where the answers fit, else int16."""
    fits = not len(values) or -128 <= values.min() <= values.max() <= 127
    return values.astype(np.int8) if fits else values.astype(np.int16)
