"""Options that are one of a few words."""

from typing import get_args

from sipas.errors import StatisticsError


def refuse_unknown(name: str, chosen: str, choices: object) -> None:
    """Raises StatisticsError where a choice is not one of a `Literal`."""
    known = get_args(choices)
    if chosen not in known:
        raise StatisticsError(f"{name} {chosen!r} is not one of {', '.join(known)}")
