"""The kiosk's texts as the browser reads them: `make messages` writes kiosk/messages/*.json."""

import json

from sipas.messages import LANGUAGES, TEXTS, Language
from sipas.resources import folder

_PREFIX = "kiosk."
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def kiosk_json(language: Language) -> str:
    """Return the texts of the tables `kiosk.…`, and the name of the language, as JSON."""
    own = {
        key.removeprefix(_PREFIX): wording
        for key, wording in TEXTS[language].items()
        if key.startswith(_PREFIX)
    }
    texts = {"language.name": TEXTS[language]["language.name"], **own}
    written = json.dumps(texts, ensure_ascii=False, indent=2)
    return written.replace(_NO_BREAK_SPACE, r"\u00a0") + "\n"  # so that a reader of the file sees it


if __name__ == "__main__":
    for language in LANGUAGES:
        file = folder("kiosk") / "messages" / f"{language}.json"
        file.write_text(kiosk_json(language), encoding="utf-8")
