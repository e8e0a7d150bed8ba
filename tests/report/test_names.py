from datetime import date
from pathlib import Path

from sipas.messages import column_name
from sipas.queries.catalogue import Procedure, Unit
from sipas.report.names import Names
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.reading import read_instrument

CITY_INSTRUMENT = Path(__file__).parents[2] / "sipas/demo/city/instrument.toml"
OLD = Unit(1, "00004", "Phường Trúc Bạch", "commune", 3, None, date(2025, 6, 30))
NEW = Unit(2, "00004", "Phường Ba Đình", "commune", 3, date(2025, 7, 1), None)
CITY = Unit(3, "HN", "Thành phố Hà Nội", "city", None, None, None)
BIRTH = Procedure(1, "1.001193", "Đăng ký khai sinh", "Hộ tịch")
CATALOGUE = Catalogue(1, {1: OLD, 2: NEW, 3: CITY}, {1: BIRTH}, {}, {})


def test_codes_are_called_what_people_call_them() -> None:
    names = Names("vi", CATALOGUE)
    assert names.level("procedure", "1.001193") == "Đăng ký khai sinh"
    assert names.level("city", "HN") == "Thành phố Hà Nội"
    assert names.level("channel", "kiosk") == "Ki-ốt"
    assert names.level("service_channel", "post") == "Bưu chính công ích"
    assert Names("en", CATALOGUE).level("channel", "sms") == "Text message"
    assert names.level("unit_type", "branch") == "Chi nhánh"
    assert names.level("sex", "F") == "Nữ"


def test_columns_are_called_in_the_reader_s_language_and_others_as_they_were_named() -> None:
    usual = ("branch", "department", "sex", "age_group", "procedure_group", "round")
    assert all(column_name("vi", name) not in (name, name.replace("_", " ")) for name in usual)
    assert column_name("en", "age_group") == "age group"
    assert column_name("vi", "tầng") == "tầng"


def test_a_code_that_two_units_bore_is_told_apart_by_the_last_day() -> None:
    names = Names("vi", CATALOGUE)
    assert names.level("unit", "00004") == "Phường Ba Đình"
    assert names.level("unit", "00004 (to 2025-06-30)") == "Phường Trúc Bạch"


def test_what_has_no_name_is_shown_as_it_is() -> None:
    names = Names("vi", CATALOGUE)
    assert names.level("floor", "F") == "F"
    assert names.level("unit", "99999") == "99999"
    assert names.level("channel", "pigeon") == "pigeon"
    assert names.level("procedure", "9") == "9"


def test_a_cross_is_named_by_its_parts_and_what_is_missing_is_said_to_be() -> None:
    names = Names("en", CATALOGUE)
    assert names.domain({"unit": "00004", "channel": None}) == "Phường Ba Đình · No answer channel stated"
    assert names.domain({}) == ""


def test_an_index_is_called_by_its_question_or_by_what_it_adds_up() -> None:
    city = read_instrument(CITY_INSTRUMENT.read_bytes())
    overall = Names("vi").measure("overall:overall", city)
    assert overall == "Nhìn chung, Ông/Bà có hài lòng với sự phục vụ của cơ quan không? (overall, sipas-22@1)"
    assert Names("en").measure("overall:pooled", city) == "All answers to all questions (pooled, sipas-22@1)"


def test_months_and_quarters_are_called_as_people_write_them() -> None:
    assert Names("vi").level("month", "2026-03") == "03/2026"
    assert Names("en").level("month", "2026-03") == "Mar 2026"
    assert Names("vi").level("quarter", "2026-Q4") == "Quý IV/2026"
    assert Names("en").level("quarter", "2026-Q4") == "Q4 2026"
    assert Names("vi").level("month", "4") == "4"
    assert Names("vi").level("month", "2026-13") == "2026-13"
