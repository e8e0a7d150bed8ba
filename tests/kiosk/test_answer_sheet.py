"""The kiosk's rules for answers are those of the server."""

import json
import random
from typing import Any

import msgspec

from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, CodedAnswers, code_answers
from sipas.survey.kiosks.questionnaire import published_questions
from tests.kiosk.node import evaluate
from tests.survey.instruments.ward import ward

GIVEN: dict[str, list[AnswerValue]] = {
    "sex": ["M", "F", None],
    "interest1": [1, 4, None],
    "channels": [["tv"], ["tv", "other"], [], None],
    "channels_other": ["Hàng xóm", " ", None],
    "paid": ["no", "once", "often", None],
    "times": [0, 7, None],
    "used": [True, False, None],
    "seats": [1, 5, None],
    "signs": [3, "NA", None],
    "correct": [2, None],
    "opinion": ["Tốt", "", None],
}
SHEETS = """((items, given) => given.map((answers) => {
    const sheet = new m.AnswerSheet(items);
    for (const [key, answer] of Object.entries(answers)) sheet.set(key, answer);
    return { sent: sheet.sent(), missing: sheet.missing };
}))"""


def test_answers_are_left_out_and_missed_as_the_server_does() -> None:
    instrument = ward()
    sheet = Sheet(instrument, instrument.all_forms()[0])
    chance = random.Random(15)
    given = [{key: chance.choice(values) for key, values in GIVEN.items()} for _ in range(200)]
    items = json.loads(msgspec.json.encode(published_questions(instrument, instrument.all_forms()[0])))[
        "instrument"
    ]["items"]
    found: Any = evaluate("answer_sheet.js", f"{SHEETS}({json.dumps(items)}, {json.dumps(given)})")
    for answers, one in zip(given, found, strict=True):
        coded = code_answers(answers, sheet)
        assert isinstance(coded, CodedAnswers), coded
        assert tuple(one["missing"]) == coded.missing
        sent = code_answers(one["sent"], sheet)
        assert isinstance(sent, CodedAnswers), sent
        assert (sent.answers, sent.attributes) == (coded.answers, coded.attributes)
        assert sent.texts.get("opinion") == coded.texts.get("opinion")
