"""From a data frame to the responses and the engine of a design."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.distances import DistanceName
from sipas.stats.calibration.margins import COLUMN_SEPARATOR, Margins, parts
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import Column, cross
from sipas.stats.cells.scoring import Scoring
from sipas.stats.designs.calibrate_rows import calibrate_rows, indicators
from sipas.stats.designs.cell_engine import CellEngine, Tabulator, Weigh
from sipas.stats.designs.frames import DataTable, infer_points, read_answers, read_table
from sipas.stats.designs.parts import Clusters, CountedFrame, Questionnaire, Replicates
from sipas.stats.designs.replicates import replicate_design
from sipas.stats.designs.responses import Responses
from sipas.stats.designs.row_engine import RowEngine
from sipas.stats.designs.stages import row_design
from sipas.stats.designs.taylor import TaylorDesign
from sipas.stats.listing import listing
from sipas.stats.weights.poststratify import post_stratify
from sipas.stats.weights.strata import Frame
from sipas.stats.weights.walk_up import WalkUp
from sipas.stats.weights.weights import Weighting, unweighted

_EVERY_ITEM = "items"  # the factor of items that are given without factors
Reweigh = Callable[[Cells, Weighting], Weighting]


def read_responses(table: DataTable, asked: Questionnaire, numeric: Sequence[str]) -> Responses:
    """Return the answers and, of all other columns but the numeric ones, the columns that can be domains."""
    items, scale = asked.items, asked.scale
    factors = items if isinstance(items, Mapping) else {_EVERY_ITEM: list(items)}
    names = list(dict.fromkeys(item for members in factors.values() for item in members))
    if not names:
        raise StatisticsError("give at least one item")
    points, satisfied = (scale.points, scale.satisfied) if scale else infer_points(table, names)
    positions = {factor: tuple(names.index(item) for item in members) for factor, members in factors.items()}
    scoring = Scoring(tuple(names), positions, points, satisfied)
    others = [name for name in table.names if name not in {*names, *numeric}]
    columns = {name: table.column(name) for name in others}
    return Responses(scoring, read_answers(table, names, scoring), columns)


def cell_engine(responses: Responses, strata: Sequence[str], frame: CountedFrame | None) -> CellEngine:
    """Return the engine of single responses in strata, post-stratified where there is a frame of counts."""
    for name in strata:
        responses.column(name)
    if frame is None:
        return _tabulated(responses, tuple(strata), lambda cells: unweighted(cells, strata))
    counts = _read_counts(frame, strata)
    walk_up = frame.walk_up
    keys = (*strata, *([walk_up] if walk_up else []))

    def weigh(cells: Cells) -> Weighting:
        return post_stratify(cells, counts, strata, walk_up=_walk_up(cells, walk_up))

    return _tabulated(responses, keys, weigh)


def _tabulated(responses: Responses, keys: tuple[str, ...], weigh: Weigh) -> CellEngine:
    return CellEngine(responses.scoring, Tabulator(responses, keys, weigh))


def reweighted(engine: CellEngine, columns: Sequence[str], change: Reweigh) -> CellEngine:
    """Return the engine whose weights are changed; the change needs cells told apart by these columns."""
    before = engine.tabulate
    assert isinstance(before, Tabulator)
    keys = tuple(dict.fromkeys((*before.keys, *columns)))

    def weigh(cells: Cells) -> Weighting:
        return change(cells, before.weigh(cells))

    return replace(engine, tabulate=Tabulator(before.responses, keys, weigh))


def _walk_up(cells: Cells, name: str | None) -> WalkUp | None:
    if name is None:
        return None
    column = cells.column(name)
    return WalkUp(np.asarray(column.equals("True") | column.equals("1")))


def _read_counts(frame: CountedFrame, strata: Sequence[str]) -> Frame:
    """Return the counts of the strata."""
    table = read_table(frame.data)
    columns = {name: table.column(name) for name in strata}
    # Frame takes floats too: it refuses what is not a whole number, with its row.
    return Frame(columns, table.numbers(frame.count))  # type: ignore[arg-type]


def frame_margin(frame: CountedFrame, strata: Sequence[str]) -> Margins:
    """Return the frame's counts as the margin of the combinations of the strata columns.

    Raises
    ------
    StatisticsError
        No strata, or a row of the frame without a stratum.
    """
    _require_strata(strata)
    return strata_margin(_read_counts(frame, strata), strata)


def strata_margin(counts: Frame, strata: Sequence[str]) -> Margins:
    """As `frame_margin`, of counts read already."""
    _require_strata(strata)
    labels = zip(*(counts.columns[name].labels() for name in strata), strict=True)
    margin: defaultdict[str, float] = defaultdict(float)
    for key, count in zip(labels, counts.counts.tolist(), strict=True):
        if None in key:
            raise StatisticsError(f"frame: a row has no value in {strata[key.index(None)]}")
        margin[COLUMN_SEPARATOR.join(map(str, key))] += float(count)
    return Margins({COLUMN_SEPARATOR.join(strata): dict(margin)})


def _refuse_missing(responses: Responses, margin: str) -> None:
    for name in parts(margin):
        missing = int((responses.column(name).codes < 0).sum())
        if missing:
            raise StatisticsError(
                f"margin {margin}: {missing} responses have no value in {name};"
                " leave them out or complete them"
            )


def _refuse_other_levels(margin: str, levels: Sequence[str], counts: Mapping[str, float]) -> None:
    """Refuse levels of the responses without a count, and counts without responses."""
    for problem, found, others in (
        ("no responses", counts.keys() - set(levels), levels),
        ("no count", set(levels) - counts.keys(), [*counts]),
    ):
        if found:
            raise StatisticsError(
                f"margin {margin}: level {listing(sorted(found))} has {problem}; both need the same levels,"
                f" and the others have {listing(sorted(others))}"
            )


def _require_strata(strata: Sequence[str]) -> None:
    if not strata:
        raise StatisticsError("frame: name the strata columns that its counts are of")


class NumberColumns(Protocol):
    """Columns of numbers by name: of a data frame, or of a file."""

    @property
    def names(self) -> Sequence[str]: ...

    def numbers(self, name: str) -> FloatArray: ...


def row_engine(
    responses: Responses,
    table: NumberColumns,
    strata: Sequence[str],
    weights: str | None,
    sample: Clusters | Replicates | None,
) -> RowEngine:
    """Return the engine of clusters, replicate weights or single responses with weights of their own."""
    weight = None if weights is None else table.numbers(weights)
    if isinstance(sample, Replicates):
        names = sample.names(table.names)
        if weight is None:
            raise StatisticsError("replicate weights need weights=, the column of base weights")
        _refuse_few_replicates(sample, names)
        each = np.stack([table.numbers(name) for name in names], axis=1)
        return RowEngine(responses, replicate_design(weight, each, sample.kind, sample.rho))
    stratum = _crossed_column(responses, strata) if strata else None
    sample = sample or Clusters(())
    clusters = [responses.column(name) for name in sample.names]
    if sample.nest and strata:
        clusters[0] = _crossed_column(responses, (*strata, sample.names[0]))
    populations = [table.numbers(name) for name in sample.populations]
    is_weighted = weight is not None or len(populations) == max(1, len(clusters))
    rows = row_design(
        len(responses),
        weight=weight if is_weighted else np.ones(len(responses)),
        strata=stratum,
        clusters=clusters,
        populations=populations,
    )
    return RowEngine(responses, TaylorDesign(rows, is_weighted))


def _refuse_few_replicates(sample: Replicates, names: Sequence[str]) -> None:
    if len(names) > 1:
        return
    found = f"only {names[0]}" if names else "no column"
    begins = f" begins with {sample.columns!r}" if isinstance(sample.columns, str) else " is named"
    raise StatisticsError(f"replicate weights need two columns or more, and {found}{begins}")


def _crossed_column(responses: Responses, names: Sequence[str]) -> Column:
    """Return one column of the combinations of several; a missing value is a level of its own."""
    columns = [responses.column(name) for name in names]
    if len(columns) == 1 and (columns[0].codes >= 0).all():
        return columns[0]
    crossed = cross(columns, len(responses))
    levels = [
        COLUMN_SEPARATOR.join(
            column.levels[code] if code >= 0 else "" for column, code in zip(columns, key, strict=True)
        )
        for key in zip(*(codes.tolist() for codes in crossed.keys), strict=True)
    ]
    return Column(crossed.code.astype(np.int32), tuple(levels))


def calibrated_rows(
    engine: RowEngine, margins: Margins, distance: DistanceName, bounds: tuple[float, float] | None
) -> RowEngine:
    """Return the engine with weights that reproduce margins.

    Raises
    ------
    StatisticsError
        Replicate weights, a response without a level, or a level without responses.
    """
    design = engine.design
    if not isinstance(design, TaylorDesign):
        raise StatisticsError(
            "replicate weights cannot be calibrated here; calibrate them where they were made"
        )
    blocks: list[FloatArray] = []
    totals: list[float] = []
    names: list[str] = []
    for margin, counts in margins.counts.items():
        _refuse_missing(engine.responses, margin)
        column = _crossed_column(engine.responses, list(parts(margin)))
        _refuse_other_levels(margin, column.levels, counts)
        blocks.append(indicators(column))
        totals += [float(counts[level]) for level in column.levels]
        names += [f"{margin}={level}" for level in column.levels]
    rows = calibrate_rows(
        design.rows,
        np.hstack(blocks),
        np.array(totals),
        distance,
        bounds,
        names,
    )
    return replace(engine, design=TaylorDesign(rows))
