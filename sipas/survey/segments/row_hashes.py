"""Hashes of responses by content, to compare two sets of them that may be stored in different orders."""

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sipas.survey.segments.keyed import Keyed
from sipas.survey.segments.response_columns import AnswerColumn, ResponseColumns

Hashes = NDArray[np.uint64]


def hash_responses(columns: ResponseColumns) -> Hashes:
    """uint64[rows]: equal for equal responses, whatever the codes of their values.

    The sum over columns of a random multiple for the column times a random number for the value, modulo 2^64.
    """
    total = np.zeros(len(columns), np.uint64)
    for name, keyed in columns.keys.items():
        total += _hash_keyed(f"key {name}", keyed)
    for name, keyed in columns.attributes.items():
        total += _hash_keyed(f"attribute {name}", keyed)
    for place, column in enumerate(columns.answers):
        total += _hash_answers(place, column)
    return total


def _hash_keyed(name: str, keyed: Keyed[Any]) -> Hashes:
    """A missing value adds nothing, as in a segment without the column."""
    of_value = [_hash_text(f"{name}={value!r}") for value in keyed.values]
    return np.array([*of_value, 0], np.uint64)[keyed.codes]


def _hash_answers(place: int, column: AnswerColumn) -> Hashes:
    multiple = np.uint64(_hash_text(f"answer {place}") | 1)
    return (column.astype(np.int64) + 4).astype(np.uint64) * multiple


def _hash_text(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def count_differences(one: Hashes, other: Hashes) -> int:
    """Return how many responses are in one set and not in the other, each as often as it occurs."""
    hashes = np.concatenate([one, other])
    signs = np.concatenate([np.ones(len(one), np.int64), -np.ones(len(other), np.int64)])
    _, place = np.unique(hashes, return_inverse=True)
    return int(np.abs(np.bincount(place, weights=signs)).sum())
