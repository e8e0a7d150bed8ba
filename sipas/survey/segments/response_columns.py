"""Responses of one round, column by column."""

import json
from collections.abc import Iterator, Mapping, Sequence
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
_FIRST_DAY = date(2000, 1, 1)
_NOT_ASKED = -3

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


def read_stored(stored: StoredResponses, width: int, counted: CountedAttributes) -> ResponseColumns:
    """Return the columns of responses as the database gives them. width: number of answer columns."""
    keys: dict[str, Keyed[Any]] = {name: Keyed.of(getattr(stored, name)) for name in KEYS if name != "day"}
    days = Keyed.of(stored.day)
    keys["day"] = Keyed(days.codes, tuple(_FIRST_DAY + timedelta(days=day) for day in days.values))
    return ResponseColumns(
        {name: keys[name] for name in KEYS},
        dict(_attribute_columns(stored, counted)),
        _read_answers(stored, width),
    )


def _attribute_columns(
    stored: StoredResponses, counted: CountedAttributes
) -> Iterator[tuple[str, Keyed[str]]]:
    sent = Keyed.of(zip(stored.attributes, (kiosk is not None for kiosk in stored.kiosk), strict=True))
    decoded: list[dict[str, str]] = [
        counted.kept(json.loads(text), from_terminal=from_terminal) for text, from_terminal in sent.values
    ]
    for name in dict.fromkeys(name for attributes in decoded for name in attributes):
        of_value = Keyed.of(attributes.get(name) for attributes in decoded)
        yield name, Keyed(narrow(of_value.codes[sent.codes], len(of_value.values)), of_value.values)


def _read_answers(stored: StoredResponses, width: int) -> tuple[AnswerColumn, ...]:
    """Decode the arrays of small integers at once; one by one would take longer than all else."""
    form = np.dtype([("head", "V20"), ("element", [("length", ">i4"), ("value", ">i2")], width)])
    if len(stored.answers) != stored.responses * form.itemsize:
        raise LookupError(f"responses wait whose answers are not to the {width} items of their round")
    values = np.frombuffer(stored.answers, form)["element"]["value"]
    return tuple(narrow_answers(values[:, column]) for column in range(width))


def narrow_answers(values: NDArray[Any]) -> AnswerColumn:
    """Return int8 where the answers fit, else int16."""
    fits = not len(values) or -128 <= values.min() <= values.max() <= 127
    return values.astype(np.int8) if fits else values.astype(np.int16)
