"""Outlines of unreadable callbacks that can be shown: names of fields, and codes."""

import re
from typing import Any

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,30}|[0-9]{1,4}", re.ASCII)
_LONG_NUMBER = re.compile(r"[0-9]{5,}")
_OUTLINE_MAX_FIELDS = 12
_HIDDEN_VALUE = "…"


def outline_of(body: Any, status: str) -> str:
    """Return the outline. status: the name of the field whose value is shown if it is a code."""
    if isinstance(body, list):
        return "a list without items"
    if not isinstance(body, dict):
        return "a single value"
    shown = [_field(str(name), value, status) for name, value in list(body.items())[:_OUTLINE_MAX_FIELDS]]
    return ", ".join(shown) or "no fields"


def _field(name: str, value: Any, status: str) -> str:
    is_status = name.casefold() == status.rpartition(".")[2].casefold()
    return f"{shown_outline(name)}={shown_outline(str(value)) if is_status else _HIDDEN_VALUE}"


def shown_outline(text: str) -> str:
    """Return the text if it is a code without a number that could be personal; otherwise a placeholder."""
    return text if _CODE.fullmatch(text) and not _LONG_NUMBER.search(text) else _HIDDEN_VALUE
