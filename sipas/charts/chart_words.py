"""What single kinds of charts say, in each language."""

from dataclasses import dataclass

from sipas.charts.numbers import Language


@dataclass(frozen=True)
class ChartWords:
    """titles: by kind of chart."""

    titles: dict[str, str]
    by: str
    ranks: str
    no_rank: str
    estimate: str
    interval: str
    change: str
    each: str
    together: str
    channels: dict[str, str]
    same_mix: str
    own_mix: str
    difference: str
    points: str
    versus: str
    findings: dict[str, str]
    compare: str
    mix: str
    adjusted: str
    shade: str
    hollow_cell: str
    satisfied: str
    bars: str
    reach: str
    hollow_bar: str


VIETNAMESE = ChartWords(
    titles={
        "league": "Mức độ hài lòng",
        "channels": "Mức độ hài lòng",
        "trend": "Mức độ hài lòng qua thời gian",
        "heatmap": "Mức độ hài lòng từng nội dung",
        "distribution": "Phân bố câu trả lời",
    },
    by="{title} theo {by}",
    ranks=(
        "Hạng 1 là cao nhất trong {ranked} nơi được xếp hạng. Trong ngoặc là khoảng chứa hạng của riêng nơi"
        " đó với độ tin cậy {level}; khoảng đúng cho mọi nơi cùng lúc thì rộng hơn."
    ),
    no_rank="Thứ tự trên biểu đồ không phải là xếp hạng: các khoảng chồng lên nhau có thể đảo thứ tự.",
    estimate="Ước lượng",
    interval="Khoảng",
    change="Hai khoảng chồng lên nhau chưa có nghĩa là không thay đổi: mức thay đổi có khoảng tin cậy riêng.",
    each="Từng kênh, mỗi kênh theo cơ cấu hồ sơ chung",
    together="Gộp chung",
    channels={"all": "Mọi phiếu", "invited": "Chỉ người được mời", "walk-up": "Chỉ người tự trả lời"},
    same_mix="So sánh từng đôi, trên cùng cơ cấu hồ sơ",
    own_mix="So sánh từng đôi",
    difference="Chênh lệch (khoảng)",
    points="Chênh lệch, điểm phần trăm",
    versus="so với {name}",
    findings={
        "better": "cao hơn",
        "worse": "thấp hơn",
        "cannot_tell": "chưa kết luận được",
        "better_walk_up_only": "cao hơn, chỉ khi tính cả phiếu tự nguyện",
        "worse_walk_up_only": "thấp hơn, chỉ khi tính cả phiếu tự nguyện",
    },
    compare="Mỗi kênh do những người khác nhau trả lời: nên so sánh, không nên gộp chung mà không nêu rõ.",
    mix="Hai bên của mỗi phép so sánh chỉ gồm các tầng mà cả hai cùng có phiếu, với quyền số như nhau, nên số"
    " liệu khác với phần trên.",
    adjusted=(
        "“Cao hơn”, “thấp hơn”: p hiệu chỉnh theo Holm cho {number} phép so sánh, độ tin cậy {level};"
        " khoảng của từng chênh lệch không hiệu chỉnh."
    ),
    shade="Màu càng đậm, mức hài lòng càng cao. Trong mỗi ô: ước lượng và khoảng tin cậy {level}.",
    hollow_cell="Ô trắng có viền: ước lượng chưa đủ tin cậy.",
    satisfied="Hài lòng, % (khoảng)",
    bars=(
        "Số trong thanh là tỷ lệ phần trăm có quyền số, làm tròn, điểm thấp bên trái, điểm cao bên phải;"
        " đường dọc đi qua giữa thang đo. Cột bên phải: tỷ lệ hài lòng và khoảng tin cậy {level}."
    ),
    reach=(
        "Khoảng tin cậy {level} của từng tỷ lệ hiện ra khi trỏ vào thanh; ở các thanh đặc, không đầu nào"
        " cách tỷ lệ của nó quá {points} điểm phần trăm."
    ),
    hollow_bar="Thanh rỗng: ước lượng chưa đủ tin cậy.",
)

ENGLISH = ChartWords(
    titles={
        "league": "Satisfaction",
        "channels": "Satisfaction",
        "trend": "Satisfaction over time",
        "heatmap": "Satisfaction with each subject",
        "distribution": "How answers are spread",
    },
    by="{title} by {by}",
    ranks=(
        "Rank 1 is the highest of {ranked} that are ranked. In brackets: the range that holds this one's"
        " rank with {level} confidence; ranges that hold for all at once are wider."
    ),
    no_rank="The order is not a ranking: where intervals overlap it may well be the other way round.",
    estimate="Estimate",
    interval="Interval",
    change="Intervals that overlap do not mean that nothing changed: a change has an interval of its own.",
    each="Each channel, weighted to all transactions",
    together="Together",
    channels={
        "all": "All responses",
        "invited": "Invited people only",
        "walk-up": "Kiosks and QR codes only",
    },
    same_mix="Two by two, at the same mix of strata",
    own_mix="Two by two",
    difference="Difference (interval)",
    points="Difference, percentage points",
    versus="compared with {name}",
    findings={
        "better": "higher",
        "worse": "lower",
        "cannot_tell": "cannot tell",
        "better_walk_up_only": "higher with walk-up answers only",
        "worse_walk_up_only": "lower with walk-up answers only",
    },
    compare="Each channel has its own respondents. Compare channels; do not combine them without saying so.",
    mix="Both sides of a comparison are the strata that both answered in, weighted alike: their figures"
    " differ from those above.",
    adjusted=(
        "“Higher” and “lower”: p adjusted for {number} comparisons (Holm), {level} confidence; the interval"
        " of each difference is not adjusted."
    ),
    shade="The darker, the more are satisfied. In each cell: estimate and {level} confidence interval.",
    hollow_cell="A white cell with an edge: not a reliable estimate.",
    satisfied="Satisfied, % (interval)",
    bars=(
        "Numbers in the bars are weighted percentages, rounded, low points left and high ones right; the"
        " upright line runs through the middle of the scale. To the right: the share satisfied and its"
        " {level} confidence interval."
    ),
    reach=(
        "The {level} confidence interval of each share shows under the pointer; in filled bars no end is"
        " more than {points} percentage points from its share."
    ),
    hollow_bar="A hollow bar: not a reliable estimate.",
)

CHART_WORDS: dict[Language, ChartWords] = {"vi": VIETNAMESE, "en": ENGLISH}
