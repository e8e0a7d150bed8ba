"""Checks that a secret is hard to guess."""

import re
from itertools import pairwise
from typing import Final

_SHORTEST_SECRET: Final = 16  # characters
_FEWEST_LETTERS: Final = 8  # different ones
_FEWEST_OWN: Final = 8  # characters besides well-known words
_KNOWN: Final = re.compile(
    r"passw[o0]rd|pass|secret|change|please|admin|root|user|sipas|default|example|test|demo|letmein|welcome|qwerty|"
    r"asdf|zxcv|abc|xyz|matkhau|bimat|hanoi|vietnam|me|this|my|the|to|is|0123456789|1234567890|123456789|12345678|1234|"
    r"[^a-z0-9]",
)


def weakness(secret: str) -> str | None:
    """Return why a secret is weak; None for a strong one."""
    if len(secret) < _SHORTEST_SECRET:
        return f"has fewer than {_SHORTEST_SECRET} characters"
    if len(set(secret)) < _FEWEST_LETTERS:
        return "repeats few characters"
    if len(_period(secret)) < _SHORTEST_SECRET:
        return "repeats itself"
    if _share_in_sequence(secret) > 0.5:
        return "runs through the alphabet, the keyboard or the digits"
    if len(_KNOWN.sub("", secret.lower())) < _FEWEST_OWN:
        return "is made of well-known words"
    return None


def _period(secret: str) -> str:
    """Return the shortest text of which the secret is a repetition."""
    return secret[: (secret + secret).index(secret, 1)]


def _share_in_sequence(secret: str) -> float:
    """Return the share of characters that follow the one before, up or down."""
    steps = [ord(after) - ord(before) for before, after in pairwise(secret)]
    return sum(step in (-1, 0, 1) for step in steps) / len(steps)
