"""Small forms as other programs write them."""

import io
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

Sheets = Mapping[str, Sequence[Sequence[object]]]

WARD_FORM: Sheets = {
    "survey": [
        [
            "type",
            "name",
            "label::Tiếng Việt (vi)",
            "label::English (en)",
            "required",
            "relevant",
            "parameters",
        ],
        ["start", "start", "", "", "", "", ""],
        ["begin_group", "person", "Về Ông/Bà", "About you", "", "", ""],
        ["select_one sex", "sex", "Giới tính?", "Sex?", "yes", "", ""],
        ["integer", "years", "Số năm sống tại phường?", "Years in the ward?", "", "", ""],
        ["end_group", "", "", "", "", "", ""],
        ["begin_group", "rated", "Mức độ hài lòng", "Satisfaction", "", "", ""],
        ["select_one hailong", "c1", "Thái độ phục vụ?", "Manner?", "yes", "", ""],
        ["select_one hailong", "c2", "Thời gian?", "Time?", "yes", "", ""],
        ["end_group", "", "", "", "", "", ""],
        [
            "select_multiple kenh or_other",
            "channels",
            "Kênh nào?",
            "Which channels?",
            "",
            "",
            "randomize=true",
        ],
        ["text", "why", "Vì sao?", "Why?", "", "${c1} = '1' or ${c1} = '2'", ""],
        ["text", "tv", "Kênh TV nào?", "Which TV?", "", "selected(${channels}, 'tv')", ""],
    ],
    "choices": [
        ["list_name", "name", "label::Tiếng Việt (vi)", "label::English (en)"],
        ["sex", "M", "Nam", "Male"],
        ["sex", "F", "Nữ", "Female"],
        *(["hailong", n, f"Mức {n} hài lòng", f"Satisfied {n}"] for n in range(1, 6)),
        ["kenh", "tv", "Truyền hình", "TV"],
        ["kenh", "web", "Mạng", "Web"],
    ],
    "settings": [
        ["form_title", "form_id", "version", "default_language"],
        ["Phiếu phường", "phieu-phuong", "3", "Tiếng Việt (vi)"],
    ],
}

WARD_SURVEY = """{
  "title": {"default": "Phiếu phường", "en": "Ward survey"}, "locale": "vi",
  "pages": [
    {"name": "page1", "title": {"default": "Về Ông/Bà", "en": "About you"}, "elements": [
      {"type": "radiogroup", "name": "sex", "title": {"default": "Giới tính?", "en": "Sex?"},
       "isRequired": true, "choices": [{"value": "M", "text": "Nam"}, {"value": "F", "text": "Nữ"}]},
      {"type": "checkbox", "name": "channels", "title": "Kênh nào?", "choices": ["tv", "web"],
       "showOtherItem": true, "choicesOrder": "random"},
      {"type": "boolean", "name": "used", "title": "Có làm thủ tục?"},
      {"type": "text", "name": "times", "title": "Mấy lần?", "inputType": "number", "min": 1, "max": 50,
       "visibleIf": "{used} = true"}]},
    {"name": "page2", "elements": [
      {"type": "rating", "name": "manner", "title": "Thái độ?", "isRequired": true},
      {"type": "rating", "name": "time", "title": "Thời gian?", "rateMax": 5},
      {"type": "matrix", "name": "suitable", "title": "Phù hợp?",
       "columns": [{"value": 1, "text": "Không"}, {"value": 2, "text": "Ít"}, {"value": 3, "text": "Rất"}],
       "rows": [{"value": "online", "text": "Trực tuyến"}, {"value": "post", "text": "Bưu chính"}],
       "isAllRowRequired": true},
      {"type": "comment", "name": "why", "title": "Vì sao?", "visibleIf": "{manner} = 1 or {manner} = 2"}]}
  ]}"""

# Without any rating: choices, yes/no as a list, a number and texts, with odd but legal features.
CLINIC_FORM: Sheets = {
    "survey": [
        ["type", "name", "label::English (en)", "label::Tiếng Việt (vi)", "hint::Tiếng Việt (vi)", "required",
         "relevant", "appearance", "constraint"],
        ["start", "start"],
        ["begin group", "visit", "Your visit", "Lần khám", "", "", "", "field-list"],
        ["note", "welcome", "Thank you for coming.", "Cảm ơn Ông/Bà đã đến."],
        ["select one from came or specify other", "came", "How did you come?", "Ông/Bà đến bằng gì?",
         "Chọn một", "true()", "", "quick"],
        ["select_multiple seen", "seen", "Whom did you see?", "Ông/Bà gặp ai?", "", "no", "",
         "horizontal-compact"],
        ["begin_group", "waiting", "Waiting", "Chờ đợi", "", "", "selected(${seen}, 'doctor')"],
        ["integer", "minutes", "Minutes of waiting?", "Chờ bao nhiêu phút?", "", "yes", "", "",
         ". >= 0 and . <= 600"],
        ["select_one yn", "paid", "Did you pay extra?", "Có trả thêm tiền không?", "", "TRUE", "", "minimal"],
        ["end_group", "waiting"],
        ["end group"],
        ["text", "why", "Why?", "Vì sao?", "", "", "${paid} = 'y' or ( ${paid}=\"n\" )", "multiline"],
        ["end", "end"],
    ],
    "choices": [
        ["list name", "name", "label::English (en)", "label::Tiếng Việt (vi)"],
        ["came", "bus", "By bus", "Xe buýt"],
        ["came", "walk", "On foot", "Đi bộ"],
        [],
        ["seen", "doctor", "A doctor", "Bác sĩ"],
        ["seen", "nurse", "A nurse", "Y tá"],
        ["yn", "y", "Yes", "Có"],
        ["yn", "n", "No", "Không"],
    ],
    "settings": [["form_title", "form_id", "version"], ["Phiếu trạm y tế", "Trạm y tế", "2026"]],
}  # fmt: skip

LIBRARY_SURVEY = """{
  "locale": "vi", "title": {"default": "Thư viện phường", "en": "Ward library"},
  "pages": [
    {"name": "trang 1", "elements": [
      {"type": "panel", "name": "who", "title": {"default": "Người đọc", "en": "Reader"}, "elements": [
        {"type": "dropdown", "name": "age", "isRequired": true,
         "title": {"vi": "Ông/Bà bao nhiêu tuổi?", "en": "How old are you?"},
         "choices": [{"value": "young", "text": {"vi": "Dưới 35", "en": "Under 35"}}, "old"]},
        {"type": "checkbox", "name": "uses", "title": "Ông/Bà dùng gì?", "hasOther": true,
         "otherText": {"default": "Việc khác", "en": "Something else"}, "choices": ["books", "web"]}]}]},
    {"name": "page2", "elements": [
      {"type": "rating", "name": "staff", "title": {"default": "Nhân viên?", "en": "Staff?"},
       "isRequired": true,
       "rateValues": [{"value": 1, "text": "Kém"}, {"value": 2, "text": "Vừa"}, {"value": 3, "text": "Tốt"}]},
      {"type": "matrix", "name": "rooms", "title": "Phòng đọc", "isAllRowRequired": true,
       "visibleIf": "{uses} contains 'books'",
       "columns": [{"value": 1, "text": "Kém"}, {"value": 2, "text": "Vừa"}, {"value": 3, "text": "Tốt"}],
       "rows": [{"value": "light", "text": {"vi": "Ánh sáng", "en": "Light"}}, "noise"]},
      {"type": "boolean", "name": "again", "title": "Ông/Bà có quay lại không?"},
      {"type": "comment", "name": "wish", "title": "Mong muốn?", "visibleIf": "{staff} == 1"}]}
  ]}"""


def workbook(sheets: Sheets) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([*row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
