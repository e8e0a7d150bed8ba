"""Targets: each domain's verdict, and how many more responses would give one."""

from collections.abc import Iterator, Sequence

import msgspec

from sipas.errors import InputError
from sipas.report.compare.invited_alone import CANNOT_TELL, _RowKey, claimed, of_invited, row_key
from sipas.report.indices.index_table import IndexRow, TableHeader
from sipas.report.indices.indices import (
    Prepared,
    describe,
    domain_order,
    estimated,
    finite_or_none,
    prepare,
    without_fpc,
)
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.stats.estimates.targets import Targets, judge_target
from sipas.stats.notes import AT_TARGET, BEYOND_POPULATION, WALK_UP_ONLY, Note


class TargetRow(IndexRow, frozen=True, kw_only=True):
    """verdict_invited: that of invited answers alone; None where they are not a part of the answers. Where it
    differs, the verdict is `met_walk_up_only` or `not_met_walk_up_only`.

    bound_low, bound_high: one-sided bounds, each at the level. p: on the estimate's side of the target.

    still_needed: responses beyond those there are, to tell with power 0.8 if the estimate is right.
    """

    target: float
    verdict: str
    verdict_invited: str | None
    bound_low: float | None
    bound_high: float | None
    p: float | None
    still_needed: int | None


class TargetTable(msgspec.Struct, frozen=True, kw_only=True):
    header: TableHeader
    rows: Sequence[TargetRow]


def parse_target(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InputError(f"{name}: {value!r} is no number; give a share such as 0.85") from None


def target_table(request: EstimateRequest, source: Source, target: float | None = None) -> TargetTable:
    """Judge each domain against `target`, by default the round's own target, which is a share."""
    prepared = without_fpc(prepare(request, source))
    goal = _choose_target(request, source, target)
    _refuse_off_scale(request, source, goal)
    rows = _judged_rows(prepared, request.by, goal)
    return TargetTable(header=msgspec.structs.replace(describe(prepared), target=goal), rows=rows)


def _choose_target(request: EstimateRequest, source: Source, target: float | None) -> float:
    if target is not None:
        return target
    if source.target is None:
        raise InputError("target: there is none; give one, such as 0.85")
    if request.options.statistic == "mean":
        raise InputError("target: the round's is a share; give one on the scale, such as 4.2")
    return source.target


def _refuse_off_scale(request: EstimateRequest, source: Source, target: float) -> None:
    """Refuse a target for a mean that is outside the scale; `judge_target` checks only shares."""
    lowest, *_, highest = source.cells.scoring.points
    if request.options.statistic == "mean" and not lowest < target < highest:
        raise InputError(f"the target of a mean lies between {lowest} and {highest}, not at {target:g}")


def _judged_rows(prepared: Prepared, tables: Sequence[Sequence[str]], target: float) -> list[TargetRow]:
    """Return a row for each domain. Its verdict says so if it rests on walk-up answers only."""

    def verdicts(alone: Prepared) -> dict[_RowKey, str]:
        return {row_key(row): row.verdict for by in tables for row in _target_rows(alone, by, target)}

    rows = [row for by in tables for row in _target_rows(prepared, by, target)]
    invited = of_invited(prepared, verdicts)
    return (
        rows
        if invited is None
        else [_with_invited(row, invited.get(row_key(row), CANNOT_TELL)) for row in rows]
    )


def _with_invited(row: TargetRow, invited: str) -> TargetRow:
    verdict = claimed(row.verdict, invited)
    notes = [*row.notes, WALK_UP_ONLY] if verdict != row.verdict else row.notes
    return msgspec.structs.replace(row, verdict=verdict, verdict_invited=invited, notes=notes)


def _target_rows(prepared: Prepared, by: Sequence[str], target: float) -> Iterator[TargetRow]:
    for estimates, found in estimated(prepared, by):
        judged = judge_target(estimates, target)
        yield from sorted((_with_verdict(row, judged, n) for n, row in enumerate(found)), key=domain_order)


def _with_verdict(row: IndexRow, judged: Targets, domain: int) -> TargetRow:
    needed = finite_or_none(judged.still_needed[domain])
    further = {
        "target": judged.target,
        "verdict": judged.verdict[domain],
        "verdict_invited": None,
        "bound_low": finite_or_none(judged.low[domain]),
        "bound_high": finite_or_none(judged.high[domain]),
        "p": finite_or_none(judged.p[domain]),
        "still_needed": None if needed is None else int(needed),
        "notes": [*row.notes, *_remarks(row, judged.target, needed)],
    }
    return TargetRow(**{**msgspec.structs.asdict(row), **further})


def _remarks(row: IndexRow, target: float, needed: float | None) -> Iterator[Note]:
    if row.estimate == target:
        yield AT_TARGET
    if needed and row.population is not None and row.n + needed > row.population:
        yield BEYOND_POPULATION


def verdict(prepared: Prepared, target: float) -> TargetRow:
    """The verdict on the whole, by the first measure."""
    return _judged_rows(without_fpc(prepared), ((),), target)[0]
