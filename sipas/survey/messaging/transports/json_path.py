"""Paths to values in a gateway's answers."""

from typing import Any

from sipas.survey.intake.submission import printable


def found(answer: Any, path: str) -> str | None:
    """Return the value at a dotted path of names and positions, as text that can be stored.

    Names match in any case. A form has no levels, so its names may contain dots.
    """
    if isinstance(answer, dict) and "." in path and (whole := _member(answer, path)) is not None:
        return _as_text(whole)
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = _member(answer, step)
        else:
            return None
    return _as_text(answer)


def _member(fields: dict[Any, Any], name: str) -> Any:
    if name in fields:
        return fields[name]
    return next((value for key, value in fields.items() if str(key).casefold() == name.casefold()), None)


def _as_text(value: Any) -> str | None:
    """Return None unless the value is a text or a whole number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return printable(str(value).strip()) if isinstance(value, str | int) else None
