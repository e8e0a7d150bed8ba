"""Events about finished transactions: their format, and the problems of those that cannot be counted."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import msgspec

from sipas.queries.transactions import ProblemRow
from sipas.survey.intake.personal_numbers import clean_text
from sipas.survey.invitations.codes import may_be_kept
from sipas.survey.invitations.event_problems import event_fault

_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
KEPT_FIELD_CHARACTERS = 200  # of a field stored with a problem
EVENT_ENCODER = msgspec.json.Encoder()


class TransactionEvent(msgspec.Struct, frozen=True):
    """changed_at: the last change in the system; None sorts before any time."""

    transaction_id: _Code
    unit: _Code
    procedure: _Code
    service_channel: str
    completed_at: _Moment
    on_time: bool | None = None
    phone: str | None = None
    language: str | None = None
    cancelled: bool = False
    changed_at: _Moment | None = None


class EventColumns(NamedTuple):
    """The fields of events as columns."""

    transaction_id: Sequence[str]
    unit: Sequence[str]
    procedure: Sequence[str]
    service_channel: Sequence[str]
    completed_at: Sequence[datetime]
    on_time: Sequence[bool | None]
    phone: Sequence[str | None]
    language: Sequence[str | None]
    cancelled: Sequence[bool]
    changed_at: Sequence[datetime | None]

    def event(self, place: int) -> TransactionEvent:
        return TransactionEvent(
            self.transaction_id[place],
            self.unit[place],
            self.procedure[place],
            self.service_channel[place],
            self.completed_at[place],
            self.on_time[place],
            self.phone[place],
            self.language[place],
            self.cancelled[place],
            self.changed_at[place],
        )


def event_columns(events: Sequence[TransactionEvent]) -> EventColumns:
    return EventColumns(*([getattr(event, name) for event in events] for name in EventColumns._fields))


_DECODER = msgspec.json.Decoder(TransactionEvent)
_KEPT_FIELDS = frozenset(TransactionEvent.__struct_fields__) - {"phone"}


class EventProblem(msgspec.Struct, frozen=True):
    """The reason why an event is not counted. No detail repeats what might be a phone number."""

    reason: str
    detail: str


class InvalidEvent(msgspec.Struct, frozen=True):
    """An unreadable event, and the part of it that is stored."""

    problem: EventProblem
    fields: dict[str, str | bool]

    @property
    def transaction_id(self) -> str | None:
        name = self.fields.get("transaction_id")
        return name if isinstance(name, str) else None


SentEvent = TransactionEvent | InvalidEvent


class IdHasher:
    """Keyed hashes of transaction ids: ids cannot be looked up in a copy of the database."""

    def __init__(self, secret: bytes) -> None:
        key = hashlib.blake2b(secret, person=b"transaction").digest()
        self.keyed = hashlib.sha256(key)  # the first block is shared: the fastest way to hash many ids

    def hash(self, transaction_id: str) -> bytes:
        return self.hash_all([transaction_id])

    def hash_all(self, transaction_ids: Sequence[str]) -> bytes:
        """Return the hashes one after another, 16 bytes each."""
        hashes = bytearray()
        for transaction_id in transaction_ids:
            one = self.keyed.copy()
            one.update(transaction_id.encode())
            hashes += one.digest()[:16]
        return bytes(hashes)


def _without_phone(raw: bytes) -> dict[str, str | bool]:
    """Return the known fields of an event that could not be counted, so that it can be corrected."""
    try:
        decoded = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return _kept_of(decoded) if isinstance(decoded, dict) else {}


def _kept_of(fields: Mapping[str, object]) -> dict[str, str | bool]:
    """Return the fields that may be stored. In shifted columns a name or phone may stand where a code
    belongs.
    """
    kept: dict[str, str | bool] = {}
    for name in TransactionEvent.__struct_fields__:
        value = fields.get(name)
        if name in _KEPT_FIELDS and isinstance(value, bool):
            kept[name] = value
        elif name in _KEPT_FIELDS and isinstance(value, str):
            kept[name] = (
                clean_text(value)[:KEPT_FIELD_CHARACTERS] if may_be_kept(name, clean_text(value)) else ""
            )
    return kept


def read_event(raw: bytes) -> SentEvent:
    """Read one event. Faults never repeat a field's content: it might be a phone number."""
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return InvalidEvent(EventProblem("invalid", event_fault(error)), _without_phone(raw))


def problem_row(
    named: IdHasher, place: int, sent: SentEvent, problem: EventProblem, source: str
) -> ProblemRow:
    fields = sent.fields if isinstance(sent, InvalidEvent) else _kept_of(msgspec.to_builtins(sent))
    changed_at = None if isinstance(sent, InvalidEvent) else sent.changed_at
    if changed_at and not EARLIEST <= changed_at < _LATEST:
        changed_at = None  # the database's time ends before Python's
    text = EVENT_ENCODER.encode(fields).decode()
    id_hash = named.hash(sent.transaction_id or text)
    return ProblemRow(place, id_hash, changed_at, source, problem.reason, problem.detail, text)
