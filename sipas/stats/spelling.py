"""Codes that differ in their writing alone, as spreadsheets and people change it."""

import unicodedata


def bare_code(name: str) -> str:
    """The name without what spreadsheets drop or add: leading zeros, `.0`, spaces, case."""
    text = unicodedata.normalize("NFKC", name).casefold().strip(" '\"\u00a0\u200b\ufeff")
    if text.replace(".", "", 1).isdecimal():
        text = text.removesuffix(".0").lstrip("0") or "0"
    return text


def spelling_difference(one: str, other: str) -> str:
    """Return in what two codes of the same `bare_code` differ."""
    short, long = sorted((one.strip(), other.strip()), key=len)
    if long == f"{short}.0":
        return "'.0'"
    if short != long and long.lstrip("0") == short.lstrip("0"):
        return "leading zeros"
    if short != long and short.casefold() == long.casefold():
        return "capital letters"
    return "spaces, leading zeros or '.0'"
