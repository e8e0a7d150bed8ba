"""The questionnaires that ship with the package can be published, and are complete in both languages."""

import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest

from sipas.instruments import find_shipped, list_shipped
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument


def _shipped(name: str) -> Instrument:
    path = find_shipped(name)
    assert path is not None
    return read_instrument(path.read_bytes(), path.name)


@pytest.mark.parametrize("path", list_shipped(), ids=lambda path: path.stem)
def test_a_shipped_questionnaire_is_published_in_composed_vietnamese(path: Path) -> None:
    instrument = read_instrument(path.read_bytes(), path.name)
    assert instrument.id == path.stem
    assert instrument.languages == ("vi", "en")
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)


def test_the_questionnaire_of_2026_has_51_indicators() -> None:
    instrument = _shipped("sipas-2026")
    for index in instrument.indices:
        assert index.tree is not None
        nodes, items = list(index.tree.nodes()), list(index.tree.items())
        assert (len(items), len(nodes), len(nodes) + len(items)) == (39, 12, 51)
    assert [len(instrument.scoring().factors[name]) for name in instrument.scoring().factors] == [
        *(2, 2, 9, 10),
        *(3, 4, 3, 3, 3),
    ]
    assert all(item.required for item in instrument.items() if item.kind != "text")


def test_every_form_of_2026_has_known_probabilities() -> None:
    instrument = _shipped("sipas-2026@1")
    forms = instrument.scoring().forms
    assert set(forms["full"]) == set(forms["household"]) == {Fraction(1)}
    assert forms["kiosk"][0] == Fraction(1, 2)
    assert sorted(set(forms["sms"])) == [Fraction(1, 4), Fraction(2, 5)]
    assert instrument.form_for("sms").longer == "full"
    assert [instrument.form_for(channel).id for channel in ("tablet", "kiosk", "web")] == [
        *("household", "kiosk", "full"),
    ]


def test_sipas_22_has_a_short_form_by_sms_and_the_long_one_on_request() -> None:
    instrument = _shipped("sipas-22")
    short = instrument.form_for("sms")
    assert (len(short.steps), short.longer) == (6, "full")
    assert sum(instrument.probabilities(short).values()) == 6


def test_the_client_survey_has_nine_dimensions_that_may_not_apply() -> None:
    instrument = _shipped("csm")
    rated = [item for item in instrument.items() if instrument.is_rated(item)]
    assert len(rated) == 9
    assert all(item.not_applicable for item in rated)


def test_the_one_stop_assessment_is_marked_as_to_be_checked() -> None:
    note = _shipped("one-stop-9").note
    assert note is not None
    assert "To be checked" in note["en"]


def test_an_unknown_name_ships_nothing() -> None:
    assert find_shipped("../pyproject") is None
    assert find_shipped("nothing") is None
