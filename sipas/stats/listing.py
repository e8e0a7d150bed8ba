"""Lists of names inside messages."""

from collections.abc import Sequence

# How many names a message lists before it counts the rest.
_NAMED_AT_MOST = 10


def listing(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    rest = len(names) - _NAMED_AT_MOST
    return ", ".join(names[:_NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
