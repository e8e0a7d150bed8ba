from unicodedata import normalize

import pytest

from sipas.survey.messaging.opt_out_words import asks_to_stop


@pytest.mark.parametrize(
    "said",
    [
        "TC", "tc", " tc ạ", "T.C", "T/C", "t-c", "T C", "T.C. ạ", "(TC)", "ＴＣ",
        "T\N{ZERO WIDTH SPACE}C", "Soạn TC",
        "Xin TC", "TC nhé", "Từ chối", "TU CHOI", "tu choi a", "Tôi từ chối nhận tin nhắn",
        "Em xin từ chối",
        "Cho tôi từ chối", "Tôi muốn từ chối khảo sát", "STOP", "stop.", "Stop please",
        "please stop", "S.T.O.P",
        "QUIT", "tuchoi", "HUY KS", "huy di", "Tôi không muốn tham gia",
        "quit!", "Unsubscribe", "opt out", "OPT-OUT", "HUY", "Hủy", "Huỷ đăng ký",
        "HUY DK", "hủy nhận tin",
        "Dừng", "DUNG", "Dừng lại", "Ngừng gửi", "Ngưng nhắn tin", "Đừng gửi nữa",
        "Đừng nhắn tin cho tôi",
        "dung gui nua", "Không nhận tin nữa", "Tôi không muốn nhận tin nhắn", "Xin đừng làm phiền",
    ],
)  # fmt: skip
def test_who_asks_to_be_left_alone_is_heard(said: str) -> None:
    assert asks_to_stop(said)
    assert asks_to_stop(normalize("NFD", said))


@pytest.mark.parametrize(
    "said",
    [
        "Đúng rồi ạ", "Dung roi a", "đúng", "Dùng tốt", "dùng", "Dung tot",
        "Đừng lo, tôi hài lòng", "Dung lo",
        "đừng", "Khong stop dau", "Huy cảm ơn", "Huy đây ạ", "Bị từ chối hồ sơ",
        "Cán bộ từ chối nhận hồ sơ", "Cô từ chối nhận hồ sơ",
        "Tôi không từ chối", "Tôi bị từ chối", "Tôi không nhận được hồ sơ",
        "Tôi chưa nhận kết quả", "Đụng xe",
        "Tốt", "Rất hài lòng", "Cảm ơn", "5", "", "...", "Thank you, the end", "Tôi chờ", "Không",
        "Có",
        "Thủ tục chậm", "Nhận tin rồi",
    ],
)  # fmt: skip
def test_other_replies_are_no_opt_outs(said: str) -> None:
    assert not asks_to_stop(said)
    assert not asks_to_stop(normalize("NFD", said))
