"""The notes beside figures in the reader's language."""

import re
from collections.abc import Iterable
from functools import cache

from sipas.charts.numbers import Language
from sipas.charts.words import FEWEST, NOT_SHOWN
from sipas.report.indices import SELF_SELECTED
from sipas.report.plan_table import NO_TRANSACTIONS, TOO_FEW
from sipas.report.ranks import ALONE, UNRANKED
from sipas.report.releasing import HIDDEN, KEPT, NOT_WEIGHTED, UNWEIGHTED
from sipas.report.small_areas import MODEL_BASED, SYNTHETIC
from sipas.report.targets import AT_TARGET, BEYOND
from sipas.stats import notes

# Why a figure is not there, or is not reliable.
REASONS: dict[str, tuple[str, str]] = {
    NOT_SHOWN: (f"dưới {FEWEST} phiếu", f"fewer than {FEWEST} responses"),
    notes.NO_RESPONSE: ("chưa có phiếu nào", "no response yet"),
    notes.LEFT_OUT: (
        "phiếu thiếu thông tin nên chưa được tính",
        "responses that state too little to be counted",
    ),
    notes.NOT_ANSWERED: ("không ai trả lời câu hỏi này", "nobody answered this question"),
    notes.FACTOR_NOT_ANSWERED: (
        "không có ước lượng: có một yếu tố không ai trả lời",
        "no estimate: nobody answered any question of one factor",
    ),
    notes.NEGATIVE_WEIGHTS: (
        "không có ước lượng: ở đây quyền số âm; hãy đặt giới hạn hoặc chọn cách hiệu chỉnh khác",
        "no estimate: negative weights give none here; give bounds, or weigh in another way",
    ),
    notes.NO_FREEDOM: (
        "không có khoảng tin cậy: số phiếu chỉ bằng số tầng",
        "no interval: as many strata as responses",
    ),
    notes.NO_VARIANCE: (
        "không có khoảng tin cậy: mọi người trả lời như nhau",
        "no interval: all respondents agree",
    ),
    notes.FEW: (
        "dưới 30 phiếu, hoặc cỡ mẫu hiệu dụng dưới 30",
        "fewer than 30 responses, or an effective sample size below 30",
    ),
    notes.WIDE: ("khoảng tin cậy quá rộng", "the interval is too wide"),
}

# What else there is to say.
REMARKS: dict[str, tuple[str, str]] = {
    notes.UNPLACED: (
        "phiếu không rõ thuộc tầng nào nên không được tính: {count}",
        "responses left out, as their stratum is not known: {count}",
    ),
    notes.BETA_INSTEAD: (
        "khoảng Korn–Graubard tính trên số phiếu, vì phương sai bằng 0",
        "Korn–Graubard interval on the responses, as the variance is 0",
    ),
    notes.POPULATION_ESTIMATED: (
        "số hồ sơ là ước tính: một nhóm tầng đã gộp nằm ở đây một phần",
        "the number of transactions is estimated: a pool of strata lies here in part",
    ),
    notes.LONELY: ("số tầng chỉ có một phiếu: {count}", "strata with one response: {count}"),
    notes.BY_NEWTON: (
        "phép lặp theo tỷ lệ chưa hội tụ sau 100 vòng; quyền số được tìm bằng phương pháp Newton",
        "proportional fitting had not converged after 100 rounds; Newton's method found its weights",
    ),
    notes.NOT_ALL_ANSWERED: (
        "mọi hồ sơ đều có phiếu nhưng không phải ai cũng trả lời: ý kiến của người không trả lời chưa biết",
        "all transactions responded, but not all answered this: what the silent think is uncertain",
    ),
    notes.REVIEW_FREEDOM: ("cần xem lại: dưới 8 bậc tự do", "to review: fewer than 8 degrees of freedom"),
    notes.REVIEW_EXTREME: (
        "cần xem lại: không ai hài lòng, hoặc tất cả đều hài lòng",
        "to review: nobody or everybody satisfied",
    ),
    notes.DISSATISFIED_UNRELIABLE: (
        "tỷ lệ không hài lòng chưa đủ tin cậy",
        "the dissatisfied share is unreliable",
    ),
    notes.FROM_BOTH_INTERVALS: (
        "khoảng và p tính từ hai khoảng tin cậy (MOVER)",
        "interval and p come from the two intervals (MOVER)",
    ),
    notes.SAME_RESPONSES: (
        "không so sánh: hai bên là cùng những phiếu",
        "no comparison: both are the same responses",
    ),
    notes.UNRELIABLE_SIDE: ("một trong hai bên chưa đủ tin cậy", "one of the two is unreliable"),
    notes.NOTHING_TO_COMPARE: (
        "không so sánh: một trong hai bên không có ước lượng",
        "no comparison: one of the two has no estimate",
    ),
    notes.SHARES_UNKNOWN: (
        "không có ước lượng: không rõ phần nào của đơn vị cũ chuyển về đây",
        "no estimate: which part of an old unit came here is not known",
    ),
    notes.PARTLY_MAPPED: (
        "không gồm các đơn vị cũ không có ước lượng",
        "old units without an estimate are left out",
    ),
    notes.FORMS_DIFFER: (
        "không so sánh: các mẫu phiếu hỏi những câu này với tỷ lệ người khác nhau; hãy so sánh một câu hỏi",
        "no comparison: forms ask these questions of different parts of respondents; compare one question",
    ),
    notes.NO_STRATUM_SHARED: (
        "không so sánh: hai bên không có tầng nào chung",
        "no comparison: the two share no stratum",
    ),
    SELF_SELECTED: (
        "khoảng tin cậy chưa tính đến sai lệch do người dân tự chọn trả lời",
        "self-selected: the interval leaves that bias out",
    ),
    UNRANKED: (
        "không xếp hạng: không có khoảng tin cậy, chưa đủ tin cậy, hoặc cỡ mẫu hiệu dụng dưới 30",
        "not ranked: no interval, unreliable, or an effective sample size below 30",
    ),
    ALONE: (
        "không xếp hạng: không có đối tượng nào khác để xếp cùng",
        "not ranked: there is no other to be ranked with",
    ),
    AT_TARGET: (
        "bao nhiêu phiếu cũng chưa thể kết luận: ước lượng đúng bằng mục tiêu",
        "no number of responses would tell: the estimate is the target itself",
    ),
    BEYOND: (
        "số phiếu cần thêm nhiều hơn số hồ sơ đã có",
        "more responses are needed than there were transactions",
    ),
    MODEL_BASED: ("ước lượng theo mô hình", "model-based"),
    SYNTHETIC: (
        "ước lượng hoàn toàn theo mô hình: các nơi khác nhau không quá mức ngẫu nhiên",
        "all taken from the model: areas differ by no more than chance",
    ),
    HIDDEN: (
        "không nêu: quá ít phiếu, hoặc để không làm lộ một số liệu như vậy",
        "not shown: too few answers, or it would give such a figure away",
    ),
    UNWEIGHTED: (
        "không gia quyền, không phân tầng: nếu không thì sẽ làm lộ số liệu không nêu",
        "unweighted, without strata: these would tell of what is not shown",
    ),
    KEPT: (
        "theo lần công bố {number}: từ đó có thêm quá ít phiếu, hoặc để không làm lộ một số liệu như vậy",
        "as of release {number}: too few answers since, or it would give such a figure away",
    ),
    NOT_WEIGHTED: (
        "không nêu tỷ lệ: quyền số bỏ ra hơn một phần mười số phiếu",
        "no share: the weights leave out more than a tenth of the answers",
    ),
    NO_TRANSACTIONS: ("không có hồ sơ đã hoàn thành", "no completed transactions"),
    TOO_FEW: (
        "dù mời tất cả, sai số dự kiến vẫn rộng hơn yêu cầu",
        "even inviting everybody is expected to leave a wider margin",
    ),
}


def said(given: Iterable[str], language: Language) -> str:
    """These notes, those that have words."""
    return "; ".join(filter(None, (in_words(note, language) for note in given)))


def reasons(given: Iterable[str], language: Language) -> str:
    """Those alone that say why a figure is not there or not reliable; the first where it is not shown."""
    found = [note for note in given if note in REASONS]
    return said([NOT_SHOWN] if NOT_SHOWN in found else found, language)


def in_words(note: str, language: Language) -> str | None:
    for template, words in (REASONS | REMARKS).items():
        match = pattern(template).fullmatch(note)
        if match:
            return words[0 if language == "vi" else 1].format(**match.groupdict())
    return None


@cache
def pattern(template: str) -> re.Pattern[str]:
    """Of a note whose numbers are to be read from it."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[\\d.,]+)", re.escape(template)))
