from pathlib import Path

import pytest

from tests.cli.conftest import Sipas
from tests.cli.test_estimate import ANSWERS, FRAME


@pytest.mark.parametrize(("name", "begins"), [("a.svg", b"<svg "), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")])
def test_a_league_is_drawn_as_the_file_is_called(
    sipas: Sipas, tmp_path: Path, name: str, begins: bytes
) -> None:
    outcome = sipas("chart", "league", *ANSWERS, *FRAME, "-o", tmp_path / name)
    assert (outcome.exit_code, outcome.out, outcome.err) == (0, "", "")
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_chart_speaks_the_language_asked_for(sipas: Sipas, tmp_path: Path) -> None:
    for language, title in (("vi", "Mức độ hài lòng theo đơn vị"), ("en", "Satisfaction by unit")):
        sipas("chart", "league", *ANSWERS, *FRAME, "--lang", language, "-o", tmp_path / "a.svg")
        svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
        assert title in svg
        assert "U07" in svg


def test_channels_are_drawn_side_by_side(sipas: Sipas, tmp_path: Path) -> None:
    outcome = sipas("chart", "channels", *ANSWERS, *FRAME, "-o", tmp_path / "a.svg")
    assert outcome.exit_code == 0
    assert "postal" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_plan_is_drawn_from_a_frame_alone(sipas: Sipas, tmp_path: Path) -> None:
    outcome = sipas("chart", "plan", *FRAME, "--response-rate", 0.3, "-o", tmp_path / "a.svg")
    assert (outcome.exit_code, outcome.out, outcome.err) == (0, "", "")
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for said in ("Cần hỏi bao nhiêu người, theo đơn vị", "Yêu cầu ±5", "±5,0", "U07"):
        assert said in svg


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pie", *ANSWERS, "-o", "a.svg"), "there is no chart 'pie'; there are league, channels, plan"),
        (("plan", *FRAME, "--margin", "5", "-o", "a.svg"), "margin: '5' must be above 0 and below 1"),
        (("league", *ANSWERS, "-o", "a.docx"), "a chart is a file that ends in .svg, .png or .pdf"),
        (("league", *ANSWERS, "--lang", "fr", "-o", "a.svg"), "lang: 'fr' is none of vi, en"),
        (("league", *ANSWERS, "--measure", "items", "-o", "a.svg"), "measure: a league chart shows one"),
        (("league", *ANSWERS, "--by", "unit", "--by", "city", "-o", "a.svg"), "give `by` once"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(
    sipas: Sipas, arguments: tuple[object, ...], message: str
) -> None:
    outcome = sipas("chart", *arguments)
    assert outcome.exit_code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
