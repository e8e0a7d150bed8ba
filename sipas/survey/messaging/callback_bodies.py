"""Bodies of gateway callbacks: a form, JSON or XML, recognised by content rather than content type."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.parsers import expat

import msgspec

_FORM_MAX_FIELDS = 1_000
_XML_MAX_DEPTH = 30


class BodyError(ValueError):
    """The body is neither a form nor JSON nor XML."""


def parse_callback_body(body: bytes) -> Any:
    """Parse a body. Raises BodyError."""
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
    """Parse a query string. The last of repeated names counts."""
    text = query.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FORM_MAX_FIELDS))


class _Element:
    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name, self.text = name, ""
        self.members: dict[str, Any] = dict(attributes)

    def add(self, name: str, value: Any) -> None:
        """Add a member; several of one name become a list."""
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
    """Parse XML: attributes and elements become members of an object. A DTD is refused because of
    entities.
    """
    stack = [_Element("", {})]

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if len(stack) > _XML_MAX_DEPTH:
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
