import pytest

from sipas.charts.numbers import choose_language, count, figure, interval, signed_figure, with_unit
from sipas.errors import InputError


def test_vietnamese_numbers_have_a_decimal_comma_and_dots_between_thousands() -> None:
    assert figure(0.8651, "share", "vi") == "86,5"
    assert with_unit(0.8651, "share", "vi") == "86,5%"
    assert interval(0.859, 0.871, "share", "vi") == "85,9–87,1"
    assert count(1234567, "vi") == "1.234.567"
    assert figure(4.126, "mean", "vi") == "4,13"


def test_english_numbers_have_a_decimal_point_and_commas() -> None:
    assert with_unit(0.8651, "share", "en") == "86.5%"
    assert interval(0.859, 1.0, "share", "en") == "85.9–100.0"
    assert count(20017, "en") == "20,017"
    assert with_unit(4.126, "mean", "en") == "4.13"


def test_a_short_figure_has_no_zeros_at_its_end() -> None:
    assert with_unit(0.85, "share", "vi", short=True) == "85%"
    assert figure(0.0, "share", "en", short=True) == "0"
    assert figure(1.0, "share", "en", short=True) == "100"
    assert figure(3.5, "mean", "en", short=True) == "3.5"


def test_what_cannot_be_estimated_is_an_en_dash() -> None:
    assert figure(None, "share", "vi") == with_unit(None, "share", "vi") == "–"
    assert interval(None, None, "share", "vi") == "–"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="lang: 'fr' is not one of vi, en"):
        choose_language("fr")


def test_a_difference_has_its_sign_and_nought_has_none() -> None:
    assert signed_figure(0.034, "share", "vi") == "+3,4"
    assert signed_figure(-0.012, "share", "en") == "\N{MINUS SIGN}1.2"
    assert signed_figure(0.0, "share", "vi", short=True) == "0"
    assert signed_figure(-0.0001, "share", "vi") == "0,0"
    assert signed_figure(None, "mean", "vi") == "–"
