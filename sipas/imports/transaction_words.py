"""Column names and values that one-stop systems in Vietnam use."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sipas.survey.messaging.texts import without_marks

# The first one in the file counts: codes before names.
_COLUMN_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "transaction_id": ("mã hồ sơ", "mã số hồ sơ", "số hồ sơ", "mã biên nhận", "số biên nhận"),
    "unit": (
        "mã đơn vị", "mã đơn vị xử lý", "mã cơ quan", "đơn vị xử lý", "đơn vị giải quyết",
        "cơ quan giải quyết",
        "đơn vị", "cơ quan",
    ),
    "procedure": (
        "mã tthc", "mã thủ tục", "mã thủ tục hành chính", "thủ tục hành chính", "tên thủ tục",
        "thủ tục", "tthc",
    ),
    "service_channel": (
        "kênh thực hiện", "kênh tiếp nhận", "hình thức nộp", "hình thức tiếp nhận",
        "cách thức nộp", "hình thức",
        "phương thức", "kênh",
    ),
    "completed_at": (
        "ngày kết thúc xử lý", "ngày hoàn thành", "thời gian hoàn thành", "ngày giải quyết",
        "ngày có kết quả",
        "ngày trả kết quả", "ngày trả", "ngày kết thúc",
    ),
    "on_time": ("đúng hạn", "tình trạng hạn", "đúng hạn/trễ hạn", "tiến độ", "kết quả giải quyết",
        "tình trạng"),
    "phone": ("số điện thoại", "điện thoại", "sđt", "số di động", "di động", "điện thoại di động"),
    "language": ("ngôn ngữ",),
    "cancelled": ("đã hủy", "hủy"),
    "changed_at": ("ngày cập nhật", "thời gian cập nhật", "cập nhật lúc"),
}  # fmt: skip
_CHANNELS: Final[dict[str, tuple[str, ...]]] = {
    "counter": ("trực tiếp", "nộp trực tiếp", "tại quầy", "quầy", "một cửa", "bộ phận một cửa",
        "tại bộ phận một cửa"),
    "online": ("trực tuyến", "nộp trực tuyến", "qua mạng", "dịch vụ công trực tuyến", "cổng dịch vụ công"),
    "post": (
        "bưu chính", "bưu điện", "qua bưu chính", "qua bưu điện", "bưu chính công ích",
        "qua bưu chính công ích",
        "dịch vụ bưu chính công ích", "bcci",
    ),
}  # fmt: skip
_ON_TIME: Final = ("đúng hạn", "trước hạn", "sớm hạn", "trong hạn", "đúng và trước hạn", "đúng/trước hạn")
_LATE: Final = ("trễ hạn", "quá hạn", "trễ", "quá hạn giải quyết", "muộn", "chậm", "chậm hạn")
_YES: Final = ("đã hủy", "hủy", "rút hồ sơ")


def word_key(text: str) -> str:
    """Return the text without case, diacritics, blanks and signs: equal for "Mã hồ sơ", "ma_ho_so" and
    "MaHoSo".
    """
    return re.sub(r"[\W_]", "", without_marks(text)).casefold()


def _keyed(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {word_key(word): meaning for meaning, all_ in words.items() for word in all_}


CHANNEL_WORDS: Final = _keyed(_CHANNELS) | {name: name for name in _CHANNELS}
TRUTH_WORDS: Final = {word_key(word): True for word in (*_ON_TIME, *_YES)} | {
    word_key(word): False for word in _LATE
}
LANGUAGE_WORDS: Final = _keyed({"vi": ("tiếng việt", "việt"), "en": ("tiếng anh", "anh")})


def rename_known(header: Sequence[str], renamed: Mapping[str, str], ours: Collection[str]) -> dict[str, str]:
    """Return `renamed`, extended by usual names for our columns that neither it nor the file contains."""
    keys = {word_key(name): name for name in header if name not in renamed.values()}
    found: dict[str, str] = {}
    for column in ours:
        if column not in renamed and column not in header:
            names = [keys[word_key(name)] for name in _COLUMN_NAMES[column] if word_key(name) in keys]
            found |= {column: names[0]} if names else {}
    return dict(renamed) | found
