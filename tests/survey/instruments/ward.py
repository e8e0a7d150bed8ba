"""A small questionnaire with every kind of item, a tree of sections and drawn sections."""

from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument

WARD = """
id = "ward"
version = 1
languages = ["vi"]
title = { vi = "Phiếu khảo sát" }
[scale]
points = [1, 2, 3, 4, 5]
satisfied = 4
labels.vi = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"]
[scales.interest]
points = [1, 2, 3, 4]
satisfied = 3
labels.vi = ["Không quan tâm", "Ít quan tâm", "Quan tâm", "Rất quan tâm"]
[[sections]]
id = "person"
title = { vi = "Về Ông/Bà" }
about_person = true
items = [{ id = "sex", kind = "choice", required = true, text = { vi = "Giới tính?" }, options = [
  { code = "M", text = { vi = "Nam" } }, { code = "F", text = { vi = "Nữ" } }] }]
[[sections]]
id = "policy"
title = { vi = "Chính sách" }
items = [
  { id = "interest1", scale = "interest", text = { vi = "Quan tâm đến y tế?" } },
  { id = "channels", kind = "choices", text = { vi = "Qua kênh nào?" }, options = [
    { code = "tv", text = { vi = "Truyền hình" } }, { code = "web", text = { vi = "Mạng" } },
    { code = "other", text = { vi = "Khác" }, other = true }] },
  { id = "paid", kind = "choice", text = { vi = "Có trả thêm tiền?" }, options = [
    { code = "no", text = { vi = "Không" } }, { code = "once", text = { vi = "Một lần" } },
    { code = "often", text = { vi = "Nhiều lần" } }] },
  { id = "times", kind = "number", maximum = 99, text = { vi = "Mấy?" }, when = { item = "paid", values = [
    "once", "often"] } },
  { id = "used", kind = "yes-no", required = true, text = { vi = "Có làm thủ tục?" } },
]
[[sections]]
id = "rated"
title = { vi = "Mức độ hài lòng" }
[[sections]]
id = "access"
parent = "rated"
title = { vi = "Tiếp cận" }
items = [
  { id = "seats", required = true, text = { vi = "Chỗ ngồi?" } },
  { id = "signs", required = true, not_applicable = true, text = { vi = "Biển chỉ dẫn?" } },
]
[[sections]]
id = "results"
parent = "rated"
title = { vi = "Kết quả" }
items = [{ id = "correct", required = true, text = { vi = "Chính xác?" } }]
[[sections]]
id = "end"
title = { vi = "Ý kiến" }
items = [{ id = "opinion", kind = "text", text = { vi = "Ý kiến khác?" } }]
[[indices]]
id = "tree"
kind = "tree"
section = "rated"
weights = { rated = { access = 0.25, results = 0.75 } }
pooled = ["access"]
[[forms]]
id = "full"
channels = ["tablet", "kiosk"]
steps = [{ ask = "person" }, { ask = "policy" }, { ask = "rated" }, { ask = "end" }]
[[forms]]
id = "short"
channels = ["sms"]
steps = [{ ask = "used" }, { ask = "rated", draw_sections = 1 }]
"""


def ward() -> Instrument:
    return read_instrument(WARD, "ward.toml")
