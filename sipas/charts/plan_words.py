"""What the chart of a plan says, in each language."""

from dataclasses import dataclass

from sipas.charts.numbers import Language


@dataclass(frozen=True)
class PlanWords:
    title: str
    whole: str
    axis: str
    margin: str
    responses: str
    invitations: str
    asked: str
    dot: str
    hollow: str
    none: str
    source: str
    allocations: dict[str, str]


PLAN_WORDS: dict[Language, PlanWords] = {
    "vi": PlanWords(
        title="Cần hỏi bao nhiêu người, theo {by}",
        whole="Cần hỏi bao nhiêu người",
        axis="Sai số dự kiến, ± điểm phần trăm",
        margin="Sai số",
        responses="Số phiếu cần",
        invitations="Số lời mời",
        asked="Yêu cầu ±{margin}",
        dot="Chấm là sai số dự kiến ở độ tin cậy {level}, nếu người trả lời đại diện cho tầng của họ.",
        hollow="Chấm rỗng: dù mời tất cả vẫn dự kiến chưa đạt sai số yêu cầu.",
        none="Dấu – : không có hồ sơ đã hoàn thành.",
        source=(
            "{software} · phân bổ: {allocation} · tỷ lệ trả lời dự kiến {rate} · hệ số thiết kế {deff}"
            " · N = {population}, số phiếu cần = {responses}, số lời mời = {invitations}"
        ),
        allocations={"equal": "đều", "proportional": "theo tỷ lệ", "neyman": "Neyman"},
    ),
    "en": PlanWords(
        title="How many to ask, by {by}",
        whole="How many to ask",
        axis="Expected margin of error, ± percentage points",
        margin="Margin",
        responses="Responses",
        invitations="Invitations",
        asked="Asked for ±{margin}",
        dot="Dots: margins to expect at {level} confidence, if those who answer stand for their stratum.",
        hollow="Hollow dot: even inviting everybody is expected to leave a wider margin than asked for.",
        none="An en dash: no completed transactions.",
        source=(
            "{software} · allocation: {allocation} · expected response rate {rate} · design effect {deff}"
            " · N = {population}, responses = {responses}, invitations = {invitations}"
        ),
        allocations={"equal": "equal", "proportional": "proportional", "neyman": "Neyman"},
    ),
}
