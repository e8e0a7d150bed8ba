"""Codebooks: HTML in two languages, and DDI whose structure is that of the standard."""

import re
from xml.etree import ElementTree

import pytest

from sipas.report.export.build_export import build_export
from sipas.report.export.codebook import Codebook, build_codebook
from sipas.report.export.codebook_files import html_codebook
from sipas.report.export.ddi_xml import ddi_codebook
from sipas.report.export.exporting import read_export_request
from sipas.report.export.question_words import QuestionWords
from sipas.report.names import NO_CATALOGUE
from sipas.survey.instruments.reading import read_instrument
from tests.report.conftest import Reference
from tests.report.forms_2026 import INSTRUMENT

DDI = "{ddi:codebook:2_5}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Of a variable, in the order of the standard.
CHILDREN = ["labl", "qstn", "invalrng", "universe", "sumStat", "catgry", "varFormat", "notes"]


@pytest.fixture
async def book(household_round: Reference) -> Codebook:
    snapshot = await household_round.rounds.snapshot("households")
    table = build_export(snapshot, read_export_request([("round", "households")]), "en")
    return build_codebook(snapshot, table)


def test_a_codebook_has_questions_codes_routing_and_distributions(book: Codebook) -> None:
    variables = {one.name: one for one in book.variables}
    choice = variables["q5"]
    assert choice.question is not None
    assert set(choice.question) == {"vi", "en"}
    assert sum(value.n for value in choice.values) == choice.valid + choice.missing == 300
    assert sum(value.n for value in choice.values if value.missing) == choice.missing
    assert {value.number for value in choice.values if value.missing} == {-1, -2, -3}
    assert variables["weight"].kind == "decimal"
    assert variables["adults"].mean == pytest.approx(2.5)
    assert all(one.asked for one in book.variables if one.question)
    assert variables["q2.press"].stata == "q2_press"


def test_the_universe_of_an_item_follows_from_its_conditions() -> None:
    instrument = read_instrument((INSTRUMENT.parent / "csm.toml").read_bytes())
    words = QuestionWords.of(instrument, NO_CATALOGUE)
    assert words.universe("cc1")["en"] == "everyone whose form has this question"
    asked = words.universe("cc2")["vi"]
    assert asked.startswith("nếu trả lời cc1 “")
    assert "Tôi chỉ biết khi thấy bảng này tại đây" in asked
    assert words.universe("unit") == {}


def test_the_html_has_each_variable_and_escapes_its_texts(book: Codebook) -> None:
    for language, title in (("vi", "Bảng mã"), ("en", "Codebook")):
        page = html_codebook(book, language).decode()  # type: ignore[arg-type]
        assert f'<html lang="{language}">' in page
        assert title in page
        assert page.count('<section class="variable"') == len(book.variables)
        assert "<script" not in page


def test_the_ddi_has_the_structure_of_the_standard(book: Codebook) -> None:
    root = ElementTree.fromstring(ddi_codebook(book))
    assert (root.tag, root.get("version")) == (f"{DDI}codeBook", "2.5")
    assert [one.tag for one in root] == [
        f"{DDI}{name}" for name in ("docDscr", "stdyDscr", "fileDscr", "dataDscr")
    ]
    variables = root.findall(f".//{DDI}var")
    assert [one.get("name") for one in variables] == [one.name for one in book.variables]
    ids = [one.get("ID") for one in root.iter() if one.get("ID")]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z_][\w.]*", str(one)) for one in ids)
    for element in root.iter():
        for name in ("files", "var", "wgt-var"):
            assert set((element.get(name) or "").split()) <= set(ids)
    for variable in variables:
        tags = [child.tag.removeprefix(DDI) for child in variable]
        assert tags == sorted(tags, key=CHILDREN.index)
    (weight,) = [one for one in variables if one.get("wgt") == "wgt"]
    assert weight.get("name") == "weight"


def test_the_ddi_has_questions_in_every_language_and_missing_categories(book: Codebook) -> None:
    root = ElementTree.fromstring(ddi_codebook(book))
    variable = next(one for one in root.iter(f"{DDI}var") if one.get("name") == "q5")
    assert [one.get(LANGUAGE) for one in variable.findall(f"{DDI}qstn")] == ["vi", "en"]
    missing = [one for one in variable.findall(f"{DDI}catgry") if one.get("missing") == "Y"]
    assert [one.findtext(f"{DDI}catValu") for one in missing] == ["-1", "-2", "-3"]
    groups = {one.get("name") for one in root.iter(f"{DDI}varGrp")}
    assert "q2" in groups
