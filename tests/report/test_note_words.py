"""Every note that stands beside a figure has words in both languages."""

import re

import pytest

from sipas.charts.words import NOT_SHOWN
from sipas.report import indices, plan_table, ranks, releasing, small_areas, targets
from sipas.report.note_words import REASONS, REMARKS, in_words, reasons, said
from sipas.stats import notes

OURS = {
    indices: ("SELF_SELECTED",),
    plan_table: ("NO_TRANSACTIONS", "TOO_FEW"),
    ranks: ("ALONE", "UNRANKED"),
    releasing: ("HIDDEN", "KEPT", "NOT_WEIGHTED", "UNWEIGHTED"),
    small_areas: ("MODEL_BASED", "SYNTHETIC"),
    targets: ("AT_TARGET", "BEYOND"),
}
TEXTS = [
    *(text for name, text in vars(notes).items() if name.isupper()),
    *(getattr(module, name) for module, names in OURS.items() for name in names),
]


@pytest.mark.parametrize("note", TEXTS)
def test_a_note_has_words_with_its_numbers_in_them(note: str) -> None:
    given = re.sub(r"\{\w+\}", "17", note)
    vi, en = in_words(given, "vi"), in_words(given, "en")
    assert vi != en
    for words in (vi, en):
        assert words
        assert ("17" in words) == ("17" in given)
        assert "{" not in words


def test_no_words_are_kept_for_a_note_that_nobody_gives() -> None:
    assert set(REASONS) | set(REMARKS) == {NOT_SHOWN, *TEXTS}


def test_all_notes_are_said_but_reasons_alone_tell_why_a_figure_is_not_there() -> None:
    given = [notes.FEW, notes.LONELY.format(count=3), "something else"]
    assert said(given, "vi") == "dưới 30 phiếu, hoặc cỡ mẫu hiệu dụng dưới 30; số tầng chỉ có một phiếu: 3"
    assert reasons(given, "en") == "fewer than 30 responses, or an effective sample size below 30"
    assert reasons([notes.WIDE, NOT_SHOWN], "en") == "fewer than 5 responses"
    assert in_words("something else", "en") is None
