"""Where something stands in what a gateway says."""

from typing import Any


def found(answer: Any, path: str) -> str | None:
    """What stands at a dotted path of names and positions, as text."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, dict):
            answer = answer.get(step)
        else:
            return None
    return str(answer) if isinstance(answer, str | int) else None
