from dataclasses import replace

from sipas.charts.channels import channels
from sipas.charts.differences import Comparison
from sipas.charts.dots import Dot, Group
from tests.charts.seen import LONG_NAME, caption, require_room, texts, titles

KIOSK = Dot("Ki-ốt", 0.91, 0.9, 0.92, 900)
SMS = Dot("Tin nhắn SMS", 0.84, 0.8, 0.87, 90)
EACH = Group("Từng kênh", (KIOSK, SMS))
BETTER = Comparison(KIOSK, SMS, 0.07, 0.034, 0.106, "better", reliable=True)
OPEN = Comparison(SMS, KIOSK, -0.07, -0.2, 0.06, "cannot_tell", reliable=False, why="quá ít phiếu")
QR = Dot("Mã QR", None, None, None, 0)
NONE = Comparison(KIOSK, QR, None, None, None, "cannot_tell", False, "không có tầng nào chung")


def test_channels_stand_as_they_were_given_each_with_its_interval() -> None:
    found = texts(channels([EACH], [], False, caption()))
    assert found.index("Ki-ốt") < found.index("Tin nhắn SMS")
    assert "91,0 (90,0–92,0)" in found


def test_a_difference_has_an_interval_with_signs_and_a_finding() -> None:
    chart = channels([EACH], [BETTER, OPEN], True, caption())
    found = texts(chart)
    for said in ("+7,0 (+3,4; +10,6)", "cao hơn", "−7,0 (−20,0; +6,0)", "chưa kết luận được"):
        assert said in found
    assert "so với Tin nhắn SMS" in found
    assert "cùng có phiếu" in " ".join(chart.notes)
    assert "Tin nhắn SMS so với Ki-ốt: −7,0 (−20,0; +6,0), chưa kết luận được. quá ít phiếu" in titles(chart)


def test_why_there_is_no_comparison_is_said_below() -> None:
    assert "Ki-ốt so với Mã QR: không có tầng nào chung." in channels([EACH], [NONE], True, caption()).notes


def test_there_is_room_for_everything() -> None:
    first, second = replace(KIOSK, name=LONG_NAME), replace(SMS, name=f"{LONG_NAME}, Phân hiệu")
    many = [replace(BETTER, first=first, second=second, difference=0.01 * i) for i in range(40)]
    require_room(channels([EACH, Group(LONG_NAME, (KIOSK,))], [*many, OPEN, NONE], True, caption("en")))
