"""The message catalogue: every word for users, one TOML file for each language, all with the same keys.

A key is the table's name and the name in it, such as `login.title`; `{name}` in a text stands for a value.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
_FALLBACK = "en"  # for a questionnaire in a language that the catalogue does not have
_VALUE_NAME = re.compile(r"\{(\w+)\}")

Translate = Callable[..., str]


def read_texts(file: Path) -> dict[str, str]:
    """Return the texts of a file by key."""
    return dict(_flattened(tomllib.loads(file.read_text(encoding="utf-8")), ""))


def _flattened(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, entry in table.items():
        if isinstance(entry, Mapping):
            yield from _flattened(entry, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", entry


def value_names(wording: str) -> set[str]:
    """Return the names of the values that a text has a place for."""
    return set(_VALUE_NAME.findall(wording))


def require_same(texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Refuse a text that one language lacks, or that has other values there: at the start, not in a page."""
    for language, own in texts.items():
        for other, theirs in texts.items():
            if missing := sorted(theirs.keys() - own.keys()):
                raise KeyError(f"messages/{language}.toml lacks {', '.join(missing)}, which {other}.toml has")
            for key, wording in own.items():
                if value_names(wording) != value_names(theirs.get(key, wording)):
                    raise KeyError(f"{key}: {language}.toml and {other}.toml name different values")
    return texts


TEXTS = require_same({name: read_texts(Path(__file__).with_name(f"{name}.toml")) for name in LANGUAGES})


def text(language: str, key: str, **values: object) -> str:
    """Return a text with its values in place."""
    return _texts_of(language)[key].format(**values)


def find_text(language: str, key: str, **values: object) -> str | None:
    """Return a text with its values in place, or None for a key without a text."""
    found = _texts_of(language).get(key)
    return None if found is None else found.format(**values)


def texts(language: str) -> Translate:
    """Return the function that pages and charts call: `t("login.title")`."""

    def t(key: str, **values: object) -> str:
        return text(language, key, **values)

    return t


def _texts_of(language: str) -> dict[str, str]:
    return TEXTS[language if language in TEXTS else _FALLBACK]


def language_name(language: str) -> str:
    """Return a language's name in that language; without a catalogue, its code."""
    return text(language, "language.name") if language in TEXTS else language


def column_name(language: str, column: str) -> str:
    """Return the name of a column of responses; a column that the catalogue does not know keeps its own."""
    return find_text(language, f"column.{column}") or column.replace("_", " ")


def long_date(language: str, day: date) -> str:
    """Return a day as 21/11/2026, or as 21 November 2026."""
    if language == "vi":
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {text(language, f'month.{day.month}')} {day.year}"
