import gzip
import re
from datetime import date
from html import escape
from pathlib import Path

import msgspec
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sipas.messages import LANGUAGES
from sipas.routes.pages import words
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.links.survey_page import parse_form, survey_page

PACKAGE = Path(__file__).resolve().parents[2] / "sipas"
PAGES = Environment(
    loader=FileSystemLoader(PACKAGE / "templates"), autoescape=True, undefined=StrictUndefined
)
LONGEST_UNIT = "Chi nhánh số 12 Trung tâm Phục vụ hành chính công thành phố Hà Nội"
NONCE = "n0nce"
BODY = re.compile(r"<body>|<script")  # what a page may fetch stands between them


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return read_instrument((PACKAGE / "demo" / "city" / "instrument.toml").read_text(encoding="utf-8"))


def render(template: str, language: str, context: dict[str, object]) -> str:
    page = PAGES.get_template(template)
    return page.render(**words(language), nonce=NONCE, **context)


def render_survey(
    instrument: Instrument, language: str, fields: dict[str, str] | None = None, unit: str = LONGEST_UNIT
) -> str:
    form = instrument.form_for("sms")
    errors = {} if fields is None else parse_form(instrument, form, fields)[1]
    day = date(2026, 11, 20)
    context = survey_page(instrument, form, language, unit, "Khai sinh", day, fields or {}, errors)
    return render("survey.html", language, context)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_survey_weighs_less_than_14_kilobytes_compressed(
    instrument: Instrument, language: str
) -> None:
    all_wrong = {item.id: "9" for item in instrument.items()}
    for fields in (None, all_wrong):
        assert len(gzip.compress(render_survey(instrument, language, fields).encode())) < 14_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["survey.html", "thanks.html", "link_gone.html", "refused.html"])
def test_a_citizens_page_is_whole_in_one_file(instrument: Instrument, language: str, template: str) -> None:
    survey = template == "survey.html"
    html = (
        render_survey(instrument, language)
        if survey
        else render(template, language, {"busy": True, "first": True})
    )
    assert re.findall("<script[^>]*>", html) == [f'<script nonce="{NONCE}">'] * survey
    assert " style=" not in html
    assert re.findall(r"""(?:src|srcset|data|url\()=?["'(]?([^"'>)]+)""", BODY.split(html)[1]) == []
    assert re.findall(r'<link [^>]*href="([^"]+)"', html) == ["data:,"]
    assert re.findall("<style[^>]*>", html) == [f'<style nonce="{NONCE}">']
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert '<meta name="referrer" content="no-referrer">' in html
    assert f'<html lang="{language}">' in html


def test_each_question_is_a_fieldset_of_radio_buttons_named_by_its_item(instrument: Instrument) -> None:
    html = render_survey(instrument, "vi")
    for item in instrument.items():
        fieldset = html.split(f'<fieldset id="{item.id}"')[1].split("</fieldset>")[0]
        assert f"</small> {escape(item.text['vi'])}</legend>" in fieldset
        values = re.findall(f'<input type="radio" name="{item.id}" value="([^"]+)">', fieldset)
        assert values == ["1", "2", "3", "4", "5", *(["NA"] if item.id != "overall" else [])]


@pytest.mark.parametrize("display", ["faces", "stars", "numbers"])
def test_every_point_has_its_mark_and_its_word(instrument: Instrument, display: str) -> None:
    scale = msgspec.structs.replace(instrument.scale, display=display)
    html = render_survey(msgspec.structs.replace(instrument, main_scale=scale), "en")
    overall = html.split('<fieldset id="overall"')[1].split("</fieldset>")[0]
    drawn = [f"#m{i}" for i in range(5)]
    assert re.findall(r'<use xlink:href="(#m\d)"/>', overall) == (drawn if display != "numbers" else [])
    assert [f"#{i}" for i in re.findall('<symbol id="([^"]+)"', html)] == (
        drawn if display != "numbers" else []
    )
    for label in scale.labels["en"]:
        assert f"{label}</span>" in overall


def test_what_is_wrong_stands_on_top_and_beside_the_question_and_answers_stay(
    instrument: Instrument,
) -> None:
    html = render_survey(instrument, "vi", {"overall": "9", "access1": "2"})
    assert "<title>Lỗi: " in html
    assert '<a href="#overall">' in html.split("<fieldset")[0]
    assert '<fieldset id="overall" class="wrong" aria-describedby="overall-error">' in html
    assert '<p class="error" id="overall-error">' in html
    assert re.findall('name="([^"]+)" value="([^"]+)" checked', html) == [("access1", "2")]


def test_names_from_the_catalogue_are_text_not_markup(instrument: Instrument) -> None:
    html = render_survey(instrument, "vi", unit="<b>Phường & Xã</b>")
    assert "&lt;b&gt;Phường &amp; Xã&lt;/b&gt;" in html


def test_the_other_language_is_one_touch_away(instrument: Instrument) -> None:
    switch = (
        '<button class="link" name="Language" value="en" formaction="?lang=en" lang="en">English</button>'
    )
    assert switch in render_survey(instrument, "vi")
    gone = render("link_gone.html", "en", {"busy": False})
    assert '<a href="?lang=vi" lang="vi" hreflang="vi">Tiếng Việt</a>' in gone


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_for_people_who_sign_in_render_with_what_their_routes_give(language: str) -> None:
    assert 'name="password"' in render("login.html", language, {"problem": None, "name": "", "next": "/"})
    failed = render("login.html", language, {"problem": "login.failed", "name": "<an>", "next": "/"})
    assert 'role="alert"' in failed
    assert 'value="&lt;an&gt;"' in failed
    assert "no such page" in render("problem.html", language, {"status": 404, "detail": "no such page"})
