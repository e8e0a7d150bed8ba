"""SurveyJS surveys become working questionnaires; what is not understood is named by its path."""

import json
import random
from contextlib import suppress
from typing import Any

import pytest

from sipas.errors import InputError, SipasError
from sipas.imports.questionnaires.surveyjs import read_surveyjs
from sipas.survey.instruments.items import Condition
from sipas.survey.instruments.problems import problems
from tests.imports.questionnaires.forms import WARD_SURVEY


def test_a_survey_becomes_a_working_questionnaire() -> None:
    read = read_surveyjs("phieu.json", WARD_SURVEY.encode())
    instrument = read.instrument
    assert ([*read.unread], [*problems(instrument)]) == ([], [])
    assert (instrument.name, instrument.languages) == ("phieu@1", ("vi", "en"))
    assert [(item.id, item.kind, item.scale) for item in instrument.items()] == [
        *(
            ("sex", "choice", ""),
            ("channels", "choices", ""),
            ("used", "yes-no", ""),
            ("times", "number", ""),
        ),
        *(("manner", "rating", ""), ("time", "rating", "")),
        *(
            ("suitable_online", "rating", "scale2"),
            ("suitable_post", "rating", "scale2"),
            ("why", "text", ""),
        ),
    ]
    items = instrument.items_by_id
    assert items["times"].when == Condition("used", (True,))
    assert (items["times"].minimum, items["times"].maximum) == (1, 50)
    assert items["why"].when == Condition("manner", (1, 2))
    assert items["suitable_post"].required
    assert items["channels"].order == "random"
    assert instrument.scale.points == (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"type": "signaturepad", "name": "a"}, "pages[0].elements[4]: type 'signaturepad'"),
        ({"type": "text", "name": "a", "visibleIf": "{b} > 1"}, "pages[0].elements[4].visibleIf: condition"),
        ({"type": "text", "name": "a", "validators": []}, "pages[0].elements[4].validators: the prop"),
        ({"type": "text", "name": "sex"}, "pages[0].elements[4]: the name 'sex' stands more than once"),
        ({"type": "text", "name": "a", "inputType": "date"}, "pages[0].elements[4].inputType: type 'date'"),
        ({"type": "radiogroup", "name": "a", "choices": []}, "pages[0].elements[4].choices: no choices"),
        ({"type": "rating", "name": "a", "rateMin": -2}, "pages[0].elements[4]: rateMin -2 and rateMax 5"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_by_its_path(change: dict[str, Any], place: str) -> None:
    survey = json.loads(WARD_SURVEY)
    survey["pages"][0]["elements"].append(change)
    read = read_surveyjs("phieu.json", json.dumps(survey).encode())
    assert [str(one)[: len(place)] for one in read.unread] == [place]


@pytest.mark.parametrize("kind", ["text", "panel", "matrix"])
def test_what_only_some_should_be_asked_is_left_out_with_its_condition(kind: str) -> None:
    survey = json.loads(WARD_SURVEY)
    parts: dict[str, dict[str, Any]] = {
        "text": {},
        "panel": {"elements": [{"type": "text", "name": "inner"}]},
        "matrix": {"columns": ["1", "2", "3"], "rows": ["inner"]},
    }
    part = {"type": kind, "name": "a", "visibleIf": "{sex} != 'F'", **parts[kind]}
    survey["pages"][0]["elements"].append(part)
    read = read_surveyjs("phieu.json", json.dumps(survey).encode())
    assert not {"a", "inner", "a_inner"} & {item.id for item in read.instrument.items()}
    assert [str(one) for one in read.unread] == [
        "pages[0].elements[4].visibleIf: condition \"{sex} != 'F'\"; the part is left out"
    ]


def test_none_of_these_becomes_an_option() -> None:
    survey = json.loads(WARD_SURVEY)
    choices = {"type": "checkbox", "name": "a", "choices": ["x", "y"], "showNoneItem": True}
    survey["pages"][0]["elements"].append(choices)
    read = read_surveyjs("phieu.json", json.dumps(survey).encode())
    assert not read.unread
    (item,) = (item for item in read.instrument.items() if item.id == "a")
    assert [option.code for option in item.options] == ["x", "y", "none"]
    assert item.options[-1].text["vi"] == "Không có lựa chọn nào phù hợp"
    assert any("can be chosen beside other options" in one for one in read.assumed)


def test_looks_are_left_to_the_service() -> None:
    survey = json.loads(WARD_SURVEY) | {"showQuestionNumbers": "off", "completedHtml": "<p>Xong</p>"}
    survey["pages"][0]["elements"][0]["titleLocation"] = "left"
    read = read_surveyjs("phieu.json", json.dumps(survey).encode())
    assert [*read.unread] == []
    assert {one for one in read.assumed if one.endswith("its own layout and words")} == {
        f"{place}: the service shows its own layout and words"
        for place in ("showQuestionNumbers", "completedHtml", "pages[0].elements[0].titleLocation")
    }


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b'{"a": 1}'])
def test_a_file_that_is_no_survey_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match=r"phieu\.json"):
        read_surveyjs("phieu.json", content)


def test_a_damaged_survey_is_one_line_and_no_traceback() -> None:
    chance = random.Random(2)
    for _ in range(150):
        survey = json.loads(WARD_SURVEY)
        for _ in range(4):
            _damage(survey, chance)
        with suppress(SipasError):
            read = read_surveyjs("phieu.json", json.dumps(survey).encode())
            list(problems(read.instrument))


def _damage(part: Any, chance: random.Random) -> None:
    """Replace a value somewhere below the part."""
    keys = list(part) if isinstance(part, dict) else list(range(len(part)))
    if not keys:
        return
    key = chance.choice(keys)
    if isinstance(part[key], dict | list) and chance.random() < 0.8:
        _damage(part[key], chance)
    else:
        part[key] = chance.choice([None, 5, "", "x", [], {}, [1], {"a": []}, True, -1.5, "{a} ="])
