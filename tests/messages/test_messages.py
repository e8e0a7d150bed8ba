import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from sipas.messages import LANGUAGES, TEXTS, language_name, long_date, require_same, text, texts

PACKAGE = Path(__file__).resolve().parents[2] / "sipas"
FILES = sorted((PACKAGE / "messages").glob("*.toml"))
CALLED = re.compile(r"""\bt\(\s*"([\w.]*\w)\"""")


def test_every_language_has_a_file_and_every_file_a_language() -> None:
    assert {file.stem for file in FILES} == set(LANGUAGES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_texts_are_composed_characters_without_stray_spaces(file: Path) -> None:
    assert unicodedata.is_normalized("NFC", file.read_text(encoding="utf-8"))
    for key, wording in TEXTS[file.stem].items():
        assert wording == wording.strip(), key
        assert wording, key
        assert "  " not in wording, key


def test_a_text_that_one_language_lacks_stops_the_start() -> None:
    with pytest.raises(KeyError, match=r"messages/en\.toml lacks a\.b, which vi\.toml has"):
        require_same({"vi": {"a.b": "x", "a.c": "y"}, "en": {"a.c": "y"}})


def test_a_value_that_one_language_leaves_out_stops_the_start() -> None:
    with pytest.raises(KeyError, match=r"a\.b: vi\.toml and en\.toml name different values"):
        require_same({"vi": {"a.b": "{n} phút"}, "en": {"a.b": "minutes"}})


def test_every_text_that_a_template_names_exists() -> None:
    named = {
        (file.name, key)
        for file in (PACKAGE / "templates").glob("*.html")
        for key in CALLED.findall(file.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    assert [(file, key) for file, key in named if key not in TEXTS["vi"]] == []


def test_values_stand_where_the_text_has_their_names() -> None:
    assert text("vi", "survey.minutes", minutes=4).startswith("Mất khoảng 4 phút")
    assert texts("en")("survey.minutes", minutes=4).startswith("It takes about 4 minutes")


def test_a_language_without_words_of_its_own_speaks_english() -> None:
    assert text("fr", "login.title") == "Sign in"
    assert (language_name("vi"), language_name("fr")) == ("Tiếng Việt", "fr")


def test_days_are_written_as_people_write_them() -> None:
    day = date(2026, 3, 9)
    assert (long_date("vi", day), long_date("en", day)) == ("09/03/2026", "9 March 2026")
