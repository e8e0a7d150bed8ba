"""Answers of links and posters that wait to be mixed, encrypted.

A link's use and its answer are one transaction, and one line of a server's statement log. The answer is
encrypted under a key that is not in the database, so that neither tells what was answered.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from sipas.queries.pending import Pending
from sipas.settings import Settings
from sipas.survey.encryption import KEY_NAME, Sealer, read_sealer
from sipas.survey.links.coarsening import next_day

PADDED_TO = 512  # bytes, or a multiple: the length tells nothing of the answers
PURPOSE = b"sipas waiting answers"
NOT_SEALED = bytes(KEY_NAME)  # in front of what waited when answers were not encrypted yet


class WaitingAnswer(msgspec.Struct, frozen=True):
    """counted: the funnel knows of it."""

    unit_id: int
    procedure_id: int | None
    service_channel: str | None
    channel: str
    day: date
    complete: bool
    form: str
    language: str
    answers: Sequence[int]
    counted: bool = False


def read_answer_sealer(settings: Settings) -> Sealer:
    """The same keys as for phones, and none of what they seal."""
    return read_sealer(settings, PURPOSE, "an answer of a link or poster")


def seal_answer(sealer: Sealer, round_id: int, answer: WaitingAnswer, due_on: date | None = None) -> Pending:
    """due_on: by default the day after its own, when the order of its day is lost."""
    content = msgspec.msgpack.encode(answer)
    length = len(content) + 4
    padded = len(content).to_bytes(4) + content.ljust(-(-length // PADDED_TO) * PADDED_TO - 4, b"\0")
    return Pending(round_id, due_on or next_day(answer.day, "day"), sealer.seal(padded))


def open_answer(sealer: Sealer, sealed: bytes) -> WaitingAnswer:
    """SealError where its key is not at hand."""
    if sealed.startswith(NOT_SEALED):
        return msgspec.json.decode(sealed[KEY_NAME:], type=WaitingAnswer)
    padded = sealer.unseal(sealed)
    length = int.from_bytes(padded[:4])
    return msgspec.msgpack.decode(padded[4 : 4 + length], type=WaitingAnswer)
