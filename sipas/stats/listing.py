"""Lists of names inside messages."""

from collections.abc import Sequence

# How many names a message lists before it counts the rest.
_NAMES_MOST = 10


def listing(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    rest = len(names) - _NAMES_MOST
    return ", ".join(names[:_NAMES_MOST]) + (f" and {rest} more" if rest > 0 else "")
