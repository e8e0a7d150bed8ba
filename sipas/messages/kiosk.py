"""The texts of browser apps: `make messages` writes messages/*.json in kiosk/ and interviews/."""

import json

from sipas.messages import LANGUAGES, TEXTS, Language
from sipas.resources import folder

KIOSK_APP, INTERVIEWS_APP = "kiosk", "interviews"  # a folder, and the table of its texts
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def app_json(app: str, language: Language) -> str:
    """Return the texts of the tables `APP.…`, and the name of the language, as JSON."""
    prefix = f"{app}."
    own = {
        key.removeprefix(prefix): wording
        for key, wording in TEXTS[language].items()
        if key.startswith(prefix)
    }
    texts = {"language.name": TEXTS[language]["language.name"], **own}
    written = json.dumps(texts, ensure_ascii=False, indent=2)
    return written.replace(_NO_BREAK_SPACE, r"\u00a0") + "\n"  # so that a reader of the file sees it


if __name__ == "__main__":
    for app in (KIOSK_APP, INTERVIEWS_APP):
        for language in LANGUAGES:
            file = folder(app) / "messages" / f"{language}.json"
            file.write_text(app_json(app, language), encoding="utf-8")
