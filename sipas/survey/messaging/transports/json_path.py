"""Where something stands in what a gateway says."""

from typing import Any

from sipas.survey.intake.submission import printable


def found(answer: Any, path: str) -> str | None:
    """What stands at a dotted path of names and positions, as text that can be kept.

    Names match in any case. A form has no levels, so a name there may hold the dots itself.
    """
    if isinstance(answer, dict) and "." in path and (whole := member(answer, path)) is not None:
        return as_text(whole)
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = member(answer, step)
        else:
            return None
    return as_text(answer)


def member(fields: dict[Any, Any], name: str) -> Any:
    if name in fields:
        return fields[name]
    return next((value for key, value in fields.items() if str(key).casefold() == name.casefold()), None)


def as_text(value: Any) -> str | None:
    """None for what is neither a text nor a whole number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return printable(str(value).strip()) if isinstance(value, str | int) else None
