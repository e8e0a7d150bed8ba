"""Responses as columns: their order, their file format, and their comparison."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipas.errors import DatabaseError
from sipas.queries.segments import Segment
from sipas.report.sources.held_responses import RoundColumns
from sipas.survey.segments.arrow_format import decode_segment, encode_segment
from sipas.survey.segments.keyed import Keyed
from sipas.survey.segments.response_columns import KEYS, ResponseColumns, concatenate_columns, narrow_answers
from sipas.survey.segments.row_hashes import count_differences, hash_responses

IDS = ("overall", "age", "q2.radio")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "unit": st.integers(1, 300),
    "procedure": st.none() | st.integers(1, 9),
    "kiosk": st.none() | st.integers(1, 3),
    "complete": st.booleans(),
    "day": st.integers(0, 9).map(lambda days: date(2026, 1, 1) + timedelta(days=days)),
}
TEXTS = st.none() | st.sampled_from(["a", "Đống Đa", "", "z"])
ROWS = st.lists(
    st.tuples(
        st.tuples(*(VALUES.get(name, TEXTS) for name in KEYS)),
        st.dictionaries(st.sampled_from(["sex", "tuổi"]), st.sampled_from("FMx")),
        st.tuples(st.integers(-3, 5), st.integers(-3, 32_767), st.integers(-3, 1)),
    ),
    min_size=1,
    max_size=40,
)


def columns_of(rows: list[Any]) -> ResponseColumns:
    keys, attributes, answers = zip(*rows, strict=True)
    names = dict.fromkeys(name for one in attributes for name in one)
    return ResponseColumns(
        {name: Keyed.of(values) for name, values in zip(KEYS, zip(*keys, strict=True), strict=True)},
        {name: Keyed.of(one.get(name) for one in attributes) for name in names},
        tuple(narrow_answers(np.array(column)) for column in zip(*answers, strict=True)),
    )


def rows_of(columns: ResponseColumns) -> list[Any]:
    keys = {name: _values(keyed) for name, keyed in columns.keys.items()}
    attributes = {name: _values(keyed) for name, keyed in columns.attributes.items()}
    return [
        (
            tuple(keys[name][row] for name in KEYS),
            {name: values[row] for name, values in attributes.items() if values[row] is not None},
            tuple(int(column[row]) for column in columns.answers),
        )
        for row in range(len(columns))
    ]


def _values(keyed: Keyed[Any]) -> list[Any]:
    values = (*keyed.values, None)
    return [values[code] for code in keyed.codes.tolist()]


def in_any_order(rows: list[Any]) -> list[str]:
    return sorted(repr((keys, sorted(attributes.items()), answers)) for keys, attributes, answers in rows)


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_a_segment_holds_the_responses_in_an_order_that_forgets_their_arrival(rows: list[Any]) -> None:
    data = encode_segment(columns_of(rows).sorted(), IDS)
    assert data == encode_segment(columns_of(rows[::-1]).sorted(), IDS)
    assert in_any_order(rows_of(decode_segment(data, IDS))) == in_any_order(rows)


@given(ROWS, ROWS)
@settings(max_examples=60, deadline=None)
def test_differences_are_counted_whatever_the_order_and_the_codes(one: list[Any], other: list[Any]) -> None:
    together = concatenate_columns([columns_of(one), columns_of(other)])
    assert count_differences(hash_responses(together.sorted()), hash_responses(columns_of(other + one))) == 0
    assert count_differences(hash_responses(together), hash_responses(columns_of(one))) == len(other)


@given(st.lists(ROWS, min_size=1, max_size=5), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_columns_grow_by_segments_and_what_was_given_out_stays(parts: list[list[Any]], cut: int) -> None:
    held = RoundColumns(len(IDS))
    views = []
    for number, part in enumerate(parts, 1):
        held.add(Segment(number, number, len(part)), columns_of(part), 0)
        views.append(held.view())
    earlier = held.before(cut + 1)
    earlier.add(Segment(cut + 1, 9, 1), columns_of(parts[0][:1]), 0)
    for number, view in enumerate(views, 1):
        assert rows_of(view) == [row for part in parts[:number] for row in part]
    assert rows_of(earlier.view()) == [row for part in parts[:cut] for row in part] + parts[0][:1]


def test_a_block_that_is_no_segment_of_this_instrument_is_refused() -> None:
    data = encode_segment(columns_of([((1, *(None for _ in KEYS[1:])), {}, (1, 2, 0))]), IDS)
    with pytest.raises(DatabaseError, match="`sipas rebuild` repairs it"):
        decode_segment(data[:40], IDS)
    with pytest.raises(DatabaseError, match="another version of sipas"):
        decode_segment(data, (*IDS, "more"))
