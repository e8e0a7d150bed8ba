"""Options that are one of a few words."""

from typing import get_args

from sipas.errors import StatisticsError


def refuse_unknown(name: str, chosen: str, choices: object) -> None:
    """Raises StatisticsError where what was chosen is none of the choices, which are a `Literal`."""
    known = get_args(choices)
    if chosen not in known:
        raise StatisticsError(f"{name} {chosen!r} is none of {', '.join(known)}")
