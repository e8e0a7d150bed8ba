"""What charts and the pages around them say of figures, in each language."""

from dataclasses import dataclass

from sipas.charts.numbers import Language
from sipas.messages import text

Levels = dict[str, dict[str, str]]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FEWEST = 5  # answers that a figure must stand on to be shown


@dataclass(frozen=True)
class Words:
    answers: str
    rank: str
    rank_of_all: str
    nothing: str
    estimate: str
    share_axis: str
    mean_axis: str
    target: str
    unordered: str
    without_figure: str
    interval_note: str
    hollow: str
    no_estimate: str
    self_selected: str
    provisional: str
    unplaced: str
    source: str
    weights: dict[str, str]
    channels: dict[str, str]
    columns: dict[str, str]
    levels: Levels
    times: dict[str, tuple[str, ...]]
    missing: str
    indices: dict[str, str]

    def column(self, name: str) -> str:
        """A column that somebody else named is called as they did."""
        return self.columns.get(name) or name.replace("_", " ")

    def unstated(self, column: str) -> str:
        return self.missing.format(column=self.column(column))


VIETNAMESE = Words(
    answers="Số phiếu",
    rank="Hạng (khoảng)",
    rank_of_all="Hạng đúng cho mọi nơi cùng lúc: {low}–{high}",
    nothing="Chưa có phiếu nào để vẽ.",
    estimate="Ước lượng (khoảng)",
    share_axis="Tỷ lệ hài lòng, %",
    mean_axis="Điểm trung bình trên thang đo",
    target="Mục tiêu {target}",
    unordered="Không xếp thứ tự",
    without_figure="Không nêu số liệu",
    interval_note="Chấm là ước lượng, vạch là khoảng tin cậy {level}.",
    hollow="Chấm rỗng: ước lượng chưa đủ tin cậy.",
    no_estimate=f"Dấu – : dưới {FEWEST} phiếu, hoặc không ước lượng được.",
    self_selected=text("vi", "dashboard.self_selected"),
    provisional=text("vi", "dashboard.provisional"),
    unplaced="Chưa tính {unplaced} trong số {responses} phiếu, vì không rõ thuộc tầng nào.",
    source="{software} · chỉ số: {measure} · quyền số: {weights} · n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n}",
    weights={
        "post-stratify": "hậu phân tầng",
        "rake": "cân chỉnh theo biên (raking)",
        "linear": "hiệu chỉnh theo biên (tuyến tính)",
        "raking": "hiệu chỉnh theo biên (raking)",
        "logit": "hiệu chỉnh theo biên (logit)",
        "design": "quyền số thiết kế có sẵn trong dữ liệu",
        "none": "không có",
    },
    channels={"invited": "chỉ người được mời", "walk-up": "chỉ người tự trả lời tại ki-ốt hoặc qua mã QR"},
    columns={
        "unit": "đơn vị",
        "field": "lĩnh vực",
        "procedure": "thủ tục",
        "service_channel": "hình thức nộp hồ sơ",
        "channel": "kênh trả lời",
        "unit_type": "loại đơn vị",
        "form": "mẫu phiếu",
        "complete": "trả lời đến hết",
        "month": "tháng",
        "quarter": "quý",
        "year": "năm",
        "city": "thành phố",
        "district": "quận, huyện",
        "commune": "xã, phường",
        "department": "sở, ngành",
        "branch": "chi nhánh",
        "province": "tỉnh, thành phố",
        "procedure_group": "nhóm thủ tục",
        "round": "kỳ khảo sát",
        "sex": "giới tính",
        "age": "tuổi",
        "age_group": "nhóm tuổi",
    },
    levels={
        "channel": {
            "kiosk": "Ki-ốt",
            "sms": "Tin nhắn SMS",
            "web": "Mã QR",
            "tablet": "Máy tính bảng",
            "paper": "Phiếu giấy",
        },
        "service_channel": {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính công ích"},
        "complete": {"true": "có", "false": "không"},
        "unit_type": {
            "city": "Thành phố",
            "district": "Quận, huyện",
            "commune": "Xã, phường",
            "department": "Sở, ngành",
            "branch": "Chi nhánh",
            "province": "Tỉnh, thành phố",
        },
        "sex": {"F": "Nữ", "M": "Nam"},
    },
    times={
        "month": tuple(f"{month:02}/{{year}}" for month in range(1, 13)),
        "quarter": tuple(f"Quý {quarter}/{{year}}" for quarter in ("I", "II", "III", "IV")),
    },
    missing="Không nêu {column}",
    indices={
        "pooled": "Mọi câu trả lời cho mọi câu hỏi",
        "factors": "Các nhóm câu hỏi, mỗi nhóm theo trọng số đã công bố",
    },
)

ENGLISH = Words(
    answers="Responses",
    rank="Rank (range)",
    rank_of_all="Rank, all ranges holding at once: {low}–{high}",
    nothing="There are no responses to draw yet.",
    estimate="Estimate (interval)",
    share_axis="Share satisfied, %",
    mean_axis="Mean on the scale",
    target="Target {target}",
    unordered="Not put in order",
    without_figure="No figure shown",
    interval_note="The dot is the estimate, the line its {level} confidence interval.",
    hollow="Hollow dot: not a reliable estimate.",
    no_estimate=f"An en dash: fewer than {FEWEST} responses, or cannot be estimated.",
    self_selected=text("en", "dashboard.self_selected"),
    provisional=text("en", "dashboard.provisional"),
    unplaced="Of {responses} responses {unplaced} are not counted, as their stratum is not known.",
    source="{software} · index: {measure} · weights: {weights} · n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n}",
    weights={
        "post-stratify": "post-stratified",
        "rake": "raked",
        "linear": "calibrated (linear)",
        "raking": "calibrated (raking)",
        "logit": "calibrated (logit)",
        "design": "design weights of the data",
        "none": "none",
    },
    channels={"invited": "invited people only", "walk-up": "kiosks and QR codes only"},
    columns={
        "service_channel": "service channel",
        "channel": "answer channel",
        "unit_type": "type of unit",
        "complete": "completed",
        "procedure_group": "group of procedures",
    },
    levels={
        "channel": {
            "kiosk": "Kiosk",
            "sms": "Text message",
            "web": "QR code",
            "tablet": "Tablet",
            "paper": "Paper",
        },
        "service_channel": {"counter": "At the counter", "online": "Online", "post": "By post"},
        "complete": {"true": "yes", "false": "no"},
        "unit_type": {
            "city": "City",
            "district": "District",
            "commune": "Commune",
            "department": "Department",
            "branch": "Branch",
            "province": "Province",
        },
        "sex": {"F": "Women", "M": "Men"},
    },
    times={
        "month": tuple(f"{month} {{year}}" for month in MONTHS),
        "quarter": tuple(f"Q{quarter} {{year}}" for quarter in (1, 2, 3, 4)),
    },
    missing="No {column} stated",
    indices={
        "pooled": "All answers to all questions",
        "factors": "The factors, each with its published weight",
    },
)

WORDS: dict[Language, Words] = {"vi": VIETNAMESE, "en": ENGLISH}
