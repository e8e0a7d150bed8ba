"""What can be shown of a callback that was not understood: names of fields, and codes."""

import re
from typing import Any

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,30}|[0-9]{1,4}", re.ASCII)
_LONG_NUMBER = re.compile(r"[0-9]{5,}")
_MOST_FIELDS = 12
HIDDEN = "…"


def outline_of(body: Any, status: str) -> str:
    """status: the name of the field whose value is shown, where it is a code."""
    if isinstance(body, list):
        return "a list without items"
    if not isinstance(body, dict):
        return "a single value"
    shown = [_field(str(name), value, status) for name, value in list(body.items())[:_MOST_FIELDS]]
    return ", ".join(shown) or "no fields"


def _field(name: str, value: Any, status: str) -> str:
    is_status = name.casefold() == status.rpartition(".")[2].casefold()
    return f"{shown(name)}={shown(str(value)) if is_status else HIDDEN}"


def shown(text: str) -> str:
    """Hidden unless it is a code without a number that could be a phone's or a person's."""
    return text if _CODE.fullmatch(text) and not _LONG_NUMBER.search(text) else HIDDEN
