"""Where something stands in what a gateway says."""

from typing import Any

from sipas.survey.submission import printable


def found(answer: Any, path: str) -> str | None:
    """What stands at a dotted path of names and positions, as text that can be kept."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return None
    return printable(str(answer)) if isinstance(answer, str | int) else None
