"""XLSForms become working questionnaires; what is not understood is named by sheet and row."""

import random
from collections.abc import Sequence
from contextlib import suppress

import pytest

from sipas.errors import SipasError
from sipas.imports.questionnaires.xlsform import read_xlsform
from sipas.imports.questionnaires.xlsform_writing import xlsform_bytes
from sipas.instruments import list_shipped
from sipas.survey.instruments.items import Condition
from sipas.survey.instruments.problems import problems
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.instruments.writing import instrument_toml
from tests.imports.questionnaires.forms import WARD_FORM, Sheets, workbook
from tests.survey.instruments.ward import ward

_INSTRUMENTS = [*(read_instrument(path.read_bytes()) for path in list_shipped()), ward()]


@pytest.mark.parametrize("instrument", _INSTRUMENTS, ids=lambda one: one.name)
def test_an_exported_questionnaire_reads_back_as_the_same(instrument: object) -> None:
    assert instrument in _INSTRUMENTS
    same = _INSTRUMENTS[_INSTRUMENTS.index(instrument)]
    read = read_xlsform("form.xlsx", xlsform_bytes(same))
    assert (read.instrument, [*read.unread], [*read.assumed]) == (same, [], [])
    assert read_instrument(instrument_toml(same)) == same


def test_a_form_of_another_program_becomes_a_working_questionnaire() -> None:
    read = read_xlsform("phieu.xlsx", workbook(WARD_FORM))
    instrument = read.instrument
    assert ([*read.unread], [*problems(instrument)]) == ([], [])
    assert instrument.name == "phieu-phuong@3"
    assert instrument.languages == ("vi", "en")
    assert [(item.id, item.kind) for item in instrument.items()] == [
        *(("sex", "choice"), ("years", "number"), ("c1", "rating"), ("c2", "rating")),
        *(("channels", "choices"), ("why", "text"), ("tv", "text")),
    ]
    assert instrument.scale.satisfied == 4
    assert instrument.items_by_id["why"].when == Condition("c1", (1, 2))
    assert instrument.items_by_id["tv"].when == Condition("channels", ("tv",))
    channels = instrument.items_by_id["channels"]
    assert (channels.order, channels.other_id) == ("random", "channels_other")
    assert instrument.items_by_id["c1"].required
    assert instrument.scoring().factors == {"rated": (0, 1)}
    assert [section.id for section in instrument.sections] == ["person", "rated", "part1"]


def test_looks_are_left_to_the_service_and_other_appearances_are_named() -> None:
    header = [*WARD_FORM["survey"][0], "appearance", "constraint_message::English (en)"]
    rows = [[*row, *[""] * (7 - len(row)), "", ""] for row in WARD_FORM["survey"][1:]]
    rows[2][7], rows[3][8], rows[6][7] = "w1 quick", "Too long", "list-nolabel"
    read = read_xlsform("phieu.xlsx", workbook({**WARD_FORM, "survey": [header, *rows]}))
    assert [str(one) for one in read.unread] == ["sheet survey, row 8: appearance 'list-nolabel'"]
    own = [one for one in read.assumed if one.startswith("sheet survey")]
    assert own == [
        "sheet survey, row 4: appearance 'w1 quick': the service shows its own layout",
        "sheet survey, row 5: column constraint_message::english (en): the service shows its own message",
    ]


def test_vietnamese_comes_first_where_no_language_is_the_default() -> None:
    settings = [["form_id", "version"], ["phieu", "1"]]
    english_first = [[*row[:2], *row[3:1:-1], *row[4:]] for row in WARD_FORM["survey"]]
    read = read_xlsform("phieu.xlsx", workbook({**WARD_FORM, "survey": english_first, "settings": settings}))
    assert read.instrument.languages == ("vi", "en")


def _with_row(*row: object) -> Sheets:
    survey = [*WARD_FORM["survey"], row]
    width = max(map(len, survey))
    header = [*survey[0], *("choice_filter", "calculation")][:width]
    return {**WARD_FORM, "survey": [header, *survey[1:]]}


@pytest.mark.parametrize(
    ("row", "feature"),
    [
        (["geopoint", "place", "Ở đâu?", "Where?"], "type 'geopoint'"),
        (["text", "a", "A?", "A?", "", "${c1} > 3"], "relevant '${c1} > 3'"),
        (["text", "a", "A?", "A?", "", "${b} = 1"], "relevant '${b} = 1': no earlier question"),
        (["text", "a", "A?", "A?", "", "", "", "x=${c1}"], "column choice_filter: 'x=${c1}'"),
        (["text", "c1", "A?", "A?"], "the name 'c1' stands more than once"),
        (["text", "á", "A?", "A?"], "name 'á'; a name is a letter from a to z, then letters, digits, _ or -"),
        (["text", "a", "A?", ""], "no label in en"),
        (["select_one x", "a", "A?", "A?"], "type 'select_one x': there are no choices of x"),
        (["begin_repeat", "a", "A?", "A?"], "type 'begin_repeat', with all rows in it"),
        (["end_group", "", "", ""], "end_group without its beginning"),
        (["text", "a", "A?", "A?", "maybe"], "required 'maybe'; it is yes or no"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named_by_sheet_and_row(row: Sequence[object], feature: str) -> None:
    read = read_xlsform("phieu.xlsx", workbook(_with_row(*row)))
    assert any(str(one).startswith(f"sheet survey, row 14: {feature}") for one in read.unread)


def test_what_only_some_should_be_asked_is_left_out_with_its_condition() -> None:
    rows = [
        ["text", "alone", "A?", "A?", "", "${c1} > 3"],
        ["begin_group", "some", "B", "B", "", "${c1} != 2"],
        ["text", "inner", "C?", "C?"],
        ["end_group", "", "", ""],
        ["text", "after", "D?", "D?"],
    ]
    read = read_xlsform("phieu.xlsx", workbook({**WARD_FORM, "survey": [*WARD_FORM["survey"], *rows]}))
    ids = {item.id for item in read.instrument.items()}
    assert "after" in ids
    assert not {"alone", "inner"} & ids
    assert [str(one) for one in read.unread] == [
        "sheet survey, row 14: relevant '${c1} > 3'; the row is left out",
        "sheet survey, row 15: relevant '${c1} != 2'; the row is left out",
    ]


def test_a_damaged_form_is_one_line_and_no_traceback() -> None:
    chance = random.Random(1)
    words = [
        "begin group",
        "end_group",
        "select_one",
        "select_one hailong",
        "${c1}",
        "",
        None,
        5,
        "=1+",
        "á",
        "x" * 300,
    ]
    for _ in range(60):
        sheets = {name: [list(row) for row in rows] for name, rows in WARD_FORM.items()}
        for _ in range(6):
            rows = sheets[chance.choice([*sheets])]
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice(words)
        with suppress(SipasError):
            read = read_xlsform("phieu.xlsx", workbook(sheets))
            list(problems(read.instrument))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04rubbish", workbook({"a": [["x"]]}), workbook({"survey": []})]
)
def test_a_file_that_is_no_form_is_refused(content: bytes) -> None:
    with pytest.raises(SipasError, match=r"phieu\.xlsx"):
        read_xlsform("phieu.xlsx", content)
