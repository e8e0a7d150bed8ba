"""Every note that stands beside a figure has words in both languages."""

import pytest

from sipas.messages import LANGUAGES, TEXTS, Language, value_names
from sipas.report.note_words import note_text, notes_text, review_text
from sipas.stats import notes
from sipas.stats.notes import KINDS, Note, NoteKind, Param

SAMPLES: dict[str, Param] = {
    "share": 0.175,
    "columns": ("procedure",),
    "names": ("U1", "U2"),
    "by": ("unit",),
    "others": ("Q2",),
}


def sample(kind: NoteKind) -> Note:
    return kind(**{name: SAMPLES.get(name, 1234) for name in kind.params})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_each_code_has_words_that_name_its_parameters(kind: NoteKind, language: Language) -> None:
    words = TEXTS[language][f"note.{kind.code}"]
    assert value_names(words) == set(kind.params)
    assert not words.endswith(".")
    assert note_text(sample(kind), language)


def test_each_wording_has_a_code() -> None:
    assert {key.removeprefix("note.") for key in TEXTS["vi"] if key.startswith("note.")} == KINDS.keys()


def test_each_language_has_words_of_its_own() -> None:
    for kind in KINDS.values():
        assert note_text(sample(kind), "vi") != note_text(sample(kind), "en")


def test_counts_shares_and_columns_are_written_as_each_language_does() -> None:
    trimmed = notes.MARGIN_MISSED(margin="sex", share=0.125)
    assert note_text(notes.UNPLACED(n=1234), "en").endswith(": 1,234")
    assert note_text(notes.UNPLACED(n=1234), "vi").endswith(": 1.234")
    assert note_text(trimmed, "vi").endswith("lệch 12,5%")
    fewer = notes.FEWER_COLUMNS(columns=("procedure",), units=2, names=("U1", "U2"))
    assert "không theo thủ tục," in note_text(fewer, "vi")


def test_all_notes_are_said_but_those_to_review_alone_tell_why_a_figure_is_unreliable() -> None:
    given = [notes.FEW, notes.LONELY(n=3)]
    assert (
        notes_text(given, "vi")
        == "chưa đủ tin cậy: dưới 30 phiếu, hoặc cỡ mẫu hiệu dụng dưới 30; số tầng chỉ có một phiếu: 3"
    )
    few = "unreliable: fewer than 30 responses, or an effective sample size below 30"
    assert review_text(given, "en") == few
    assert review_text([notes.WIDE, notes.NOT_SHOWN(fewest=5)], "en") == "fewer than 5 responses"


def test_a_note_without_its_parameters_is_refused() -> None:
    with pytest.raises(TypeError, match="unplaced has the parameters"):
        notes.UNPLACED(count=3)


def test_equal_notes_are_one_key_whatever_the_order_of_their_parameters() -> None:
    one, other = notes.POOLED(strata=3, pools=1), notes.POOLED(pools=1, strata=3)
    assert len({one, other}) == 1
