import pytest

from sipas.charts.dots import Dot
from sipas.charts.heat import DARKEST, LIGHTEST, Heat, HeatRow
from sipas.charts.heatmap import heatmap
from sipas.charts.style import INK
from tests.charts.seen import LONG_NAME, caption, require_room, texts, titles

HEADS = ("Tiếp cận dịch vụ", "Thủ tục hành chính", "Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị")
GOOD = Dot("Xã Ô Diên · Tiếp cận dịch vụ", 0.924, 0.91, 0.936, 500)
FAIR = Dot("Xã Ô Diên · Thủ tục hành chính", 0.71, 0.69, 0.73, 500)
THIN = Dot("Xã Ô Diên · Góp ý", 1.0, 0.4, 1.0, 5, reliable=False, why="quá ít phiếu")
NONE = Dot("", None, None, None, 0, reliable=False)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_cell_prints_its_figure_and_its_interval() -> None:
    found = texts(heatmap(HEADS[:2], [HeatRow("Xã Ô Diên", (GOOD, FAIR), 500)], caption()))
    assert {"92,4 (91,0–93,6)", "71,0 (69,0–73,0)", "500"} <= set(found)
    crowded = texts(heatmap(HEADS * 2, [HeatRow(LONG_NAME, (GOOD, FAIR, NONE) * 2, 500)], caption()))
    assert {"92,4", "91,0–93,6", "–"} <= set(crowded)


def test_what_is_unreliable_is_white_and_says_why() -> None:
    chart = heatmap(HEADS[:1], [HeatRow("Xã Ô Diên", (THIN,), 5)], caption())
    assert "Xã Ô Diên · Góp ý: 100,0 (40,0–100,0), n = 5. quá ít phiếu" in titles(chart)
    assert any("Ô trắng" in note for note in chart.notes)


def test_shades_darken_step_by_step_and_ink_stays_legible_on_all() -> None:
    heat = Heat(HEADS[:2], (HeatRow("a", (GOOD, FAIR), 500),), "vi")
    light = [luminance(shade) for shade in heat.shades]
    assert light == sorted(light, reverse=True)
    assert (heat.shades[0], heat.shades[-1]) == (LIGHTEST, DARKEST)
    assert min((value + 0.05) / (luminance(INK) + 0.05) for value in light) >= 7
    assert heat.shade(0.924) == DARKEST
    assert heat.shade(0.0) == LIGHTEST


@pytest.mark.parametrize("columns", [1, 5, 8])
def test_there_is_room_for_everything(columns: int) -> None:
    whole = Dot("", 1.0, 0.999, 1.0, 123_456)
    cells = (whole, GOOD, FAIR, THIN, NONE, GOOD, FAIR, THIN)[:columns]
    rows = [HeatRow(f"{LONG_NAME} {i}", cells, 123_456) for i in range(20)]
    require_room(heatmap((HEADS * 3)[:columns], [*rows, HeatRow("Xã A", cells, 1)], caption("en")))


def test_nothing_at_all_is_said_to_be_nothing() -> None:
    assert "There are no responses to draw yet." in texts(heatmap(HEADS, [], caption("en")))
