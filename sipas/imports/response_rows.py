"""The rows to store, with ids that are the same whenever the same file is imported."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from sipas.imports.response_columns import ResponseColumns
from sipas.queries.imported import Incoming

BLOCK = 10_000  # rows of answers made into lists at a time
ENCODER = msgspec.json.Encoder()
VERSION = 8 << 76
VARIANT = 0b10 << 62
RANDOM_A = 0xFFF << 64
RANDOM_B = (1 << 62) - 1


def response_uuid(submitted_at: datetime, round_code: str, name: str) -> UUID:
    """UUIDv8: the time as in UUIDv7, and a hash of round and response_id where that has chance."""
    milliseconds = int(submitted_at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    hashed = hashlib.blake2b(ENCODER.encode((round_code, name)), digest_size=10).digest()
    bits = int.from_bytes(hashed)
    return UUID(int=milliseconds << 80 | VERSION | bits & RANDOM_A | VARIANT | bits & RANDOM_B)


def incoming_rows(columns: ResponseColumns, round_code: str) -> Iterator[Incoming]:
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
        answer_lists(columns.answers),
        columns.comments,
        columns.attributes,
        strict=True,
    )
    for content in contents:
        name, submitted = content[0], content[4]
        digest = hashlib.blake2b(ENCODER.encode(content), digest_size=16).digest()
        yield Incoming._make((response_uuid(submitted, round_code, name), *content, digest))


def answer_lists(answers: NDArray[np.int16]) -> Iterator[list[int]]:
    for start in range(0, len(answers), BLOCK):
        yield from answers[start : start + BLOCK].tolist()
