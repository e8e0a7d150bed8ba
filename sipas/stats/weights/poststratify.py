"""Weights that bring the responses to the frame's mix of strata."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import renumber
from sipas.stats.choices import refuse_unknown
from sipas.stats.grouping import added
from sipas.stats.listing import listing
from sipas.stats.notes import ONE_GROUP, POOLED, RAISED, Note, named
from sipas.stats.weights.collapse import Pooling, pool_thin
from sipas.stats.weights.row_population import RowPopulation
from sipas.stats.weights.strata import Frame, OutOfDate, Placement, place
from sipas.stats.weights.walk_up import WalkUp
from sipas.stats.weights.weights import Pool, Weighting

Collapse = Literal["auto", "none"]


def post_stratify(
    cells: Cells,
    frame: Frame,
    strata: Sequence[str],
    *,
    walk_up: WalkUp | None = None,
    collapse: Collapse = "auto",
    out_of_date: OutOfDate = "fail",
    among: Cells | None = None,
) -> Weighting:
    """Weights w = λ_hg N_h / n_hg of stratum h and group g (Holt and Smith 1979).

    Parameters
    ----------
    cells : Cells
    frame : Frame
        N_h, the completed transactions.
    strata : sequence of str
        The strata columns. The unit, periods and the service channel are known by their names, see
        `sipas.stats.weights.strata_roles.find_roles`.
    walk_up : WalkUp, optional
        Then invited and walk-up answers are two groups of the same population, each with its λ; without
        it all are one group, and λ is 1.
    collapse : {"auto", "none"}
        Whether thin strata are pooled, see `sipas.stats.weights.collapse.pool_thin`.
    out_of_date : {"fail", "raise-count", "review"}
        What is done where a stratum has more responses than transactions: an error that lists the
        strata, or N_h := n_h with a note. `review` does the same without the finite-population
        factor of these strata, and takes responses in strata that the frame does not have for
        unplaced, which otherwise are an error: what is wrong in one unit leaves the others as they
        are.
    among : Cells, optional
        All cells of the round, where these are a part of them, such as one answer channel. All then
        say which units lack a stratum column too often to be weighted by it, so that each part
        leaves out the very responses that the whole does.

    Returns
    -------
    Weighting

    Raises
    ------
    StatisticsError
        More responses than transactions, columns that do not exist, or walk-up answers of other cells.
    """
    refuse_unknown("collapse", collapse, Collapse)
    if walk_up is not None and walk_up.cells.shape != (len(cells),):
        raise StatisticsError(f"walk_up must have one value per cell ({len(cells)})")
    placement = place(cells, frame, strata, among, out_of_date)
    placement = with_enough_transactions(placement, out_of_date, percent=frame.seems_percentages)
    pooling = _pool_strata(placement, collapse)
    pool, real = pooling.pool, placement.population > 0
    pooled = np.bincount(pool, real, len(pool)) > 1
    pools = _pools_made(placement, np.where(real & pooled[pool], pool, -1))
    groups = _Groups.of(cells, placement, pool, walk_up)
    standing = _standing(placement, pooling, pooled)
    return Weighting(
        method="post-stratify",
        stratum=groups.stratum,
        weight=groups.weight,
        size=groups.size,
        fraction=_fractions(groups, placement, pool, out_of_date),
        names=placement.names.select(np.unique(pool, return_index=True)[1][groups.pool]),
        pool=groups.pool,
        frame_pool=pool[placement.frame_stratum],
        pooled=pooled[groups.pool],
        pools=pools,
        coverage=_covered(standing),
        unplaced=int(cells.n[placement.stratum < 0].sum()),
        not_in_frame=placement.not_in_frame if placement.not_in_frame.any() else None,
        notes=(*placement.notes, *_pooling_notes(pools), *groups.notes),
        frame=frame,
        standing=of_frame_rows(standing, placement, frame),
    )


def _pool_strata(placement: Placement, collapse: Collapse) -> Pooling:
    if collapse == "none":
        return Pooling.none(len(placement.n))
    return pool_thin(placement.group, placement.channel, placement.n, placement.population)


def _standing(placement: Placement, pooling: Pooling, pooled: BoolArray) -> RowPopulation:
    """Return the parts of each stratum's transactions that weights stand for, are pooled, or were raised.

    pooled : bool[pools]
        The pools of several strata.
    """
    pool = pooling.pool
    answered = added(pool, placement.n, len(pool))[pool] > 0
    population = placement.population.astype(np.float64)
    return RowPopulation.of(
        population, answered, pooled[pool], pooling.joined, pooling.taken, placement.raised
    )


def _fractions(groups: "_Groups", placement: Placement, pool: IntArray, out_of_date: OutOfDate) -> FloatArray:
    """Return the sampling fractions; `review` takes none from counts that were raised."""
    if out_of_date != "review":
        return groups.fraction
    raised = np.bincount(pool, placement.raised, len(pool))[groups.pool] > 0
    return np.where(raised, 0.0, groups.fraction)


def of_frame_rows(standing: RowPopulation, placement: Placement, frame: Frame) -> RowPopulation:
    """Return a property of strata for each row of the frame; raised counts are raised in proportion."""
    stratum, counts = placement.frame_stratum, frame.counts.astype(np.float64)
    given = added(stratum, frame.counts, len(placement.n))[stratum]
    rows = np.bincount(stratum, minlength=len(placement.n))[stratum]
    part = np.divide(counts, given, out=1.0 / np.maximum(rows, 1), where=given > 0)
    return standing.each(lambda values: values[stratum] * part)


def with_enough_transactions(
    placement: Placement, out_of_date: OutOfDate, *, percent: bool = False
) -> Placement:
    """The placement, once no stratum has more responses than transactions.

    percent: whether the frame seems to hold percentages; raising these would make no sense.
    """
    refuse_unknown("out_of_date", out_of_date, OutOfDate)
    short = np.flatnonzero(placement.n > placement.population)
    if not len(short):
        return placement
    numbers = zip(short.tolist(), placement.n[short], placement.population[short], strict=True)
    strata = listing(
        [f"{placement.names.label(h)} (responses: {n}, transactions: {count})" for h, n, count in numbers]
    )
    if out_of_date == "fail":
        advice = "Bring the frame up to date, or ask for its counts to be raised to the responses"
        if percent:
            advice = "Its counts add up to 100, as percentages do; give numbers of completed transactions"
        raise StatisticsError(
            f"the frame has fewer transactions than there are responses in {strata}. {advice}"
        )
    return replace(
        placement,
        population=np.maximum(placement.n, placement.population),
        raised=placement.n > placement.population,
        notes=(*placement.notes, _raised_note(placement, short)),
    )


def _raised_note(placement: Placement, short: IntArray) -> Note:
    """Return the note on the strata whose counts were raised to the responses."""
    return RAISED(strata=len(short), names=named(placement.names.label(h) for h in short.tolist()))


def _pools_made(placement: Placement, pool: IntArray) -> tuple[Pool, ...]:
    """The pools that have responses, from the pool of each stratum; -1 for strata that stay alone."""
    members = np.argsort(pool, kind="stable")[np.count_nonzero(pool < 0) :]
    groups = np.split(members, np.flatnonzero(np.diff(pool[members])) + 1)
    pools = (
        Pool(
            tuple(placement.names.of(h) for h in group.tolist()),
            int(placement.n[group].sum()),
            int(placement.population[group].sum()),
        )
        for group in groups
    )
    return tuple(made for made in pools if made.n)


def _pooling_notes(pools: Sequence[Pool]) -> list[Note]:
    if not pools:
        return []
    return [POOLED(strata=sum(len(pool.strata) for pool in pools), pools=len(pools))]


def _covered(standing: RowPopulation) -> float | None:
    """Share of the frame's transactions in pools that have responses; None for an empty frame."""
    everything = standing.count.sum()
    return float(standing.covered.sum() / everything) if everything else None


@dataclass(frozen=True)
class _Groups:
    """Invited and walk-up answers within pools: the variance strata.

    Parameters
    ----------
    stratum : int64[cells]
    weight : float64[cells]
    size : int64[variance strata]
    fraction : float64[variance strata]
    pool : int64[variance strata]
    notes : tuple of Note
    """

    stratum: IntArray
    weight: FloatArray
    size: IntArray
    fraction: FloatArray
    pool: IntArray
    notes: tuple[Note, ...]

    @classmethod
    def of(
        cls,
        cells: Cells,
        placement: Placement,
        pool: IntArray,
        walk_up: WalkUp | None,
    ) -> "_Groups":
        placed = placement.stratum >= 0
        walk_up = walk_up or WalkUp(np.zeros(len(cells), dtype=np.bool_))
        key = pool[placement.stratum[placed]] * 2 + walk_up.cells[placed]
        kinds = 2 * len(pool)
        n = added(key, cells.n[placed], kinds).reshape(-1, 2)
        share = np.where((n == 0)[:, ::-1], 1.0, [1 - walk_up.share, walk_up.share])
        population = added(pool, placement.population, len(pool))
        used = np.flatnonzero(n.ravel())
        size, its_pool = n.ravel()[used], used // 2
        stratum = np.full(len(cells), -1, dtype=np.int64)
        stratum[placed] = renumber(key, kinds)[0]
        weight = share.ravel()[used] * population[its_pool] / size
        return cls(
            stratum=stratum,
            weight=np.append(weight, 0.0)[stratum],
            size=size,
            fraction=size / population[its_pool],
            pool=its_pool,
            notes=_one_sided(n),
        )


def _one_sided(n: IntArray) -> tuple[Note, ...]:
    """A note on strata where only one of the groups answered, if both did somewhere."""
    answered = n > 0
    alone = int(np.count_nonzero(answered.sum(axis=1) == 1))
    if not alone or not answered.any(axis=0).all():
        return ()
    return (ONE_GROUP(n=alone),)
