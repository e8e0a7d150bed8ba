"""Margins of a frame, one strata column at a time, for strata too thin to be weighted one by one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats import notes
from sipas.stats.arrays import BoolArray
from sipas.stats.calibration.margins import Margins
from sipas.stats.cells.cells import Cells
from sipas.stats.grouping import added
from sipas.stats.weights.poststratify import of_frame_rows, post_stratify, with_enough_transactions
from sipas.stats.weights.row_population import RowPopulation
from sipas.stats.weights.strata import Frame, OutOfDate, Placement, place
from sipas.stats.weights.walk_up import WalkUp
from sipas.stats.weights.weights import Weighting


def frame_margins(
    cells: Cells,
    frame: Frame,
    strata: Sequence[str],
    *,
    walk_up: WalkUp | None = None,
    out_of_date: OutOfDate = "fail",
) -> tuple[Weighting, Margins]:
    """The frame's count of each level of each strata column, and the weights to start from.

    In the base weights every response counts the same, but that inside a stratum invited and walk-up
    answers share as λ says: w = λ_hg n_h / n_hg. Margins of strata columns leave that as it is. The
    variance strata and finite-population fractions are those of the frame.

    Responses without a value in one of the columns are left out. Transactions of levels without a
    response, such as those of a unit without answers, are not stood for: they lower the
    coverage.

    Parameters
    ----------
    cells, frame, strata, walk_up, out_of_date
        As of `post_stratify`.

    Raises
    ------
    StatisticsError
        As `post_stratify`; or no response with a value in all strata columns.
    """
    known = np.all([cells.column(name).codes >= 0 for name in strata], axis=0)
    if not cells.n[known].any():
        raise StatisticsError(f"there is no response whose {', '.join(strata)} are known, to be weighted")
    chosen, walked = cells.select(known), None if walk_up is None else walk_up.select(known)
    weighting = post_stratify(
        chosen, frame, strata, walk_up=walked, collapse="none", out_of_date=out_of_date,
    )  # fmt: skip
    if not len(weighting.size):
        place(chosen, frame, strata)  # names the strata that the frame lacks
    placement = place(chosen, frame, strata, out_of_date=out_of_date)
    placement = with_enough_transactions(placement, out_of_date, percent=frame.seems_percentages)
    stood_for = _answered_levels(placement)
    margins = [_level_counts(placement, column, stood_for) for column in range(len(strata))]
    coverage = float(placement.population[stood_for].sum() / placement.population.sum())
    base = replace(
        _counting_once(cells, known, weighting),
        coverage=coverage,
        standing=_stood_for_rows(placement, frame, stood_for),
    )
    return base, Margins(dict(zip(strata, margins, strict=True)))


def _answered_levels(placement: Placement) -> BoolArray:
    """bool[strata]: those whose levels all have responses, if perhaps not together."""
    keys, responded = placement.names.keys, placement.n > 0
    return np.asarray(np.all([np.isin(codes, codes[responded]) for codes in keys.T], axis=0))


def _stood_for_rows(placement: Placement, frame: Frame, stood_for: BoolArray) -> RowPopulation:
    """For each row of the frame: covered are those whose levels all have responses; no pools are made."""
    no = np.zeros(len(placement.n), dtype=np.bool_)
    count = placement.population.astype(np.float64)
    return of_frame_rows(RowPopulation.of(count, stood_for, no, no, no, placement.raised), placement, frame)


def _level_counts(placement: Placement, column: int, stood_for: BoolArray) -> dict[str, float]:
    """The transactions of each level of a strata column."""
    levels = placement.names.levels[column]
    codes = placement.names.keys[stood_for, column]
    counts = added(codes.astype(np.int64), placement.population[stood_for], len(levels))
    return {level: float(count) for level, count in zip(levels, counts.tolist(), strict=True) if count > 0}


def _counting_once(cells: Cells, known: BoolArray, weighting: Weighting) -> Weighting:
    """The weighting of the known cells as one of all cells, with as much weight in strata as responses."""
    responses = added(weighting.pool, weighting.size, int(weighting.pool.max()) + 1)[weighting.pool]
    to_responses = weighting.fraction * responses / weighting.size
    weight, stratum = np.zeros(len(cells)), np.full(len(cells), -1, dtype=np.int64)
    weight[known] = weighting.weight * np.append(to_responses, 0.0)[weighting.stratum]
    stratum[known] = weighting.stratum
    left_out = int(cells.n[stratum < 0].sum())
    said = (notes.UNPLACED(n=left_out),) if left_out else ()
    others = (note for note in weighting.notes if not notes.UNPLACED.is_code_of(note))
    not_in_frame = None
    if weighting.not_in_frame is not None:
        not_in_frame = np.zeros(len(cells), dtype=np.bool_)
        not_in_frame[known] = weighting.not_in_frame
    return replace(
        weighting,
        method="none",
        stratum=stratum,
        weight=weight,
        unplaced=left_out,
        not_in_frame=not_in_frame,
        notes=(*said, *others),
    )
