"""Phone numbers are found however they are written, and most other numbers are left alone."""

import pytest

from sipas.survey.intake.personal_numbers import hide_numbers, holds_mail_address, holds_number

PHONES = [
    "0912345678",
    "09 12-345.678",
    "+84(0)912 345 678",
    "0912/345/678",
    "0912_345_678",
    "０９１２３４５６７８",
    "0\u200b9\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8",
    "٠٩١٢٣٤٥٦٧٨",
    "0912\u00ad345\u2060678",
    "0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    "⁰⁹¹²³⁴⁵⁶⁷⁸",
    "0-9-1-2-3-4-5-6-7-8",
    "tel0912345678x",
]


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_is_found_in_an_attribute_and_hidden_in_a_comment(phone: str) -> None:
    assert holds_number(phone)
    comment = hide_numbers(f"Xin gọi {phone} nhé")
    assert not any(character.isdigit() for character in comment)
    assert comment.startswith("Xin gọi ")
    assert comment.endswith(" nhé")


@pytest.mark.parametrize("text", ["25-34", "F", "2026", "Phường Hoàn Kiếm 3", "", "a1b2c3d4e5f6g7h8"])
def test_an_attribute_of_few_digits_is_none(text: str) -> None:
    assert not holds_number(text)


@pytest.mark.parametrize(
    "text", ["Ngày 20/11/2026 tôi chờ 45 phút", "Phí 150.000 đồng", "Quầy 12, 13 và 14", "Tốt lắm 👍", ""]
)
def test_a_comment_keeps_its_other_numbers(text: str) -> None:
    assert hide_numbers(text) == text


def test_what_surrounds_a_number_in_a_comment_stays() -> None:
    assert hide_numbers("a 0912-345-678, b 7") == "a ••••-•••-•••, b 7"


def test_an_address_of_mail_is_found() -> None:
    assert holds_mail_address("an@example.vn")
    assert holds_mail_address("An ＜an＠example．vn＞")
    assert not holds_mail_address("@ nhà, 3 lần")
