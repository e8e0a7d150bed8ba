import pytest

from sipas.charts.page import Page
from sipas.charts.picture import picture
from sipas.charts.plan import PlanDot, PlanDots
from tests.charts.seen import LONG_NAME, require_room, texts

BA_DINH = PlanDot("Phường Ba Đình", 0.0499, 344, 1147)
MINH_CHAU = PlanDot("Xã Minh Châu", 0.442, 4, 12, reached=False)
O_DIEN = PlanDot("Xã Ô Diên", None, 0, 0)


def plan(*dots: PlanDot, asked: float | None = 0.05) -> Page:
    return Page("Cần hỏi bao nhiêu người", "autumn", (PlanDots(dots, "vi", asked),), ("Ghi chú",))


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
def test_there_is_room_for_everything(asked: float | None) -> None:
    many = [PlanDot(f"{LONG_NAME} {i}", 0.01 + i / 400, 123_456, 1_234_567) for i in range(60)]
    require_room(plan(*many, O_DIEN, asked=asked))


def test_an_empty_plan_is_a_picture_all_the_same() -> None:
    assert picture(plan(), "svg").startswith(b"<svg ")
