"""Is A better than B? Did it change? Does the channel matter? A request and its sources, as a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from sipas.errors import InputError
from sipas.report.compare.before import Before
from sipas.report.compare.changed_items import refuse_changed_items
from sipas.report.compare.compare_request import CompareRequest
from sipas.report.compare.compare_table import CompareRow, CompareTable, Headline
from sipas.report.compare.comparing import (
    Compared,
    compare_domains,
    count_domains,
    default_against,
    is_mixed_equally,
    joint_of,
    keys,
    refuse_too_many,
)
from sipas.report.compare.invited_alone import CANNOT_TELL, _RowKey, claimed, of_invited_rounds, row_key
from sipas.report.indices.indices import (
    Prepared,
    describe,
    finite_or_none,
    level_order,
    prepare,
    rows,
    without_fpc,
)
from sipas.report.request import Channels
from sipas.report.sources.source import Source
from sipas.stats import Measure
from sipas.stats.arrays import FloatArray
from sipas.stats.contrasts import (
    Differences,
    Finding,
    Pairs,
    adjust,
    find_differences,
    findings,
    pair_rounds,
)
from sipas.stats.notes import WALK_UP_ONLY
from sipas.stopping import check_deadline

_CHANNEL = "channel"
_SPLIT: tuple[Channels, ...] = ("all", "invited", "walk-up")


@dataclass(frozen=True)
class CompareFamily:
    """mapped: the share of an earlier round's frame that could be brought to today's units."""

    measure: str
    compared: Compared
    mapped: float | None = None


def compare_table(request: CompareRequest, source: Source, before: Before | None) -> CompareTable:
    """Return the comparisons. P-values are adjusted within each family: one table and one measure."""
    prepared = without_fpc(prepare(request.estimate, source))
    if before is not None:
        refuse_changed_items(prepared, before.source.instrument)
    earlier = None if before is None else without_fpc(prepare(before.request, before.source))
    made = list(_compare_families(request, prepared, earlier, before))
    invited = _invited_verdicts(request, prepared, earlier, before)
    equal = before is None and any(is_mixed_equally(request, prepared, by) for by in request.estimate.by)
    return CompareTable(
        header=describe(prepared),
        against=_told(request, prepared),
        adjust=request.adjust,
        mix="equal" if equal else "own",
        mapped=min((family.mapped for family in made if family.mapped is not None), default=None),
        headlines=_headlines(request, source) if equal else [],
        rows=[
            row if invited is None else _row_with_invited(row, invited)
            for family in made
            for row in _compare_rows(request, family)
        ],
    )


def _compare_families(
    request: CompareRequest, now: Prepared, earlier: Prepared | None, before: Before | None
) -> Iterator[CompareFamily]:
    if earlier is None or before is None:
        return _compare_within(request, now)
    return _compare_rounds(now, earlier, before)


def _invited_verdicts(
    request: CompareRequest, now: Prepared, earlier: Prepared | None, before: Before | None
) -> Mapping[_RowKey, str] | None:
    """The verdicts of invited answers alone, by row; None where they are not needed."""

    def ask(now: Prepared, earlier: Prepared | None) -> dict[_RowKey, str]:
        families = _compare_families(request, now, earlier, before)
        return {row_key(row): row.verdict for family in families for row in _compare_rows(request, family)}

    if all(_CHANNEL in by for by in request.estimate.by):
        return None
    return of_invited_rounds(now, earlier, ask)


def _row_with_invited(row: CompareRow, verdicts: Mapping[_RowKey, str]) -> CompareRow:
    """The row, whose verdict holds for invited answers alone or says so; channels are another question."""
    if _CHANNEL in row.by:
        return row
    invited = verdicts.get(row_key(row), CANNOT_TELL)
    verdict = claimed(row.verdict, invited)
    notes = [*row.notes, WALK_UP_ONLY] if verdict != row.verdict else row.notes
    return msgspec.structs.replace(row, verdict=verdict, verdict_invited=invited, notes=notes)


def _compare_within(request: CompareRequest, prepared: Prepared) -> Iterator[CompareFamily]:
    for by in request.estimate.by:
        for measure in prepared.measures:
            check_deadline()
            yield CompareFamily(measure.name, compare_domains(request, prepared, measure, by))


def _refuse_unlike_weights(now: Prepared, earlier: Prepared) -> None:
    """Refuse rounds with different weights: a difference could come from the weights alone."""
    one, other = now.weighting.method, earlier.weighting.method
    if one != other:
        raise InputError(
            f"weights: {now.source.name} is weighted by {one} and {earlier.source.name} by {other}, so that"
            " their difference would be of weights too; bring in both frames, or say weights none"
        )


def _compare_rounds(now: Prepared, earlier: Prepared, before: Before) -> Iterator[CompareFamily]:
    _refuse_unlike_weights(now, earlier)
    known = {measure.name: measure for measure in earlier.measures}
    for by in now.request.by:
        for measure in now.measures:
            check_deadline()
            if measure.name not in known:
                raise InputError(f"measure: round {earlier.source.name} did not ask for {measure.name}")
            yield _compare_with_before(now, earlier, before, (measure, known[measure.name]), by)


def _compare_with_before(
    now: Prepared, earlier: Prepared, before: Before, measures: tuple[Measure, Measure], by: Sequence[str]
) -> CompareFamily:
    joint, mapped = joint_of(now, measures[0], by), None
    if "unit" in by:
        refuse_too_many(count_domains(earlier, by))
        options = earlier.request.options
        mapped = earlier.design.engine.successors(measures[1], by, "unit", before.succession, options)
    then = joint_of(earlier, measures[1], by) if mapped is None else mapped.joint
    pairs, place = pair_rounds(joint, then)
    domains = keys(joint.by, len(joint))
    against = [{"round": earlier.source.name, **domain} for domain in domains]
    if mapped is None:
        return CompareFamily(measures[0].name, Compared(domains, against, pairs))
    coverage = np.append(mapped.coverage, np.nan)[place].tolist()
    notes = [mapped.notes[one] if one >= 0 else () for one in place.tolist()]
    return CompareFamily(measures[0].name, Compared(domains, against, pairs, coverage, notes), mapped.mapped)


def _told(request: CompareRequest, prepared: Prepared) -> str:
    if request.against_round is not None:
        return f"round {request.against_round}"
    return ", ".join(dict.fromkeys(default_against(request, prepared, by) for by in request.estimate.by))


def _headlines(request: CompareRequest, source: Source) -> list[Headline]:
    """The whole with and without walk-up answers; not where weights follow margins, which both must keep."""
    estimate = request.estimate
    if estimate.channels != "all" or estimate.weights not in (None, "post-stratify", "none"):
        return []
    if source.walk_up() is None:
        return []
    return [
        Headline(**msgspec.structs.asdict(row), channels=channels)
        for channels in _SPLIT
        if len(source.of_channels(channels).cells)
        for row in rows(prepare(msgspec.structs.replace(estimate, channels=channels), source), ())
    ]


@dataclass(frozen=True)
class Judged:
    """The findings of a family's pairs. ends: low and high of the first sides, then of the second ones."""

    found: Differences
    ends: tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
    adjusted: FloatArray
    verdicts: Sequence[Finding]


def _judge(request: CompareRequest, pairs: Pairs) -> Judged:
    options = request.estimate.options
    found = find_differences(pairs, options)
    first, second = (
        side.interval(pairs.statistic, options.interval, options.level)
        for side in (pairs.first, pairs.second)
    )
    adjusted = adjust(found.p, request.adjust)
    return Judged(found, (first, second), adjusted, findings(found, adjusted))


def _compare_rows(request: CompareRequest, family: CompareFamily) -> list[CompareRow]:
    """In the order of what is compared, then of what with."""
    judged = _judge(request, family.compared.pairs)
    made = [_compare_row(family, judged, n) for n in range(len(judged.found))]
    return sorted(made, key=lambda row: (level_order(row.by), level_order(row.against)))


def _compare_row(family: CompareFamily, judged: Judged, n: int) -> CompareRow:
    compared, pairs, found = family.compared, family.compared.pairs, judged.found
    (low, high), (against_low, against_high) = judged.ends
    return CompareRow(
        by=dict(compared.by[n]),
        against=dict(compared.against[n]),
        measure=family.measure,
        statistic=pairs.statistic,
        estimate=finite_or_none(pairs.first.estimate[n]),
        estimate_low=finite_or_none(low[n]),
        estimate_high=finite_or_none(high[n]),
        against_estimate=finite_or_none(pairs.second.estimate[n]),
        against_low=finite_or_none(against_low[n]),
        against_high=finite_or_none(against_high[n]),
        difference=finite_or_none(found.difference[n]),
        se=finite_or_none(found.se[n]),
        low=finite_or_none(found.low[n]),
        high=finite_or_none(found.high[n]),
        level=found.level,
        df=int(found.df[n]),
        p=finite_or_none(found.p[n]),
        p_adjusted=finite_or_none(judged.adjusted[n]),
        verdict=judged.verdicts[n],
        verdict_invited=None,
        detectable=finite_or_none(found.detectable[n]),
        n=int(pairs.first.n[n]),
        against_n=int(pairs.second.n[n]),
        n_effective=finite_or_none(pairs.first.n_effective[n]),
        against_n_effective=finite_or_none(pairs.second.n_effective[n]),
        covered=None if compared.covered is None else finite_or_none(compared.covered[n]),
        reliable=bool(found.reliable[n]),
        notes=[*found.notes[n], *(() if compared.notes is None else compared.notes[n])],
    )
