"""Submissions as bytes: an array split into its elements, and what can be read of one that is faulty."""

import json
import re
from itertools import islice

import msgspec

_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_SUBMISSIONS_PER_REQUEST = 100

_TOKENS_PER_REQUEST = 200_000  # twenty times those of 100 complete submissions; more would block the server
_ARRAY_OF_OBJECTS = re.compile(rb"\s*\[\s*\{.*\}\s*\]\s*", re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{\]},]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ID = re.compile(rb'"id"\s*:\s*"([0-9a-fA-F-]{36})"')
_SEQUENCE = re.compile(rb'"sequence"\s*:\s*([0-9]{1,10})\b')
_OPENING, _CLOSING = b"[{", b"]}"


def split_array(body: bytes) -> list[bytes] | str:
    """Return the elements of the array as they came, or what is wrong with the array."""
    try:
        elements = [bytes(raw) for raw in _ARRAY.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        found = _split_objects(body)
        if found is None:
            return f"not an array of submissions: {error}"
        elements = found
    if not 1 <= len(elements) <= _SUBMISSIONS_PER_REQUEST:
        return f"{len(elements)} submissions; send 1 to {_SUBMISSIONS_PER_REQUEST}"
    return elements


def _split_objects(body: bytes) -> list[bytes] | None:
    """Split an array of objects by brackets and quotes only, whatever is wrong inside an object.

    One faulty submission (half a surrogate pair, bytes that are not UTF-8) must not cause the others of its
    request to be refused. None: the body is not such an array.
    """
    if not _ARRAY_OF_OBJECTS.fullmatch(body):
        return None
    depth, start, elements = 0, 0, []
    for token in islice(_TOKEN.finditer(body), _TOKENS_PER_REQUEST):
        mark = token[0]
        if mark in _OPENING:
            depth += 1
            start = token.end() if depth == 1 else start
        elif mark in _CLOSING:
            depth -= 1
        if depth < 1 or (depth == 1 and mark == b","):
            elements.append(body[start : token.start()].strip())
            start = token.end()
        if depth < 1:
            break
    whole = depth == 0 and not body[start:].strip()
    return elements if whole and all(map(_is_object, elements)) else None


def _is_object(element: bytes) -> bool:
    return element.startswith(b"{") and element.endswith(b"}")


def read_loosely(raw: bytes) -> object:
    """Return the decoded object. Halves of surrogate pairs and bytes that are not UTF-8 are replaced."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_with_replacements(raw)


def _read_with_replacements(raw: bytes) -> object:
    try:
        return _without_surrogates(json.loads(raw.decode(errors="replace"), strict=False))
    except (ValueError, RecursionError):
        return _find_identity(raw)


def _find_identity(raw: bytes) -> dict[str, object]:
    """Return id and sequence number of an unreadable object, so that its sender can match the result."""
    named, numbered = _ID.search(raw), _SEQUENCE.search(raw)
    found: dict[str, object] = {"id": named[1].decode()} if named else {}
    return found | ({"sequence": int(numbered[1])} if numbered else {})


def _without_surrogates(value: object) -> object:
    match value:
        case str(text):
            return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
        case list(elements):
            return [_without_surrogates(element) for element in elements]
        case dict(members):
            return {_without_surrogates(name): _without_surrogates(part) for name, part in members.items()}
    return value
