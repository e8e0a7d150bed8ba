"""Rows to store, with ids that are equal each time the same file is imported."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from sipas.imports.response_columns import ResponseColumns
from sipas.queries.imported import IncomingResponses

_ANSWER_BATCH_ROWS = 10_000  # converted to lists at a time
_ENCODER = msgspec.json.Encoder()
_VERSION = 8 << 76
_VARIANT = 0b10 << 62
_RANDOM_A = 0xFFF << 64
_RANDOM_B = (1 << 62) - 1


def _response_uuid(submitted_at: datetime, round_code: str, name: str) -> UUID:
    """Return a UUIDv8: the time as in UUIDv7, then a hash of round and response_id instead of random bits."""
    milliseconds = int(submitted_at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    hashed = hashlib.blake2b(_ENCODER.encode((round_code, name)), digest_size=10).digest()
    bits = int.from_bytes(hashed)
    return UUID(int=milliseconds << 80 | _VERSION | bits & _RANDOM_A | _VARIANT | bits & _RANDOM_B)


def incoming_rows(columns: ResponseColumns, round_code: str) -> Iterator[IncomingResponses]:
    contents = zip(
        columns.names,
        columns.unit_ids,
        columns.procedure_ids,
        columns.started,
        columns.submitted,
        columns.complete,
        columns.channels,
        columns.service_channels,
        columns.forms,
        columns.languages,
        _answer_lists(columns.answers),
        columns.comments,
        columns.attributes,
        strict=True,
    )
    for content, texts in zip(contents, columns.texts, strict=True):
        name, submitted = content[0], content[4]
        hashed = content if texts is None else (*content, texts)  # without texts: the digest of older imports
        digest = hashlib.blake2b(_ENCODER.encode(hashed), digest_size=16).digest()
        yield IncomingResponses._make((_response_uuid(submitted, round_code, name), *content, texts, digest))


def _answer_lists(answers: NDArray[np.int16]) -> Iterator[list[int]]:
    for start in range(0, len(answers), _ANSWER_BATCH_ROWS):
        yield from answers[start : start + _ANSWER_BATCH_ROWS].tolist()
