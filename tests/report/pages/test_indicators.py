"""Names and numbers of indicators, in the order of the form."""

from sipas.instruments import find_shipped
from sipas.messages import LANGUAGES, Language
from sipas.report.names import Names
from sipas.report.pages.indicators import respondent_groups
from sipas.report.pages.item_names import short_names
from sipas.survey.instruments.reading import read_instrument

SHIPPED = find_shipped("sipas-2026")
assert SHIPPED is not None
INSTRUMENT = read_instrument(SHIPPED.read_bytes())


def names_of(language: Language) -> dict[str, str]:
    rated = {item.id: item.text[language] for item in INSTRUMENT.items() if INSTRUMENT.is_rated(item)}
    return short_names(rated, language)


def test_a_question_is_named_by_what_tells_it_from_the_others() -> None:
    vietnamese, english = names_of("vi"), names_of("en")
    assert vietnamese["access2"] == "Chỗ ngồi chờ, bàn viết tại nơi tiếp nhận"
    assert vietnamese["results1"] == "Trả kết quả đúng hẹn"
    assert english["access1"] == "The signs at the service point"
    assert english["results1"] == "Results come when promised"


def test_short_names_are_as_many_as_the_questions_and_differ() -> None:
    for language in LANGUAGES:
        names = names_of("vi" if language == "vi" else "en")
        assert len(set(names.values())) == 39


def test_of_two_questions_each_keeps_its_whole_text() -> None:
    questions = {"a": "How satisfied are you with the signs?", "b": "How satisfied are you with the seats?"}
    assert short_names(questions, "en") == questions


def test_questions_without_common_words_and_equal_ones_keep_theirs() -> None:
    assert short_names({"a": "Signs?", "b": "Seats?", "c": "Desks?"}, "en") == {
        "a": "Signs",
        "b": "Seats",
        "c": "Desks",
    }
    assert len(short_names(dict.fromkeys("abc", "The same?"), "en")["a"]) > 0


def test_respondents_are_told_apart_by_channel_person_and_use_of_services() -> None:
    groups = respondent_groups(INSTRUMENT, ("sms", "tablet"), Names("en"))
    values = [one.value for group in groups for one in group.groups]
    assert values[:4] == ["channel=sms", "channel=tablet", "sex=M", "sex=F"]
    assert {"q8_3=yes", "q8_3=no", "age=over-60"} <= set(values)
    assert "q5=never" not in values
    used = next(group for group in groups if group.groups[0].value == "q8_3=yes")
    assert used.name.startswith("Did you complete a procedure at a branch")
    assert [one.name for one in used.groups] == ["Yes", "No"]
