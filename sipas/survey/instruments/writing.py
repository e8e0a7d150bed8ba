"""Writes instruments as TOML that `reading` can read back."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sipas.survey.instruments.instrument import Instrument

_TABLES = ("scale", "scales")
_ARRAYS = ("factors", "sections", "indices", "forms", "attributes")


def instrument_toml(instrument: Instrument) -> str:
    """Return the instrument's source: plain keys first, then tables, one item a line."""
    parts: dict[str, Any] = msgspec.to_builtins(instrument)
    plain = {name: value for name, value in parts.items() if name not in _TABLES + _ARRAYS}
    lines = [*_plain_lines(plain)]
    if "scale" in parts:
        lines += ["", "[scale]", *_plain_lines(parts["scale"])]
    for name, scale in parts.get("scales", {}).items():
        lines += ["", f"[scales.{_key(name)}]", *_plain_lines(scale)]
    for name in _ARRAYS:
        for one in parts.get(name, ()):
            lines += _table_lines(name, one)
    return "\n".join(lines) + "\n"


def _table_lines(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of an array, then the sections in it."""
    yield from ("", f"[[{name}]]")
    yield from _plain_lines({key: value for key, value in table.items() if key != "sections"})
    for section in table.get("sections", ()):
        yield from _table_lines(f"{name}.sections", section)


def _plain_lines(parts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in parts.items():
        if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            yield f"{name} = ["
            yield from (f"  {_value(one)}," for one in value)
            yield "]"
        else:
            yield f"{name} = {_value(value)}"


def _value(value: object) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_value, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _key(name: str) -> str:
    plain = name.replace("_", "").replace("-", "")
    return name if plain.isascii() and plain.isalnum() else json.dumps(name, ensure_ascii=False)
