"""What a report is about: a round, or a unit in it; a whole round, or a month."""

from typing import Literal

import msgspec

from sipas.errors import InputError
from sipas.messages import Language
from sipas.report.period import Period, month_end
from sipas.report.request import EstimateRequest

ReportKind = Literal["round", "monthly"]


class ReportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """unit None: all units. period None: the whole round."""

    round: str
    kind: ReportKind = "round"
    unit: str | None = None
    period: Period | None = None
    language: Language = "vi"

    def __post_init__(self) -> None:
        if self.kind == "monthly" and self.unit is None:
            raise InputError("unit: a monthly report is about one unit; name it with --unit")
        if self.kind == "monthly" and self.period is None:
            raise InputError("period: a monthly report is about one month; name it with --period 2026-11")
        if self.kind == "monthly" and self.period and not _is_month(self.period):
            raise InputError(f"period: {self.period} is not one month; name it with --period 2026-11")

    @property
    def where(self) -> tuple[tuple[str, str], ...]:
        return () if self.unit is None else (("unit", self.unit),)

    def estimate(self, measure: str = "overall", *by: str) -> EstimateRequest:
        """Return the request of a table of the report."""
        return EstimateRequest(
            round=self.round, measure=measure, by=(by,), where=self.where, period=self.period
        )


def _is_month(period: Period) -> bool:
    return period.first.day == 1 and period.last == month_end(period.first)
