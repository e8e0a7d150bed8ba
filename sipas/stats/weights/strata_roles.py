"""Which strata columns are the unit, the period and the service channel: by name, wherever they stand."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_UNITS = ("unit", "unit_code", "unit_id", "don_vi", "donvi", "ma_don_vi", "madonvi")
_LIKE_UNITS = (
    *("office", "agency", "organisation", "organization", "department", "institution", "branch"),
    *("ward", "commune", "district", "province", "co_quan", "coquan", "ma_co_quan", "phuong", "xa"),
    *("phuong_xa", "xa_phuong", "quan", "huyen", "quan_huyen", "tinh", "chi_nhanh"),
)
_SERVICE_CHANNELS = ("service_channel", "channel")
_INSIDE_UNITS = frozenset(
    {*_SERVICE_CHANNELS, "answer_channel", "kenh", "procedure", "procedure_group", "thu_tuc", "field"}
    | {"linh_vuc", "form", "sex", "gender", "gioi_tinh", "age", "age_group", "nhom_tuoi"}
    | {"mode", "hinh_thuc", "nhom_thu_tuc", "service", "dich_vu"}
)
_NO_PERIODS = frozenset({*_UNITS, *_LIKE_UNITS, *_INSIDE_UNITS})
_PERIOD_WORDS = frozenset(
    {"period", "year", "quarter", "month", "week", "date", "round", "wave"}
    | {"half", "halfyear", "semester", "phase"}
)
_PERIODS = frozenset(
    {"day", "submitted_at", "completed_at", "completed_on"}
    | {"ky", "nam", "quy", "thang", "tuan", "ngay", "dot", "giai_doan", "hoc_ky"}
    | {f"{word}_{what}" for word in ("ky", "nam", "quy", "thang", "dot") for what in ("khao_sat", "bao_cao")}
)
# Years, and years with a half, a quarter, a month or a day, before or behind: 2026, 2026H1, 2026-Q1, 05/2026,
# 2026-05-31; months, quarters and half-years written out: Tháng 5, Quý 1.
_PERIOD_LEVEL = re.compile(
    r"(19|20)\d\d([-/. ]?[QqTtHh]\d{1,2}|[-/.]\d{1,2}([-/.]\d{1,2})?)?"
    r"|([QqTtHh]?\d{1,2}[-/.])?[QqTtHh]?\d{1,2}[-/.](19|20)\d\d"
)
_PERIOD_LEVEL_IN_WORDS = re.compile(r"(thang|quy|ky|nam|dot|month|quarter|year|wave)_\d{1,4}(_\d{4})?")


@dataclass(frozen=True)
class StrataRoles:
    """Positions of strata columns.

    Parameters
    ----------
    unit : int
        The column with a name of units, such as `unit`, `don_vi`, `office` or `ward`; where none has one,
        the first that is no period and has no name of what divides a unit, such as `channel` or
        `procedure`; else the first that is no period.
    perhaps_units : tuple of int
        Other columns with a name of units; where no column has one, all whose name says nothing, as any of
        them may be the unit.
    periods : tuple of int
        Columns that tell years, quarters, months, days or rounds, by name or by all of their levels.
    service_channel : int or None
        The column that is called `service_channel`, or `channel` where there is no such column.
        Without one, strata of a unit are pooled as if it had one service channel.
    """

    unit: int
    perhaps_units: tuple[int, ...]
    periods: tuple[int, ...]
    service_channel: int | None

    @property
    def apart(self) -> tuple[int, ...]:
        """The columns that nothing is pooled across."""
        return tuple(dict.fromkeys((self.unit, *self.perhaps_units, *self.periods)))


def find_roles(columns: Sequence[str], levels: Sequence[Sequence[str]]) -> StrataRoles:
    """Find the roles of strata columns from their names, and of periods from their levels too.

    Parameters
    ----------
    columns : sequence of str
        At least one.
    levels : sequence of sequence of str
        Of each column.
    """
    names = [_plain(column) for column in columns]
    unit = _first(names, (*_UNITS, *_LIKE_UNITS))
    periods = tuple(
        place
        for place, (name, values) in enumerate(zip(names, levels, strict=True))
        if place != unit and is_period(name, values)
    )
    named = [place for place, name in enumerate(names) if name in _UNITS or name in _LIKE_UNITS]
    unknown = [
        place for place in range(len(names)) if place not in periods and names[place] not in _INSIDE_UNITS
    ]
    return StrataRoles(
        unit=_unnamed_unit(unknown, periods, len(names)) if unit is None else unit,
        perhaps_units=tuple(named or unknown),
        periods=periods,
        service_channel=_first(names, _SERVICE_CHANNELS),
    )


def _unnamed_unit(unknown: Sequence[int], periods: Sequence[int], columns: int) -> int:
    return next((place for place in (*unknown, *range(columns)) if place not in periods), 0)


def _plain(name: str) -> str:
    """Lower case without diacritics, words joined by `_`."""
    letters = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "_".join(re.findall(r"[a-z0-9]+", letters.encode("ascii", "ignore").decode()))


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def is_period(name: str, levels: Sequence[str]) -> bool:
    """Whether a column tells years, quarters, months, days or rounds, by its name or by all of its levels."""
    name = _plain(name)
    if name in _NO_PERIODS:
        return False
    if name in _PERIODS or _PERIOD_WORDS & set(name.split("_")):
        return True
    return bool(levels) and all(map(_is_period_level, levels))


def _is_period_level(level: str) -> bool:
    return bool(_PERIOD_LEVEL.fullmatch(level.strip()) or _PERIOD_LEVEL_IN_WORDS.fullmatch(_plain(level)))
