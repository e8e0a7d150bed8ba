"""All words of server pages, from one TOML file a language, every file with the same keys.

A key is written `table.key`; `{name}` in a text stands for a value.
"""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

LANGUAGES = ("vi", "en")
FALLBACK = "en"  # for a questionnaire in a language that pages have no words in
PLACE = re.compile(r"\{(\w+)\}")

Translate = Callable[..., str]


def read_texts(file: Path) -> dict[str, str]:
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}


def require_same(texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """A text that one language has not, or with other places for values, stops the start, not a page."""
    for language, own in texts.items():
        for other, theirs in texts.items():
            if missing := sorted(theirs.keys() - own.keys()):
                raise KeyError(f"messages/{language}.toml lacks {', '.join(missing)}, which {other}.toml has")
            for key, text in own.items():
                if set(PLACE.findall(text)) != set(PLACE.findall(theirs.get(key, text))):
                    raise KeyError(f"{key}: {language}.toml and {other}.toml name different values")
    return texts


TEXTS = require_same({name: read_texts(Path(__file__).with_name(f"{name}.toml")) for name in LANGUAGES})


def text(language: str, key: str, **values: object) -> str:
    return TEXTS[language if language in TEXTS else FALLBACK][key].format(**values)


def texts(language: str) -> Translate:
    """For a page: `t("login.title")`."""

    def t(key: str, **values: object) -> str:
        return text(language, key, **values)

    return t


def language_name(language: str) -> str:
    """What a language calls itself, where pages speak it."""
    return text(language, "language.name") if language in TEXTS else language


def long_date(language: str, day: date) -> str:
    """21/11/2026, or 21 November 2026."""
    if language == "vi":
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {text(language, f'month.{day.month}')} {day.year}"
