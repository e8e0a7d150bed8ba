"""The body of a gateway's callback as values: a form, JSON or XML, by its content rather than its type."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.parsers import expat

import msgspec

_MOST_FIELDS = 1_000
_MOST_LEVELS = 30


class BodyError(ValueError):
    """A body that is none of the three."""


def read_body(body: bytes) -> Any:
    """Raises BodyError."""
    content = body.removeprefix(b"\xef\xbb\xbf").strip()
    try:
        if content[:1] in (b"{", b"["):
            return msgspec.json.decode(content)
        if content[:1] == b"<":
            return _read_xml(content)
        if b"=" not in content:
            return msgspec.json.decode(content)
        return read_query(content)
    except (ValueError, RecursionError, expat.ExpatError) as error:
        raise BodyError("neither JSON, XML nor a form") from error


def read_query(query: bytes) -> dict[str, str]:
    """Of a name that stands there twice, the last."""
    text = query.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))


class _Element:
    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name, self.text = name, ""
        self.members: dict[str, Any] = dict(attributes)

    def add(self, name: str, value: Any) -> None:
        """Elements of one name become a list."""
        if name not in self.members:
            self.members[name] = value
        elif isinstance(self.members[name], list):
            self.members[name].append(value)
        else:
            self.members[name] = [self.members[name], value]

    @property
    def value(self) -> Any:
        return self.members or self.text.strip()


def _read_xml(content: bytes) -> Any:
    """Attributes and elements alike become members of an object. A DTD is refused: it may hold entities."""
    stack = [_Element("", {})]

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if len(stack) > _MOST_LEVELS:
            raise ValueError("nested too deeply")
        stack.append(_Element(_local(name), attributes))

    def end(_: str) -> None:
        element = stack.pop()
        stack[-1].add(element.name, element.value)

    def text(some: str) -> None:
        stack[-1].text += some

    def refuse(*_: object) -> None:
        raise ValueError("a DTD")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    parser.Parse(content, True)
    return stack[0].value


def _local(name: str) -> str:
    return name.rpartition(":")[2]
