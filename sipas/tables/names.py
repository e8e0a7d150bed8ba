"""Names of columns: whether two are alike, and how a shell wants them."""

import re
import unicodedata


def same_name(name: str, column: str) -> bool:
    """But for capitals, accents, spaces, punctuation and zeros in front of numbers."""
    return letters_and_numbers(name) == letters_and_numbers(column)


def letters_and_numbers(name: str) -> tuple[str, tuple[int, ...]]:
    decomposed = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    bare = "".join(letter for letter in decomposed if letter.isalnum())
    return re.sub(r"\d", "", bare), tuple(map(int, re.findall(r"[0-9]+", name)))


def quoted(option: str) -> str:
    """As a shell wants it."""
    return option if re.fullmatch(r"[\w.,=-]+", option) else f'"{option}"'
