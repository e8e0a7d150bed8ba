"""What is wrong with what a one-stop system sent, in words its makers can act on and without repeating it."""

import re

import msgspec

MOMENT = 'a time with its offset, such as "2026-03-02T14:30:00+07:00"'
HOLDS = {
    "transaction_id": 'a text of 1 to 200 characters, such as "H26.12-1"',
    "unit": 'the code of a unit, a text such as "00070"',
    "procedure": 'the code of a procedure, a text such as "1.001193"',
    "service_channel": '"counter", "online" or "post"',
    "completed_at": MOMENT,
    "on_time": "true, false or null",
    "phone": "a text or null",
    "language": '"vi", "en" or null',
    "cancelled": "true or false",
    "changed_at": f"{MOMENT}, or null",
}
FIELD = re.compile(r"`\$\.(\w+)|missing required field `(\w+)`")
BYTE = re.compile(r"\(byte (\d+)\)")
AN_EVENT = 'a transaction is an object, such as {"transaction_id": "H26.12-1", …}'


def event_fault(error: Exception) -> str:
    """Of one transaction."""
    if found := FIELD.search(str(error)):
        wrong, missing = found.groups()
        holds = HOLDS[wrong or missing]
        return f"{missing} is missing; it holds {holds}" if missing else f"{wrong} must be {holds}"
    if isinstance(error, msgspec.ValidationError):
        return f"{AN_EVENT}; this is none"
    return json_fault(error)


def batch_fault(error: Exception) -> str:
    """Of all that was posted."""
    if isinstance(error, msgspec.ValidationError):
        return "this is no array; send transactions as [{…}, {…}], a single one too"
    return json_fault(error)


def json_fault(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "this is nested too deeply to be an array of transactions"
    if isinstance(error, UnicodeDecodeError):
        return "this is not UTF-8, which JSON is written in"
    if place := BYTE.search(str(error)):
        return f"this is no JSON: see its byte {int(place[1]) + 1}"
    return "this is no JSON: it ends too early"
