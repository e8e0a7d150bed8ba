"""Digits that may be the number of a phone or of a person, however they are written.

Full-width and other digits count as digits. Spaces, punctuation and invisible characters separate digits and
do not end a number; letters do.
"""

import re
import unicodedata
from collections.abc import Iterator

SHORTEST_NUMBER = 8  # digits in an attribute or its name
SHORTEST_NUMBER_IN_TEXT = 9  # in a comment, where 8 may be a date
LONGEST_SEPARATOR = 3  # characters in a comment: further apart are two numbers
HIDDEN = "•"
_MAIL_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")


def holds_number(text: str) -> bool:
    """Whether the text has so many digits with no letter between them."""
    plain = unicodedata.normalize("NFKC", text)
    run = 0
    for character in plain:
        run = run + 1 if character.isdigit() else 0 if character.isalpha() else run
        if run == SHORTEST_NUMBER:
            return True
    return False


def holds_mail_address(text: str) -> bool:
    return _MAIL_ADDRESS.search(unicodedata.normalize("NFKC", text)) is not None


def hide_numbers(comment: str) -> str:
    """The comment with each digit of such a number replaced by a dot."""
    hidden = list(comment)
    for places in _numbers(comment):
        for place in places:
            hidden[place] = HIDDEN
    return "".join(hidden)


def _numbers(text: str) -> Iterator[list[int]]:
    """The places of the digits of each number that is long enough."""
    run: list[int] = []
    for place, character in enumerate(text):
        plain = unicodedata.normalize("NFKC", character)
        is_digit = any(one.isdigit() for one in plain)
        apart = place - run[-1] - 1 if run else 0
        if not is_digit and not any(one.isalpha() for one in plain):
            continue
        if not is_digit or apart > LONGEST_SEPARATOR:
            if len(run) >= SHORTEST_NUMBER_IN_TEXT:
                yield run
            run = []
        if is_digit:
            run.append(place)
    if len(run) >= SHORTEST_NUMBER_IN_TEXT:
        yield run
