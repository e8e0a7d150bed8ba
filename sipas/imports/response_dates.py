"""Dates in files of responses: the columns that hold them, and the order of day and month."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import numpy as np

from sipas.imports.transaction_dates import (
    DateEvidence,
    DateOrder,
    DateOrderError,
    date_advice,
    parse_moment,
)
from sipas.imports.transaction_words import word_key
from sipas.tables import AnswerTable

SUBMITTED_AT: Final = "submitted_at"
_DATE_COLUMNS: Final = (SUBMITTED_AT, "started_at")
# Names of the day of answer. The first one in the file counts.
_NAMES: Final = tuple(
    word_key(name)
    for name in (
        "ngày trả lời", "thời gian trả lời", "thời điểm trả lời", "ngày giờ trả lời", "ngày khảo sát",
        "thời gian khảo sát", "thời điểm khảo sát", "ngày phỏng vấn", "thời gian phỏng vấn",
        "ngày điền phiếu",
        "ngày nộp phiếu", "ngày lập phiếu", "ngày thu phiếu", "ngày gửi phiếu", "thời gian gửi", "ngày gửi",
        "ngày đánh giá", "thời gian đánh giá", "ngày thu thập", "ngày thực hiện", "ngày hoàn thành phiếu",
        "dấu thời gian", "dấu mốc thời gian", "thời gian", "ngày", "ngày giờ",
        "timestamp", "submitdate", "date submitted", "submission date", "submission time", "submitted on",
        "response date", "survey date", "answered at", "interview date", "completion time", "completed at",
        "end date", "recorded date", "end time", "end", "date",
    )
)  # fmt: skip


def find_submitted_at(header: Sequence[str], used: Collection[str]) -> dict[str, str]:
    """Return the column with the day of answer by our name, if its name is usual. used: otherwise."""
    if SUBMITTED_AT in header:
        return {}
    keys = {word_key(name): name for name in reversed(header) if name not in used}
    found = next((keys[name] for name in _NAMES if name in keys), None)
    return {} if found is None else {SUBMITTED_AT: found}


def find_date_order(table: AnswerTable) -> DateOrder | None:
    """Return the order of day and month that the file shows; None if no date is ambiguous."""
    texts = [(name, level) for name in _DATE_COLUMNS for level in _levels(table, name)]
    if not any(map(_is_ambiguous, (level for _, level in texts))):
        return None
    evidence = DateEvidence()
    for name, level in texts:
        evidence.add(_first_row(table, name, level), [level])
    return evidence.decide(table.file)


def find_dates(table: AnswerTable, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns in which every cell is a date."""
    return tuple(name for name in names if _levels(table, name) and all(map(_is_date, _levels(table, name))))


def parse_response_moment(text: str, order: DateOrder | None) -> datetime:
    """Parse a time. Without a zone it is in Vietnam."""
    try:
        return parse_moment(text, order).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} {date_advice(order)}") from None


def _levels(table: AnswerTable, name: str) -> Sequence[str]:
    return table.columns[name].levels if name in table.columns else ()


def _first_row(table: AnswerTable, name: str, level: str) -> int:
    column = table.columns[name]
    return int(table.rows[np.argmax(column.codes == column.levels.index(level))])


def _is_ambiguous(text: str) -> bool:
    try:
        with suppress(ValueError, OverflowError):
            parse_moment(text, None)
    except DateOrderError:
        return True
    return False


def _is_date(text: str) -> bool:
    """Whether the text is a date written with separators, not a number."""
    try:
        parse_moment(text, None)
    except DateOrderError:
        return True
    except (ValueError, OverflowError):
        return False
    return not text.replace(".", "").replace(",", "").isdigit()
