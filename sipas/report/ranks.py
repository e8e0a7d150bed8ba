"""Who ranks where: league tables whose ranks have ranges."""

from collections.abc import Iterator, Sequence

import msgspec

from sipas.errors import InputError
from sipas.report.comparing import joint_of
from sipas.report.index_table import IndexRow, IndexTable
from sipas.report.indices import Prepared, describe, domain_order, estimated, number, prepare, without_fpc
from sipas.report.request import EstimateRequest
from sipas.report.source import Source
from sipas.stats.notes import ALONE, UNRANKED
from sipas.stats.ranking import DRAWS, Ranks, rank_joint

SEED = 1


class RankRow(IndexRow, frozen=True, kw_only=True):
    """ranked: how many are, of which 1 has the highest estimate. rank None: this one is not among them.

    rank_low, rank_high hold this one's rank with the row's level of confidence; the simultaneous ranges
    hold all ranks at once; so do the joint ones, which are simpler and wider.
    """

    ranked: int
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    rank_low_simultaneous: int | None
    rank_high_simultaneous: int | None
    rank_low_joint: int | None
    rank_high_joint: int | None


class RankTable(IndexTable, frozen=True, kw_only=True):
    """draws, seed: what the ranges were simulated with."""

    draws: int
    seed: int
    rows: Sequence[RankRow]


def rank_table(request: EstimateRequest, source: Source) -> RankTable:
    """Each table and measure is a ranking of its own, from the first rank down."""
    if not all(request.by):
        raise InputError("by: name the columns whose values are to be ranked, such as unit")
    return ranked(without_fpc(prepare(request, source)), request.by)


def ranked(prepared: Prepared, tables: Sequence[Sequence[str]]) -> RankTable:
    """Ranks beside the estimates as they were prepared; no rank knows a finite-population factor."""
    rows = [row for by in tables for row in rank_rows(prepared, by)]
    described = msgspec.structs.asdict(describe(prepared, []))
    return RankTable(**{**described, "draws": DRAWS, "seed": SEED, "rows": rows})


def rank_rows(prepared: Prepared, by: Sequence[str]) -> Iterator[RankRow]:
    for measure, (_, found) in zip(prepared.measures, estimated(prepared, by), strict=True):
        ranks = rank_joint(joint_of(prepared, measure, by), prepared.request.level, seed=SEED)
        rows = [with_rank(row, ranks, n) for n, row in enumerate(found)]
        if ranks.count < 2:
            rows = [alone(row) for row in rows] if len(rows) == 1 else [without_others(row) for row in rows]
        yield from sorted(rows, key=rank_order)


def with_rank(row: IndexRow, ranks: Ranks, domain: int) -> RankRow:
    found = {
        "rank": ranks.rank,
        "rank_low": ranks.low,
        "rank_high": ranks.high,
        "rank_low_simultaneous": ranks.low_simultaneous,
        "rank_high_simultaneous": ranks.high_simultaneous,
        "rank_low_joint": ranks.low_joint,
        "rank_high_joint": ranks.high_joint,
    }
    numbers = {name: number(values[domain]) for name, values in found.items()}
    places = {name: None if value is None else int(value) for name, value in numbers.items()}
    notes = row.notes if places["rank"] or row.estimate is None else [*row.notes, UNRANKED]
    return RankRow(**{**msgspec.structs.asdict(row), "ranked": ranks.count, **places, "notes": notes})


def without_others(row: RankRow) -> RankRow:
    """Where at most one could be ranked, a first rank from 1 to 1 would be said of nothing."""
    return alone(row) if row.rank else msgspec.structs.replace(row, ranked=0)


def alone(row: RankRow) -> RankRow:
    """What has no other beside it can have no rank."""
    nothing = dict.fromkeys(name for name in RankRow.__struct_fields__ if name.startswith("rank_"))
    notes = [*(note for note in row.notes if note != UNRANKED), ALONE]
    return msgspec.structs.replace(row, **nothing, ranked=0, rank=None, notes=notes)


def rank_order(row: RankRow) -> tuple[bool, int, list[tuple[bool, object]]]:
    return row.rank is None, row.rank or 0, domain_order(row)
