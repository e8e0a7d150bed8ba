"""Names of columns: whether two are alike, and how a shell wants them."""

import re
import unicodedata


def same_name(name: str, column: str) -> bool:
    """But for capitals, accents, spaces, punctuation and zeros in front of numbers."""
    return letters_and_numbers(name) == letters_and_numbers(column)


def letters_and_numbers(name: str) -> tuple[str, tuple[int, ...]]:
    bare = "".join(letter for letter in without_diacritics(name) if letter.isalnum())
    return re.sub(r"\d", "", bare), tuple(map(int, re.findall(r"[0-9]+", name)))


def without_diacritics(text: str) -> str:
    """The text without capitals and Vietnamese marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def quoted(option: str) -> str:
    """As a shell wants it."""
    return option if re.fullmatch(r"[\w.,=-]+", option) else f'"{option}"'
