"""Files of questionnaires with every kind of item are stored as submissions with the same answers are."""

import random
from pathlib import Path

import msgspec
import pytest

from sipas.errors import TableError
from sipas.imports.instrument import import_instrument
from sipas.imports.responses import import_responses
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import Item
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.instruments.sheets import Sheet
from sipas.survey.intake.answer_coding import AnswerValue, CodedAnswers, code_answers
from tests.imports.conftest import Write
from tests.report.conftest import open_round
from tests.report.forms_2026 import INSTRUMENT, write_rows

Answers = dict[str, AnswerValue]
PEOPLE_BY_FORM = 60


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return read_instrument(INSTRUMENT.read_bytes())


@pytest.fixture
async def households(conn: Connection, write: Write) -> Connection:
    await import_units(conn, write("units.csv", "code,name,type\nC0,A,commune\n"))
    await import_instrument(conn, INSTRUMENT)
    await open_round(conn, "households", "{unit}")
    return conn


def draw_answer(item: Item, instrument: Instrument, chance: random.Random) -> AnswerValue:
    if chance.random() < 0.05:
        return None
    if chance.random() < 0.05 and instrument.may_not_apply(item) and item.kind != "text":
        return "NA"
    match item.kind:
        case "rating":
            return chance.choice(instrument.scale_of(item).points)
        case "choice":
            return chance.choice(item.options).code
        case "choices":
            return [one.code for one in item.options if chance.random() < 0.4] or None
        case "yes-no":
            return chance.random() < 0.5
        case "number":
            return chance.randint(item.minimum, item.maximum)
    return chance.choice(["Phòng chờ chật", "Gọi tôi theo số 0912345678"])


def asked_items(sheet: Sheet, chance: random.Random) -> list[Item]:
    """The items of one person; now and then a draw that asked too few."""
    asked: list[Item] = []
    for step in sheet.form.steps:
        blocks = list(sheet.instrument.blocks(step))
        if step.draw_sections is not None:
            blocks = chance.sample(blocks, step.draw_sections - (chance.random() < 0.1))
        for block in blocks:
            items = list(block.items)
            asked += chance.sample(items, step.draw) if step.draw and step.draw_sections is None else items
    return asked


def row_of(number: int, sheet: Sheet, answers: Answers) -> dict[str, str]:
    row = {"response_id": f"{sheet.form.id}{number}", "unit": "C0", "form": sheet.form.id}
    instrument = sheet.instrument
    for column in instrument.answer_columns():
        answer = answers.get(column.item, "-")
        if column.option and isinstance(answer, list):
            answer = column.option in answer
        row[column.id] = {None: "", True: "1", False: "0"}.get(answer, str(answer))  # type: ignore[arg-type]
    for item in instrument.items():
        names = [item.id] if item.kind == "text" or item.id in instrument.about_person else []
        for name in [*names, *([item.other_id] if item.other_id else [])]:
            row[name] = str(answers.get(name) or "")
    return row


async def test_a_file_is_stored_as_submissions_with_the_same_answers(
    households: Connection, instrument: Instrument, tmp_path: Path
) -> None:
    chance = random.Random(15)
    rows, coded = [], {}
    for form in instrument.all_forms():
        sheet = Sheet(instrument, form)
        for number in range(PEOPLE_BY_FORM):
            answers: Answers = {}
            for item in asked_items(sheet, chance):
                answers[item.id] = draw_answer(item, instrument, chance)
                if item.other_id and chance.random() < 0.3:
                    answers[item.other_id] = "Cách khác"
            kept = code_answers(answers, sheet)
            assert isinstance(kept, CodedAnswers), kept
            row = row_of(number, sheet, answers)
            rows.append(row)
            coded[row["response_id"]] = kept
    imported = await import_responses(households, write_rows(tmp_path / "r.csv", rows), "households")
    stored = await households.fetch("select answers, attributes, texts, complete from response")
    kept_rows = [
        CodedAnswers(tuple(row["answers"]), row["texts"] or {}, row["attributes"], (str(row["complete"]),))
        for row in stored
    ]
    sent_rows = [msgspec.structs.replace(one, missing=(str(not one.missing),)) for one in coded.values()]
    encode = msgspec.json.Encoder(order="sorted").encode
    assert sorted(map(encode, kept_rows)) == sorted(map(encode, sent_rows))
    missing = sum(bool(one.missing) for one in coded.values())
    assert 0 < missing == imported.incomplete < len(rows)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("sex", "X", "sex: 'X' is no answer; an answer is one of M, F"),
        ("q1_1", "1", "q1_1: form sms does not ask q1_1; write - in the cell of an item that was not asked"),
    ],
)
async def test_an_answer_that_the_form_does_not_have_is_named(
    households: Connection, instrument: Instrument, tmp_path: Path, column: str, cell: str, message: str
) -> None:
    sheet = Sheet(instrument, next(form for form in instrument.all_forms() if form.id == "sms"))
    row = row_of(0, sheet, {}) | {column: cell}
    with pytest.raises(TableError) as refused:
        await import_responses(households, write_rows(tmp_path / "r.csv", [row]), "households")
    assert message in str(refused.value)


async def test_more_sections_than_the_form_draws_are_refused(
    households: Connection, instrument: Instrument, tmp_path: Path
) -> None:
    sheet = next(found for form in instrument.all_forms() if (found := Sheet(instrument, form)).section_draws)
    answers: Answers = {item: 4 for one in sheet.section_draws for ids in one.sections for item in ids}
    path = write_rows(tmp_path / "r.csv", [row_of(0, sheet, answers)])
    with pytest.raises(TableError, match=r"draws \d sections of \w+, and \d+ were asked"):
        await import_responses(households, path, "households")
