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
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "postal" in svg
    assert "so với postal" in svg


@pytest.mark.parametrize("kind", [("league",), ("trend", "--by", "month")])
def test_a_chart_of_files_shows_the_target_given(sipas: Sipas, tmp_path: Path, kind: tuple[str, ...]) -> None:
    options = (*ANSWERS, *FRAME, "--lang", "en", "-o", tmp_path / "a.svg")
    assert sipas("chart", *kind, *options, "--target", "0.725").exit_code == 0
    assert "72.5" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    outcome = sipas("chart", *kind, *options, "--target", "85")
    assert (outcome.exit_code, outcome.err) == (
        2,
        "error: target: 85 is not a share; give one between 0 and 1, such as 0.85\n",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trend", "--by", "month"), "Mức độ hài lòng qua thời gian"),
        (("heatmap",), "Mức độ hài lòng từng nội dung theo đơn vị"),
        (("distribution",), "5 Very satisfied"),
        (("distribution", "--by", "sex", "--measure", "item:f1q1"), "Phân bố câu trả lời theo giới tính"),
    ],
)
def test_every_answer_has_its_chart(
    sipas: Sipas, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    kind, *options = arguments
    outcome = sipas("chart", kind, *ANSWERS, *FRAME, *options, "-o", tmp_path / "a.svg")
    assert (outcome.exit_code, outcome.out, outcome.err) == (0, "", "")
    assert said in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_trend_goes_over_rounds_of_the_database(city: Sipas, tmp_path: Path) -> None:
    opened = city(
        *("round", "open", "--id", "spring", "--instrument", "sipas-22@1", "--from", "2025-01-01"),
        *("--to", "2025-06-30", "--strata", "unit,procedure,service_channel", "--target", "0.9"),
    )
    assert opened.exit_code == 0
    drawn = city(
        *("chart", "trend", "--round", "spring, autumn", "--weights", "none", "--language", "en"),
        *("-o", tmp_path / "a.svg"),
    )
    assert (drawn.exit_code, drawn.err) == (0, "")
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for said in ("spring, autumn", "Target 90%", "Target 85%", "Satisfaction over time"):
        assert said in svg


def test_a_plan_is_drawn_from_a_frame_alone(sipas: Sipas, tmp_path: Path) -> None:
    outcome = sipas("chart", "plan", *FRAME, "--response-rate", 0.3, "-o", tmp_path / "a.svg")
    assert (outcome.exit_code, outcome.out, outcome.err) == (0, "", "")
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for said in ("Cần hỏi bao nhiêu người, theo đơn vị", "Yêu cầu ±5", "±5,0", "U07"):
        assert said in svg


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pie", *ANSWERS, "-o", "a.svg"), "no chart 'pie'; there are league, trend, channels,"),
        (("plan", *FRAME, "--margin", "5", "-o", "a.svg"), "margin: '5' must be above 0 and below 1"),
        (("league", *ANSWERS, "-o", "a.docx"), "a chart is a file that ends in .svg, .png or .pdf"),
        (("league", *ANSWERS, "--lang", "fr", "-o", "a.svg"), "lang: 'fr' is not one of vi, en"),
        (("league", *ANSWERS, "--measure", "items", "-o", "a.svg"), "measure: a league chart shows one"),
        (("league", *ANSWERS, "--by", "unit", "--by", "city", "-o", "a.svg"), "give `by` once"),
        (
            ("trend", *ANSWERS, "--by", "unit", "--round", "a,b", "-o", "a.svg"),
            "--round and --responses are alternatives",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(
    sipas: Sipas, arguments: tuple[object, ...], message: str
) -> None:
    outcome = sipas("chart", *arguments)
    assert outcome.exit_code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_channel_that_makes_strata_is_that_of_the_service(sipas: Sipas, tmp_path: Path) -> None:
    sipas("chart", "league", *ANSWERS, *FRAME, "--by", "channel", "--lang", "en", "-o", tmp_path / "a.svg")
    assert "Satisfaction by service channel" in (tmp_path / "a.svg").read_text(encoding="utf-8")
