"""League tables whose ranks have ranges."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from sipas.errors import InputError
from sipas.report.compare.comparing import joint_of
from sipas.report.compare.invited_alone import _RowKey, of_invited, row_key
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
from sipas.stats.notes import ALONE, RANK_WALK_UP_ONLY, UNRANKED
from sipas.stats.ranking import RANK_DRAWS, Ranks, rank_joint

_RANK_DRAWS_SEED = 1
_RANGES = (
    "rank_low",
    "rank_high",
    "rank_low_simultaneous",
    "rank_high_simultaneous",
    "rank_low_joint",
    "rank_high_joint",
)


class RankRow(IndexRow, frozen=True, kw_only=True):
    """ranked: how many are, of which 1 has the highest estimate. rank None: this one is not among them.

    rank_low, rank_high hold this one's rank with the row's level of confidence; the simultaneous ranges
    hold all ranks at once; so do the joint ones, which are simpler and wider. Where some answers were
    invited and others not, each range covers that of invited answers alone too. rank_invited: the rank among
    those that invited answers alone rank; None where they do not rank it or are not needed.
    """

    ranked: int
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    rank_low_simultaneous: int | None
    rank_high_simultaneous: int | None
    rank_low_joint: int | None
    rank_high_joint: int | None
    rank_invited: int | None = None


class RankTable(msgspec.Struct, frozen=True, kw_only=True):
    """draws, seed: what the ranges were simulated with."""

    header: TableHeader
    rows: Sequence[RankRow]
    draws: int
    seed: int


def rank_table(request: EstimateRequest, source: Source) -> RankTable:
    """Each table and measure is a ranking of its own, from the first rank down."""
    if not all(request.by):
        raise InputError("by: name the columns whose values are to be ranked, such as unit")
    return ranked(without_fpc(prepare(request, source)), request.by)


def ranked(prepared: Prepared, tables: Sequence[Sequence[str]]) -> RankTable:
    """Ranks beside the estimates as they were prepared; no rank knows a finite-population factor."""
    rows = [row for by in tables for row in _rank_rows(prepared, by)]
    return RankTable(header=describe(prepared), rows=rows, draws=RANK_DRAWS, seed=_RANK_DRAWS_SEED)


def _rank_rows(prepared: Prepared, by: Sequence[str]) -> Iterator[RankRow]:
    invited = of_invited(prepared, lambda alone: {row_key(row): row for row in _plain_ranks(alone, by)})
    for rows in _rank_each(prepared, by):
        held = rows if invited is None else _held_by_invited(rows, invited)
        yield from sorted(held, key=_rank_order)


def _plain_ranks(prepared: Prepared, by: Sequence[str]) -> Iterator[RankRow]:
    for rows in _rank_each(prepared, by):
        yield from rows


def _rank_each(prepared: Prepared, by: Sequence[str]) -> Iterator[list[RankRow]]:
    """For each measure its ranking, by all answers that were prepared."""
    for measure, (_, found) in zip(prepared.measures, estimated(prepared, by), strict=True):
        ranks = rank_joint(
            joint_of(prepared, measure, by), prepared.request.options.level, seed=_RANK_DRAWS_SEED
        )
        rows = [_with_rank(row, ranks, n) for n, row in enumerate(found)]
        if ranks.count < 2:
            rows = [_alone(row) for row in rows] if len(rows) == 1 else [_without_others(row) for row in rows]
        yield rows


def _held_by_invited(rows: Sequence[RankRow], invited: Mapping[_RowKey, RankRow]) -> list[RankRow]:
    """Ranks of one measure, with ranges that cover those of invited answers alone.

    Domains that invited answers alone do not rank may stand anywhere among the others.
    """
    alone = {row_key(row): other for row in rows if (other := invited.get(row_key(row))) and other.rank}
    ranked = {row_key(row) for row in rows if row.rank}
    unknown, extra = len(ranked - alone.keys()), len(alone.keys() - ranked)
    return [_cover(row, alone.get(row_key(row)), unknown, extra) if row.rank else row for row in rows]


def _cover(row: RankRow, alone: RankRow | None, unknown: int, extra: int) -> RankRow:
    """unknown: how many invited answers alone do not rank; extra: how many they alone rank."""
    if alone is None:
        return msgspec.structs.replace(row, notes=[*row.notes, RANK_WALK_UP_ONLY])
    ends = {name: _widened(row, alone, name, unknown, extra) for name in _RANGES}
    low, high = (_alone_end(alone, name, unknown, extra) for name in ("rank_low", "rank_high"))
    holds = row.rank is not None and low is not None and high is not None and low <= row.rank <= high
    notes = row.notes if holds else [*row.notes, RANK_WALK_UP_ONLY]
    return msgspec.structs.replace(row, **ends, rank_invited=alone.rank, notes=notes)


def _alone_end(alone: RankRow, name: str, unknown: int, extra: int) -> int | None:
    """The end of a range by invited answers alone, among all that are ranked."""
    end: int | None = getattr(alone, name)
    if end is None:
        return None
    return max(1, end - extra) if "low" in name else end + unknown


def _widened(row: RankRow, alone: RankRow, name: str, unknown: int, extra: int) -> int | None:
    ends = [end for end in (getattr(row, name), _alone_end(alone, name, unknown, extra)) if end is not None]
    return (min if "low" in name else max)(ends, default=None)


def _with_rank(row: IndexRow, ranks: Ranks, domain: int) -> RankRow:
    found = {
        "rank": ranks.rank,
        "rank_low": ranks.low,
        "rank_high": ranks.high,
        "rank_low_simultaneous": ranks.low_simultaneous,
        "rank_high_simultaneous": ranks.high_simultaneous,
        "rank_low_joint": ranks.low_joint,
        "rank_high_joint": ranks.high_joint,
    }
    numbers = {name: finite_or_none(values[domain]) for name, values in found.items()}
    places = {name: None if value is None else int(value) for name, value in numbers.items()}
    notes = row.notes if places["rank"] or row.estimate is None else [*row.notes, UNRANKED]
    return RankRow(**{**msgspec.structs.asdict(row), "ranked": ranks.count, **places, "notes": notes})


def _without_others(row: RankRow) -> RankRow:
    """Remove the rank where at most one domain has one: there is nothing to rank it against."""
    return _alone(row) if row.rank else msgspec.structs.replace(row, ranked=0)


def _alone(row: RankRow) -> RankRow:
    """Remove the rank of a domain that stands alone."""
    nothing = dict.fromkeys(_RANGES)
    notes = [*(note for note in row.notes if note != UNRANKED), ALONE]
    return msgspec.structs.replace(row, **nothing, ranked=0, rank=None, notes=notes)


def _rank_order(row: RankRow) -> tuple[bool, int, list[tuple[bool, object]]]:
    return row.rank is None, row.rank or 0, domain_order(row)
