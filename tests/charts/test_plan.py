from xml.etree import ElementTree

import pytest

from sipas.charts.picture import picture
from sipas.charts.plan import PlanChart, PlanDot
from sipas.charts.style import PAGE, text_width

SVG = "{http://www.w3.org/2000/svg}"
POINTS_A_MM = 72 / 25.4
LONG_NAME = "Chi nhánh số 12 – Trung tâm Phục vụ hành chính công thành phố Hà Nội"

BA_DINH = PlanDot("Phường Ba Đình", 0.0499, 344, 1147)
MINH_CHAU = PlanDot("Xã Minh Châu", 0.442, 4, 12, reached=False)
O_DIEN = PlanDot("Xã Ô Diên", None, 0, 0)


def plan(*dots: PlanDot, asked: float | None = 0.05) -> PlanChart:
    return PlanChart("Cần hỏi bao nhiêu người", "autumn", dots, "vi", asked, ("Ghi chú",))


def texts(chart: PlanChart) -> list[str]:
    root = ElementTree.fromstring(picture(chart, "svg"))
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_each_unit_has_its_margin_responses_and_invitations() -> None:
    found = texts(plan(BA_DINH, O_DIEN))
    for said in ("Phường Ba Đình", "±5,0", "344", "1.147", "Yêu cầu ±5", "Ghi chú", "–"):
        assert said in found


def test_without_a_margin_asked_for_there_is_no_line_for_it() -> None:
    assert not any(text.startswith("Yêu cầu") for text in texts(plan(BA_DINH, asked=None)))


def test_a_margin_far_beyond_the_one_asked_for_does_not_crush_the_others() -> None:
    """It stands at the edge of a scale that ends with the others, its number beside it."""
    found = texts(plan(BA_DINH, MINH_CHAU))
    assert "±44,2" in found
    assert "40" not in found


def test_what_cannot_be_reached_is_said_under_the_pointer() -> None:
    svg = picture(plan(MINH_CHAU), "svg").decode()
    assert "<title>Xã Minh Châu: ±44,2, số phiếu cần 4, số lời mời 12. Chấm rỗng: dù mời tất cả" in svg


@pytest.mark.parametrize("asked", [0.05, 0.01, None])
def test_nothing_reaches_beyond_the_page(asked: float | None) -> None:
    many = [PlanDot(f"{LONG_NAME} {i}", 0.01 + i / 400, 123_456, 1_234_567) for i in range(60)]
    root = ElementTree.fromstring(picture(plan(*many, O_DIEN, asked=asked), "svg"))
    width, height = (float(part) for part in root.attrib["viewBox"].split()[2:])
    assert width == pytest.approx(PAGE * POINTS_A_MM, abs=0.01)
    for element in root.iter(f"{SVG}text"):
        size = float(element.attrib["font-size"].removesuffix("px"))
        weight = "bold" if element.attrib.get("font-weight") == "700" else "normal"
        wide = text_width(element.text or "", size, weight) * POINTS_A_MM
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.attrib["text-anchor"]]
        left = float(element.attrib["x"]) - share * wide
        assert left >= 0
        assert left + wide <= width
        assert 0 < float(element.attrib["y"]) < height


def test_an_empty_plan_is_a_picture_all_the_same() -> None:
    assert picture(plan(), "svg").startswith(b"<svg ")
