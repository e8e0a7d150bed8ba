"""Digits that may be a phone number or a personal id, however they are written.

Full-width and other digits count as digits. Spaces, punctuation and invisible characters may stand inside a
number; letters end it.
"""

import re
import unicodedata
from collections.abc import Iterator

_NUMBER_MIN_DIGITS = 8  # in an attribute or its name
_NUMBER_MIN_DIGITS_IN_TEXT = 9  # in a comment, where 8 digits may be a date
_SEPARATOR_MAX_CHARACTERS = 3  # in a comment; digits further apart are two numbers
_HIDDEN_DIGIT = "•"
_MAIL_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")


def holds_number(text: str) -> bool:
    """Whether the text has that many digits without a letter between them."""
    plain = unicodedata.normalize("NFKC", text)
    run = 0
    for character in plain:
        run = run + 1 if character.isdigit() else 0 if character.isalpha() else run
        if run == _NUMBER_MIN_DIGITS:
            return True
    return False


def holds_mail_address(text: str) -> bool:
    return _MAIL_ADDRESS.search(unicodedata.normalize("NFKC", text)) is not None


def clean_text(text: str) -> str:
    """Return the text in NFC, without the one character that Postgres cannot store."""
    return unicodedata.normalize("NFC", text.replace("\0", ""))


def hide_numbers(comment: str) -> str:
    """Return the comment with each digit of such numbers replaced by a dot."""
    hidden = list(comment)
    for places in _numbers(comment):
        for place in places:
            hidden[place] = _HIDDEN_DIGIT
    return "".join(hidden)


def _numbers(text: str) -> Iterator[list[int]]:
    """Yield the positions of the digits of each number that is long enough."""
    run: list[int] = []
    for place, character in enumerate(text):
        plain = unicodedata.normalize("NFKC", character)
        is_digit = any(one.isdigit() for one in plain)
        apart = place - run[-1] - 1 if run else 0
        if not is_digit and not any(one.isalpha() for one in plain):
            continue
        if not is_digit or apart > _SEPARATOR_MAX_CHARACTERS:
            if len(run) >= _NUMBER_MIN_DIGITS_IN_TEXT:
                yield run
            run = []
        if is_digit:
            run.append(place)
    if len(run) >= _NUMBER_MIN_DIGITS_IN_TEXT:
        yield run
