import json

import pytest

from sipas.messages import LANGUAGES, Language
from sipas.messages.kiosk import kiosk_json
from tests.kiosk.node import KIOSK

CODE = "\n".join(file.read_text(encoding="utf-8") for file in KIOSK.rglob("*.js"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_s_texts_are_those_of_the_catalogue(language: Language) -> None:
    written = (KIOSK / "messages" / f"{language}.json").read_text(encoding="utf-8")
    assert written == kiosk_json(language), "edit sipas/messages/*.toml, then run `make messages`"


@pytest.mark.parametrize("key", json.loads(kiosk_json("vi")))
def test_no_text_is_left_over(key: str) -> None:
    assert f'"{key}"' in CODE
