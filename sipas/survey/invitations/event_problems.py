"""Problems of events, in words for the makers of the sending system. They repeat no value that was sent."""

import re

import msgspec

_MOMENT_EXAMPLE = 'a time with its offset, such as "2026-03-02T14:30:00+07:00"'
FIELD_CONTENTS = {
    "transaction_id": 'a text of 1 to 200 characters, such as "H26.12-1"',
    "unit": 'the code of a unit, a text such as "00070"',
    "procedure": 'the code of a procedure, a text such as "1.001193"',
    "service_channel": '"counter", "online" or "post"',
    "completed_at": _MOMENT_EXAMPLE,
    "on_time": "true, false or null",
    "phone": "a text or null",
    "language": '"vi", "en" or null',
    "cancelled": "true or false",
    "changed_at": f"{_MOMENT_EXAMPLE}, or null",
}
_FIELD = re.compile(r"`\$\.(\w+)|missing required field `(\w+)`")
_BYTE = re.compile(r"\(byte (\d+)\)")
_EVENT_EXAMPLE = 'a transaction is an object, such as {"transaction_id": "H26.12-1", …}'


def event_fault(error: Exception) -> str:
    """Describe the fault of one transaction."""
    if found := _FIELD.search(str(error)):
        wrong, missing = found.groups()
        holds = FIELD_CONTENTS[wrong or missing]
        return f"{missing} is missing; it holds {holds}" if missing else f"{wrong} must be {holds}"
    if isinstance(error, msgspec.ValidationError):
        return f"{_EVENT_EXAMPLE}; this is none"
    return _json_fault(error)


def batch_fault(error: Exception) -> str:
    """Describe the fault of a whole request."""
    if isinstance(error, msgspec.ValidationError):
        return "this is no array; send transactions as [{…}, {…}], a single one too"
    return _json_fault(error)


def _json_fault(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "this is nested too deeply to be an array of transactions"
    if isinstance(error, UnicodeDecodeError):
        return "this is not UTF-8, which JSON is written in"
    if place := _BYTE.search(str(error)):
        return f"this is no JSON: see its byte {int(place[1]) + 1}"
    return "this is no JSON: it ends too early"
