"""What a one-stop system tells of a finished transaction, and what cannot be counted of it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import msgspec

from sipas.queries.transactions import ProblemRow
from sipas.survey.intake.submission import clean
from sipas.survey.invitations.codes import may_be_kept
from sipas.survey.invitations.event_problems import event_fault

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
LONGEST = 200  # characters of a field that are kept with a problem
ENCODER = msgspec.json.Encoder()


class Event(msgspec.Struct, frozen=True):
    """changed_at: when the system changed the transaction last; None: before any that says."""

    transaction_id: Code
    unit: Code
    procedure: Code
    service_channel: str
    completed_at: Moment
    on_time: bool | None = None
    phone: str | None = None
    language: str | None = None
    cancelled: bool = False
    changed_at: Moment | None = None


class Columns(NamedTuple):
    """The fields of events, each of all of them."""

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

    def event(self, place: int) -> Event:
        return Event(
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


def columns_of(events: Sequence[Event]) -> Columns:
    return Columns(*([getattr(event, name) for event in events] for name in Columns._fields))


DECODER = msgspec.json.Decoder(Event)
KEPT = frozenset(Event.__struct_fields__) - {"phone"}


class Problem(msgspec.Struct, frozen=True):
    """Why an event is not counted. No detail repeats what might be a phone number."""

    reason: str
    detail: str


class Invalid(msgspec.Struct, frozen=True):
    """What is no event, and what is kept of it."""

    problem: Problem
    fields: dict[str, str | bool]

    @property
    def transaction_id(self) -> str | None:
        name = self.fields.get("transaction_id")
        return name if isinstance(name, str) else None


Sent = Event | Invalid


class Named:
    """Keyed hashes of transactions' ids: whoever holds the database alone cannot look for one."""

    def __init__(self, secret: bytes) -> None:
        key = hashlib.blake2b(secret, person=b"transaction").digest()
        self.keyed = hashlib.sha256(key)  # its first block; no hash takes less time for the many that follow

    def hash(self, transaction_id: str) -> bytes:
        return self.hash_all([transaction_id])

    def hash_all(self, transaction_ids: Sequence[str]) -> bytes:
        """One after another, 16 bytes each."""
        hashes = bytearray()
        for transaction_id in transaction_ids:
            one = self.keyed.copy()
            one.update(transaction_id.encode())
            hashes += one.digest()[:16]
        return bytes(hashes)


def without_phone(raw: bytes) -> dict[str, str | bool]:
    """What is kept of an event that could not be counted, for a person to mend it: its known fields."""
    try:
        told = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return kept_of(told) if isinstance(told, dict) else {}


def kept_of(fields: Mapping[str, object]) -> dict[str, str | bool]:
    """Where columns have been shifted, a name or a phone may stand where a code belongs: it is not kept."""
    kept: dict[str, str | bool] = {}
    for name in Event.__struct_fields__:
        value = fields.get(name)
        if name in KEPT and isinstance(value, bool):
            kept[name] = value
        elif name in KEPT and isinstance(value, str):
            kept[name] = clean(value)[:LONGEST] if may_be_kept(name, clean(value)) else ""
    return kept


def read_event(raw: bytes) -> Sent:
    """No fault repeats what stands in a field: it might be a phone number."""
    try:
        return DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Invalid(Problem("invalid", event_fault(error)), without_phone(raw))


def problem_row(named: Named, place: int, sent: Sent, problem: Problem, source: str) -> ProblemRow:
    fields = sent.fields if isinstance(sent, Invalid) else kept_of(msgspec.to_builtins(sent))
    changed_at = None if isinstance(sent, Invalid) else sent.changed_at
    if changed_at and not EARLIEST <= changed_at < LATEST:
        changed_at = None  # the database's time ends before Python's does
    text = ENCODER.encode(fields).decode()
    id_hash = named.hash(sent.transaction_id or text)
    return ProblemRow(place, id_hash, changed_at, source, problem.reason, problem.detail, text)
