"""One measure over time: by period within one source, or by round."""

import re
from collections.abc import Sequence

import msgspec

from sipas.errors import InputError
from sipas.report.indices.index_table import IndexRow, TableHeader
from sipas.report.indices.indices import Prepared, describe, prepare, rows
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.vietnamese import sort_key

_ROUND = "round"
# The pattern of each kind of time, and how many make a year.
_TIMES = {
    "month": (re.compile(r"(\d{4})-(\d\d)"), 12, "{year}-{part:02}"),
    "quarter": (re.compile(r"(\d{4})-Q(\d)"), 4, "{year}-Q{part}"),
    "year": (re.compile(r"(\d{4})()"), 1, "{year}"),
}


_A_YEAR_FIRST = re.compile(r"\d{4}(?!\d)")  # of any other time, such as 2021Q3


class TrendTable(msgspec.Struct, frozen=True, kw_only=True):
    """over: the column that is time, in each row's `by`. times: its values in their order.

    targets: what was to be reached at each.
    """

    header: TableHeader
    rows: Sequence[IndexRow]
    over: str
    times: list[str]
    targets: list[float | None]


def split_rounds(request: EstimateRequest) -> list[EstimateRequest]:
    """Return a request for each round named; commas separate rounds."""
    codes = [code.strip() for code in (request.round or "").split(",")]
    if len(codes) > 1 and not (all(codes) and len(set(codes)) == len(codes)):
        raise InputError(f"round: {request.round!r} is no list of different rounds, such as 2024,2025")
    return [msgspec.structs.replace(request, round=code or None) for code in codes]


def trend_table(request: EstimateRequest, sources: Sequence[Source]) -> TrendTable:
    (by,) = request.by
    if len(sources) > 1:
        return _over_rounds(request, sources, by)
    (source,), target = sources, sources[0].target
    if not by:
        raise InputError("by: a trend goes over a column of times, such as month; or over rounds: round=A,B")
    prepared = prepare(request, source)
    found = [row for row in rows(prepared, by) if row.by[by[-1]] is not None]
    times = fill_times(by[-1], {str(row.by[by[-1]]) for row in found})
    _refuse_what_is_no_time(by[-1], times)
    targets = [target] * len(times)
    return TrendTable(header=describe(prepared), rows=found, over=by[-1], times=times, targets=targets)


def _refuse_what_is_no_time(column: str, times: Sequence[str]) -> None:
    """A line from unit to unit would tell of a change where there is none."""
    odd = next((time for time in times if not _A_YEAR_FIRST.match(time)), None)
    if odd is not None and column not in _TIMES:
        raise InputError(
            f"by: {column} is no column of times, as its value {odd!r} does not begin with a year;"
            " name month, quarter or year last"
        )


def _over_rounds(request: EstimateRequest, sources: Sequence[Source], by: Sequence[str]) -> TrendTable:
    """All rounds are measured by the index definition of the last, unless another is named."""
    if _ROUND in by:
        raise InputError("by: rounds are told apart as they are; name other columns")
    same = msgspec.structs.replace(request, index=request.index or sources[-1].index)
    prepared = [prepare(same, source) for source in sources]
    found = [
        msgspec.structs.replace(row, by={**row.by, _ROUND: one.source.name})
        for one in prepared
        for row in rows(one, by)
    ]
    times, targets = [source.name for source in sources], [source.target for source in sources]
    return TrendTable(
        header=_describe_rounds(prepared), rows=found, over=_ROUND, times=times, targets=targets
    )


def _describe_rounds(prepared: Sequence[Prepared]) -> TableHeader:
    """Describe the figures of all rounds: sums over them, and otherwise the last round."""
    headers = [describe(one) for one in prepared]
    unplaced = sum(header.weights.unplaced for header in headers)
    return msgspec.structs.replace(
        headers[-1],
        weights=msgspec.structs.replace(headers[-1].weights, unplaced=unplaced),
        source=", ".join(header.source for header in headers),
        provisional=any(header.provisional for header in headers),
        responses=sum(header.responses for header in headers),
        notes=list(dict.fromkeys(note for header in headers for note in header.notes)),
        coverage=None,
    )


def fill_times(column: str, times: set[str]) -> list[str]:
    """Return all times in order, with months, quarters and years that have no answer."""
    known = sorted(times, key=sort_key)
    pattern, parts, form = _TIMES.get(column, (re.compile("(?!)"), 1, ""))
    found = [match for match in map(pattern.fullmatch, known) if match]
    if not known or len(found) < len(known):
        return known
    numbers = [int(match[1]) * parts + int(match[2] or 1) - 1 for match in (found[0], found[-1])]
    return [
        form.format(year=number // parts, part=number % parts + 1)
        for number in range(numbers[0], numbers[1] + 1)
    ]
