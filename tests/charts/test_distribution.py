import pytest

from sipas.charts.bars import Bar, BarGroup, Bars, point_colours
from sipas.charts.distribution import distribution
from sipas.charts.dots import Dot
from sipas.charts.style import POINTS
from tests.charts.seen import LONG_NAME, caption, require_room, texts, titles

WORDS = ("1 Rất không hài lòng", "2 Không hài lòng", "3 Bình thường", "4 Hài lòng", "5 Rất hài lòng")
RANGES = ((0.025, 0.064), (0.04, 0.09), (0.07, 0.134), (0.257, 0.347), (0.451, 0.549))
BAR = Bar(Dot("Thái độ", 0.8, 0.76, 0.83, 400), (0.04, 0.06, 0.1, 0.3, 0.5), RANGES)
THIN = Bar(Dot("Kết quả", 0.5, 0.1, 0.9, 6, reliable=False, why="quá ít phiếu"), (0.0, 0.5, 0.0, 0.0, 0.5))
NONE = Bar(Dot("Góp ý", None, None, None, 0, reliable=False), None)


def test_a_bar_has_its_points_and_beside_it_who_is_satisfied_with_interval_and_n() -> None:
    chart = distribution([BarGroup("", (BAR, NONE))], WORDS, caption())
    assert {*WORDS, "4", "6", "10", "30", "50", "80,0 (76,0–83,0)", "400", "–"} <= set(texts(chart))
    assert "Thái độ: 5 Rất hài lòng 50,0% (45,1–54,9)" in titles(chart)
    assert any("không đầu nào cách tỷ lệ của nó quá 4,9 điểm phần trăm" in note for note in chart.notes)


def test_bars_stand_around_the_middle_of_the_middle_point() -> None:
    bars = Bars((BarGroup("", (BAR, THIN)),), WORDS, "vi")
    assert bars.around((0.04, 0.06, 0.1, 0.3, 0.5)) == pytest.approx((0.15, 0.85))
    assert bars.around((0.1, 0.2, 0.3, 0.4)) == pytest.approx((0.3, 0.7))
    assert bars.reach == pytest.approx((0.5, 0.85))


def test_the_five_points_have_their_colours_and_other_scales_like_ones() -> None:
    assert tuple(point_colours(5)) == POINTS
    assert point_colours(4) == [POINTS[0], POINTS[1], POINTS[3], POINTS[4]]
    assert point_colours(3) == [POINTS[0], POINTS[2], POINTS[4]]
    assert len(set(point_colours(11))) == 11


def test_what_is_unreliable_is_hollow_and_says_why() -> None:
    chart = distribution([BarGroup("", (THIN,))], WORDS, caption("en"))
    assert any("hollow bar" in note for note in chart.notes)
    assert "Kết quả: 2 Không hài lòng 50.0%. quá ít phiếu" in titles(chart)


def test_there_is_room_for_everything() -> None:
    long = [Bar(Dot(f"{LONG_NAME} {i}", 0.8, 0.76, 0.83, 123_456), BAR.shares, RANGES) for i in range(20)]
    names = tuple(f"{word}, ý kiến của tôi" for word in WORDS)
    require_room(distribution([BarGroup("Nhóm", (BAR, THIN)), BarGroup("", (*long, NONE))], names, caption()))


def test_nothing_at_all_is_said_to_be_nothing() -> None:
    assert "Chưa có phiếu nào để vẽ." in texts(distribution([], WORDS, caption()))
