"""Encrypted answers from links, posters, paper forms and interviews, waiting to be mixed.

A link's use and its answer are one transaction, and one line in a server's statement log. The answer is
encrypted under a key that is not in the database, so neither shows what was answered.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from sipas.queries.pending import Pending
from sipas.settings import Settings
from sipas.survey.encryption import KEY_ID_BYTES, FieldCipher, read_cipher
from sipas.survey.links.coarsening import next_day

_ANSWER_PADDING_BYTES = 512  # lengths are a multiple of it, so that they reveal nothing of the answers
_KEY_PURPOSE = b"sipas waiting answers"
PAPER_CHANNEL, TABLET_CHANNEL = "paper", "tablet"
_UNENCRYPTED_KEY_ID = bytes(KEY_ID_BYTES)  # of answers stored before encryption was introduced


class WaitingAnswer(msgspec.Struct, frozen=True):
    """counted: the funnel has counted it. texts, attributes: by item. since: the day on which it began to
    wait; None: its own day.
    """

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
    texts: dict[str, str] = {}
    attributes: dict[str, str] = {}
    since: date | None = None

    @property
    def by_staff(self) -> bool:
        """Whether staff collected the answer: on a paper form, or in an interview."""
        return self.channel in (PAPER_CHANNEL, TABLET_CHANNEL)

    @property
    def waits_since(self) -> date:
        return self.since or self.day


def read_answer_cipher(settings: Settings) -> FieldCipher:
    """Return the cipher for answers: derived from the same secrets as that for phones, with other keys."""
    return read_cipher(settings, _KEY_PURPOSE, "an answer of a link, poster, paper form or interview")


def encrypt_answer(
    cipher: FieldCipher, round_id: int, answer: WaitingAnswer, due_on: date | None = None
) -> Pending:
    """Encrypt an answer. due_on: by default the day after it came, when the order of its day is lost."""
    content = msgspec.msgpack.encode(answer)
    length = len(content) + 4
    padded = len(content).to_bytes(4) + content.ljust(
        -(-length // _ANSWER_PADDING_BYTES) * _ANSWER_PADDING_BYTES - 4, b"\0"
    )
    due_on = due_on or next_day(answer.waits_since, "day")
    return Pending(round_id, due_on, cipher.encrypt(padded), answer.by_staff)


def decrypt_answer(cipher: FieldCipher, encrypted: bytes) -> WaitingAnswer:
    """Decrypt an answer. DecryptionError: its key is missing."""
    if encrypted.startswith(_UNENCRYPTED_KEY_ID):
        return msgspec.json.decode(encrypted[KEY_ID_BYTES:], type=WaitingAnswer)
    padded = cipher.decrypt(encrypted)
    length = int.from_bytes(padded[:4])
    return msgspec.msgpack.decode(padded[4 : 4 + length], type=WaitingAnswer)
