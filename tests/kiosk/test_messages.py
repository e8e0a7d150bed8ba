import json
import re
import unicodedata

import pytest

from tests.kiosk.node import KIOSK

PLACE = re.compile(r"\{\w+\}")
FILES = sorted((KIOSK / "messages").glob("*.json"))
TEXTS = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FILES}
CODE = "\n".join(file.read_text(encoding="utf-8") for file in KIOSK.rglob("*.js"))


def test_both_languages_have_the_same_texts_in_the_same_order() -> None:
    assert set(TEXTS) == {"vi", "en"}
    assert list(TEXTS["vi"]) == list(TEXTS["en"])


@pytest.mark.parametrize("key", TEXTS["vi"])
def test_a_text_is_whole_and_names_the_same_values_in_both_languages(key: str) -> None:
    both = [TEXTS[language][key] for language in ("vi", "en")]
    for wording in both:
        assert wording.strip() == wording != ""
        assert unicodedata.is_normalized("NFC", wording)
    assert len({frozenset(PLACE.findall(wording)) for wording in both}) == 1


@pytest.mark.parametrize("key", TEXTS["vi"])
def test_no_text_is_left_over(key: str) -> None:
    assert f'"{key}"' in CODE
