import json

import pytest

from sipas.messages import LANGUAGES, Language
from sipas.messages.kiosk import INTERVIEWS_APP, KIOSK_APP, app_json
from tests.kiosk.node import KIOSK

FOLDERS = {KIOSK_APP: KIOSK, INTERVIEWS_APP: KIOSK.parent / INTERVIEWS_APP}
CODE = {
    app: "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.js"))
    for app, folder in FOLDERS.items()
}
PUT_TOGETHER = {  # in the code of interviews/, or used by the kiosk's messages.js
    "language": ("name",),
    "state": ("open", "not-at-home", "refused", "ineligible", "done"),
    "list": ("other_tablet", "unknown", "not_accepted"),
    "sign_in": ("failed", "no_interviewer", "too_many", "unreachable"),
}


@pytest.mark.parametrize("app", FOLDERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_s_texts_are_those_of_the_catalogue(language: Language, app: str) -> None:
    written = (FOLDERS[app] / "messages" / f"{language}.json").read_text(encoding="utf-8")
    assert written == app_json(app, language), "edit sipas/messages/*.toml, then run `make messages`"


@pytest.mark.parametrize("app", FOLDERS)
def test_no_text_is_left_over(app: str) -> None:
    composed = {f"{table}.{name}" for table, names in PUT_TOGETHER.items() for name in names}
    keys = json.loads(app_json(app, "vi"))
    assert [key for key in keys if f'"{key}"' not in CODE[app] and key not in composed] == []
