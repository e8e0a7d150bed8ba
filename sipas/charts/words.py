"""What charts and the pages around them say of figures, in each language."""

from dataclasses import dataclass

from sipas.charts.numbers import Language
from sipas.messages import text
from sipas.stats import notes

Levels = dict[str, dict[str, str]]

FEWEST = 5  # answers that a figure must stand on to be shown
NOT_SHOWN = f"not shown: fewer than {FEWEST} responses"


@dataclass(frozen=True)
class Words:
    answers: str
    estimate: str
    share_axis: str
    mean_axis: str
    target: str
    title: str
    unordered: str
    without_figure: str
    interval_note: str
    no_rank: str
    hollow: str
    no_estimate: str
    self_selected: str
    provisional: str
    compare: str
    source: str
    weights: dict[str, str]
    channels: dict[str, str]
    columns: dict[str, str]
    levels: Levels
    missing: str
    indices: dict[str, str]
    reasons: dict[str, str]

    def column(self, name: str) -> str:
        return self.columns.get(name, name)

    def unstated(self, column: str) -> str:
        return self.missing.format(column=self.column(column))


VIETNAMESE = Words(
    answers="Số phiếu",
    estimate="Ước lượng (khoảng)",
    share_axis="Tỷ lệ hài lòng, %",
    mean_axis="Điểm trung bình trên thang đo",
    target="Mục tiêu {target}",
    title="Mức độ hài lòng theo {by}",
    unordered="Chưa đủ tin cậy để xếp thứ tự",
    without_figure="Không nêu số liệu",
    interval_note="Chấm là ước lượng, vạch ngang là khoảng tin cậy {level}.",
    no_rank="Thứ tự trên biểu đồ không phải là xếp hạng: các khoảng chồng lên nhau có thể đảo thứ tự.",
    hollow="Chấm rỗng: quá ít phiếu để ước lượng đủ tin cậy.",
    no_estimate=f"Dấu – : dưới {FEWEST} phiếu, hoặc không ước lượng được.",
    self_selected=text("vi", "dashboard.self_selected"),
    provisional=text("vi", "dashboard.provisional"),
    compare="Mỗi kênh do những người khác nhau trả lời: nên so sánh, không nên gộp chung mà không nêu rõ.",
    source="{software} · chỉ số: {measure} · quyền số: {weights} · n = {n}",
    weights={
        "post-stratify": "hậu phân tầng",
        "rake": "cân chỉnh theo biên (raking)",
        "linear": "hiệu chỉnh theo biên (tuyến tính)",
        "raking": "hiệu chỉnh theo biên (raking)",
        "logit": "hiệu chỉnh theo biên (logit)",
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
    },
    levels={
        "channel": {
            "kiosk": "Ki-ốt",
            "sms": "Tin nhắn SMS",
            "web": "Mã QR",
            "tablet": "Máy tính bảng",
            "paper": "Phiếu giấy",
        },
        "service_channel": {"counter": "Tại quầy", "online": "Trực tuyến", "post": "Bưu chính công ích"},
        "complete": {"true": "có", "false": "không"},
    },
    missing="Không nêu {column}",
    indices={
        "pooled": "Mọi câu trả lời cho mọi câu hỏi",
        "factors": "Các nhóm câu hỏi, mỗi nhóm theo trọng số đã công bố",
    },
    reasons={
        NOT_SHOWN: f"dưới {FEWEST} phiếu",
        notes.NO_RESPONSE: "chưa có phiếu nào",
        notes.LEFT_OUT: "phiếu thiếu thông tin nên chưa được tính",
        notes.NOT_ANSWERED: "không ai trả lời câu hỏi này",
        notes.FEW: "dưới 30 phiếu, hoặc cỡ mẫu hiệu dụng dưới 30",
        notes.WIDE: "khoảng tin cậy quá rộng",
    },
)

ENGLISH = Words(
    answers="Responses",
    estimate="Estimate (interval)",
    share_axis="Share satisfied, %",
    mean_axis="Mean on the scale",
    target="Target {target}",
    title="Satisfaction by {by}",
    unordered="Not reliable enough to be put in order",
    without_figure="No figure shown",
    interval_note="The dot is the estimate, the line its {level} confidence interval.",
    no_rank="The order is not a ranking: where intervals overlap it may well be the other way round.",
    hollow="Hollow dot: too few answers for a reliable estimate.",
    no_estimate=f"An en dash: fewer than {FEWEST} responses, or cannot be estimated.",
    self_selected=text("en", "dashboard.self_selected"),
    provisional=text("en", "dashboard.provisional"),
    compare="Each channel has its own respondents. Compare channels; do not combine them without saying so.",
    source="{software} · index: {measure} · weights: {weights} · n = {n}",
    weights={
        "post-stratify": "post-stratified",
        "rake": "raked",
        "linear": "calibrated (linear)",
        "raking": "calibrated (raking)",
        "logit": "calibrated (logit)",
        "none": "none",
    },
    channels={"invited": "invited people only", "walk-up": "kiosks and QR codes only"},
    columns={
        "service_channel": "service channel",
        "channel": "answer channel",
        "unit_type": "type of unit",
        "complete": "completed",
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
    },
    missing="No {column} stated",
    indices={
        "pooled": "All answers to all questions",
        "factors": "The factors, each with its published weight",
    },
    reasons={
        NOT_SHOWN: f"fewer than {FEWEST} responses",
        notes.NO_RESPONSE: "no response yet",
        notes.LEFT_OUT: "responses that state too little to be counted",
        notes.NOT_ANSWERED: "nobody answered this question",
        notes.FEW: "fewer than 30 responses, or an effective sample size below 30",
        notes.WIDE: "the interval is too wide",
    },
)

WORDS: dict[Language, Words] = {"vi": VIETNAMESE, "en": ENGLISH}
