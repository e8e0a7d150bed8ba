"""Names after titles and e-mail addresses are masked; everything else stays as it was written."""

import unicodedata

import pytest

from sipas.report.comments.masking import mask


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Cảm ơn chị Nguyễn Thị Hoa đã giúp", "Cảm ơn chị [tên] đã giúp"),
        ("anh Nam rất nhiệt tình, chị Lan cũng vậy", "anh [tên] rất nhiệt tình, chị [tên] cũng vậy"),
        ("Bà Trần Thị Bích Ngọc Anh ở bàn 3", "Bà [tên] Anh ở bàn 3"),
        ("Chi Hoa lam viec cham", "Chi [tên] lam viec cham"),
        ("gặp anh  Tuấn.\nRồi về", "gặp anh  [tên].\nRồi về"),
        ("CÁN BỘ ANH NAM RẤT TỐT", "CÁN BỘ ANH [tên] RẤT TỐT"),
        ("Viết cho hoa.nguyen@example.vn nhé", "Viết cho [địa chỉ thư điện tử] nhé"),
        ("Mr. Smith was kind", "Mr. [tên] was kind"),
    ],
)
def test_what_may_name_a_person_is_masked(written: str, shown: str) -> None:
    assert mask(written, "vi") == shown


@pytest.mark.parametrize(
    "written",
    [
        "Ông/Bà nên có thêm ghế 🙂",
        "Ông Bà chờ lâu",
        "anh chị cán bộ nhiệt tình",
        "Chờ ba tiếng; em rất mệt",
        "<b>Phường Hoàn Kiếm</b> phục vụ tốt",
        "Quy trình 3 bước @ quầy 2",
        "",
    ],
)
def test_other_words_stay(written: str) -> None:
    assert mask(written, "vi") == written


def test_letters_with_combining_marks_are_read_alike() -> None:
    composed = unicodedata.normalize("NFC", "Cảm ơn chị Thuỷ")
    assert mask(composed, "vi") == "Cảm ơn chị [tên]"
