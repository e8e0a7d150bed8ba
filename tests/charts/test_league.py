import re
from dataclasses import replace

import pytest

from sipas.charts import picture as module
from sipas.charts.dots import Dot, Dots, Group, Rank
from sipas.charts.league import league
from sipas.charts.page import TEXT_PT, Page
from sipas.charts.picture import picture
from sipas.charts.rows import NAME_WIDTH_MM
from sipas.charts.style import ChartError, choose_picture_format, text_width, wrap
from sipas.errors import InputError
from tests.charts.seen import LONG_NAME, caption, require_room, texts, titles

BA_DINH = Dot("Phường Ba Đình", 0.82, 0.79, 0.85, 500)
DONG_DA = Dot("Phường Đống Đa", 0.91, 0.88, 0.93, 400)
YEN_BAI = Dot("Xã Yên Bài", 0.99, 0.6, 1.0, 4, reliable=False, why="quá ít phiếu")
O_DIEN = Dot("Xã Ô Diên", None, None, None, 0, reliable=False, why="không có phiếu")


def groups(chart: Page) -> tuple[Group, ...]:
    (dots,) = chart.bodies
    assert isinstance(dots, Dots)
    return dots.groups


def test_units_stand_from_the_highest_down_with_interval_and_n() -> None:
    found = texts(league([BA_DINH, DONG_DA], caption()))
    assert found.index("Phường Đống Đa") < found.index("Phường Ba Đình")
    assert "82,0 (79,0–85,0)" in found
    assert "500" in found
    assert "Mục tiêu 85%" in found


def test_what_is_not_reliable_is_never_put_in_order() -> None:
    found = groups(league([YEN_BAI, O_DIEN, BA_DINH], caption()))
    assert [[dot.name for dot in group.dots] for group in found] == [
        ["Phường Ba Đình"],
        ["Xã Yên Bài"],
        ["Xã Ô Diên"],
    ]


def test_equal_units_stand_in_vietnamese_order() -> None:
    equal = [Dot(name, 0.9, 0.88, 0.92, 100) for name in ("Xã Đan Phượng", "Xã Ba Vì", "Xã Dương Hòa")]
    (group,) = groups(league(equal, caption()))
    assert [dot.name for dot in group.dots] == ["Xã Ba Vì", "Xã Dương Hòa", "Xã Đan Phượng"]


def test_the_footnotes_say_what_the_chart_does_not() -> None:
    notes = " ".join(league([BA_DINH, YEN_BAI, O_DIEN], caption("en")).notes)
    self_selected = "chose to respond"
    for said in ("not a ranking", "Hollow dot", "en dash", self_selected, "Provisional", "95% confidence"):
        assert said in notes
    assert league([BA_DINH], caption("en")).notes[-1].endswith("n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}20,017")


def test_what_makes_a_figure_unreliable_is_said_under_the_pointer() -> None:
    svg = picture(league([YEN_BAI], caption()), "svg").decode()
    assert "<title>Xã Yên Bài: 99,0 (60,0–100,0), n = 4. quá ít phiếu</title>" in svg


def test_there_is_room_for_everything() -> None:
    ranks = [Rank(i + 1, 1, 165, 1, 165) for i in range(165)]
    many = [Dot(f"{LONG_NAME} {i}", 0.9 - i / 400, 0.4, 1.0, 123_456, rank=ranks[i]) for i in range(60)]
    require_room(league([*many, YEN_BAI, O_DIEN], caption()))


def test_a_rank_never_stands_without_its_range() -> None:
    ranked = [replace(BA_DINH, rank=Rank(2, 1, 2, 1, 3)), replace(DONG_DA, rank=Rank(1, 1, 2, 1, 3))]
    chart = league([*ranked, replace(YEN_BAI, reliable=True)], caption("en"))
    assert {"Rank (range)", "1 (1–2)", "2 (1–2)"} <= set(texts(chart))
    assert "Phường Ba Đình: 82.0 (79.0–85.0), n = 500. Rank, all ranges holding at once: 1–3" in titles(chart)
    assert "highest of 2 that are ranked" in " ".join(chart.notes)
    assert [len(group.dots) for group in groups(chart)] == [2, 1]


def test_the_page_grows_with_its_rows() -> None:
    few, many = ([Dot(f"Xã {i}", 0.9, 0.8, 0.95, 100) for i in range(n)] for n in (10, 165))
    added = (
        league(many, caption()).draw().figure.get_figheight()
        - league(few, caption()).draw().figure.get_figheight()
    )
    assert added * 25.4 / 155 == pytest.approx(4.7, abs=0.1)


def test_a_long_name_is_wrapped_at_words_and_a_long_word_is_cut() -> None:
    lines = wrap(LONG_NAME, NAME_WIDTH_MM, TEXT_PT)
    assert " ".join(lines) == LONG_NAME
    assert all(text_width(line, TEXT_PT) <= NAME_WIDTH_MM for line in lines)
    (cut,) = wrap("x" * 200, NAME_WIDTH_MM, TEXT_PT)
    assert cut.endswith("…")
    assert text_width(cut, TEXT_PT) <= NAME_WIDTH_MM


@pytest.mark.parametrize("format_", ["svg", "png", "pdf"])
def test_the_same_chart_is_the_same_bytes(format_: str) -> None:
    chart, chosen = league([BA_DINH, YEN_BAI], caption()), choose_picture_format(format_)
    first = picture(chart, chosen)
    picture.cache_clear()
    assert picture(chart, chosen) == first


def test_a_picture_can_stand_in_a_page_that_forbids_styles_and_scripts() -> None:
    svg = picture(league([BA_DINH], caption()), "svg").decode()
    assert svg.startswith("<svg ")
    assert not re.search(r"style|script|<\?xml|<!DOCTYPE|<metadata", svg)
    assert "system-ui" in svg


def test_a_name_cannot_smuggle_markup_or_mathematics_into_the_picture() -> None:
    svg = picture(league([Dot("<b>$x^2$</b> & co", 0.9, 0.8, 0.95, 50)], caption()), "svg").decode()
    assert "<b>" not in svg
    assert "<b>$x^2$</b> & co" in texts(league([Dot("<b>$x^2$</b> & co", 0.9, 0.8, 0.95, 50)], caption()))


def test_an_empty_league_is_a_picture_all_the_same() -> None:
    assert "Chưa có phiếu nào để vẽ." in texts(league([], caption()))


def test_a_machine_that_cannot_draw_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("font is broken")

    picture.cache_clear()
    monkeypatch.setattr(module, "render", broken)
    with pytest.raises(ChartError, match="font is broken"):
        picture(league([BA_DINH], caption()), "svg")


def test_a_file_that_is_no_picture_is_refused() -> None:
    with pytest.raises(InputError, match=r"ends in \.svg, \.png or \.pdf"):
        choose_picture_format("docx")
