"""Groups of respondents compared at the same mix of strata: does the answer channel matter?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import renumber
from sipas.stats.contrasts.estimate_sets import Pairs, concatenated, missing_estimate
from sipas.stats.contrasts.joint import Part, estimate_parts
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import Moments
from sipas.stats.estimates.tree_moments import find_moments
from sipas.stats.grouping import added, summed
from sipas.stats.notes import Note
from sipas.stats.options import OPTIONS_WITHOUT_FPC, Options, Statistic
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting


@dataclass(frozen=True)
class StandardizedComparison:
    """Comparisons in which both sides are weighted to the strata that both answered in.

    Parameters
    ----------
    pairs : Pairs
    covered : float64[pairs]
        The share of the frame (without one, of the responses) that these strata are.
    notes : tuple of tuple of Note
        Why there is no comparison.
    """

    pairs: Pairs
    covered: FloatArray
    notes: tuple[tuple[Note, ...], ...]


def compare_standardized(
    sample: WeightedCells,
    measure: Measure,
    column: str,
    levels: Sequence[tuple[str, str]],
    options: Options = OPTIONS_WITHOUT_FPC,
) -> StandardizedComparison:
    """The same measure by answer channel, each channel weighted to one mix of strata.

    Of the strata h (or pools of thin ones) where both levels a and b answered, each level is
    weighted to the same W_h, what all responses in h stand for: w = W_h / x_hc for level c, with x_hc
    its answers to the measure, each times 1 / P(asked). So a channel that is popular, or more ready to
    answer, where service is good does not look better for that. Every h × c is a variance stratum of
    those who answered (direct standardisation, Kalton 1968): given their number the two sides are
    independent samples. Strata where one level did not answer say nothing about their
    difference and are left out; `covered` tells how much of the frame remains.

    Factors and pooled indices weight items by how often they were answered, which differs by form.
    They are compared where both levels had forms that ask the measure's items alike; elsewhere
    compare single items or the overall question. For an index of several factors x_hc adds up the
    factors' answers, each times the factor's share: its mix is the same as far as people who answer
    one factor answer the others. The equal mean of all items' shares would serve
    too, but has no variance here: cells do not hold how answers to two items go together.

    Parameters
    ----------
    column : str
        Such as `channel`.
    levels : sequence of (str, str)
        Which to compare, the first with the second.
    sample, measure, options
        As in `sipas.stats.contrasts.estimate_jointly`; no finite-population factor applies.

    Returns
    -------
    StandardizedComparison

    Raises
    ------
    StatisticsError
        No pair of levels, or a column that does not exist or is one of the strata.
    """
    if column in sample.weighting.strata:
        raise StatisticsError(f"{column} is a stratum: no stratum has two levels of it to compare")
    if not levels:
        raise StatisticsError(f"name at least two levels of {column} to compare")
    found = [_compare_two(sample, measure, column, two, options) for two in levels]
    return StandardizedComparison(
        pairs=Pairs(
            statistic=options.statistic,
            first=concatenated([one.pairs.first for one in found]),
            second=concatenated([one.pairs.second for one in found]),
            covariance=np.concatenate([one.pairs.covariance for one in found]),
            df=np.concatenate([one.pairs.df for one in found]),
            same=np.concatenate([one.pairs.same for one in found]),
        ),
        covered=np.concatenate([one.covered for one in found]),
        notes=tuple(one.notes[0] for one in found),
    )


def _compare_two(
    sample: WeightedCells, measure: Measure, column: str, levels: tuple[str, str], options: Options
) -> StandardizedComparison:
    statistic, mix = options.statistic, _Mix.of(sample, measure, column, levels)
    if not mix.shared.any():
        return _nothing(statistic, notes.NO_STRATUM_SHARED, mix.covered)
    theirs = sample.cells.select(mix.inside)
    if measure.item is None and not _forms_agree(theirs, measure):
        return _nothing(statistic, notes.FORMS_DIFFER, mix.covered)
    parts = [Part(level, measure, theirs.column(column).equals(level)) for level in levels]
    joint = estimate_parts(
        WeightedCells(theirs, mix.weighting(sample.weighting)), parts, replace(options, fpc=False)
    )
    pairs = joint.pairs(np.array([0]), np.array([1]))
    return StandardizedComparison(pairs, np.array([mix.covered]), ((),))


@dataclass(frozen=True)
class _Mix:
    """The strata that two levels share.

    Parameters
    ----------
    shared : bool[pools]
        Where both answered the measure.
    represented : float64[pools]
        W_h.
    inside : int64[cells of both levels in these strata]
    pool, level : int64[the same cells]
    n : int64[the same cells]
        Who answered.
    answers : float64[the same cells]
        Their answers, each times 1 / P(asked).
    covered : float
    """

    shared: BoolArray
    represented: FloatArray
    inside: IntArray
    pool: IntArray
    level: IntArray
    n: IntArray
    answers: FloatArray
    covered: float

    @classmethod
    def of(cls, sample: WeightedCells, measure: Measure, column: str, levels: tuple[str, str]) -> "_Mix":
        cells, weighting, where = sample.cells, sample.weighting, sample.kept
        chosen = np.flatnonzero((weighting.stratum >= 0) & (True if where is None else where))
        pool, count = weighting.pool[weighting.stratum[chosen]], int(weighting.pool.max(initial=-1)) + 1
        represented = summed(pool, weighting.weight[chosen] * cells.n[chosen], count)
        answered = cells.column(column).select(chosen)
        by_level = [answered.equals(level) for level in levels]
        moments = find_moments(sample, measure, "share", chosen)
        answers = _weighted_answers(moments)
        first, second = (summed(pool, np.where(here, answers, 0.0), count) for here in by_level)
        shared = (first > 0) & (second > 0)
        kept = shared[pool] & (by_level[0] | by_level[1])
        whole = represented.sum()
        part = float(represented[shared].sum() / whole) if whole > 0 else 0.0
        return cls(
            shared=shared,
            represented=represented,
            inside=chosen[kept],
            pool=pool[kept],
            level=by_level[1][kept].astype(np.int64),
            n=moments.answered()[kept],
            answers=answers[kept],
            covered=part * (1.0 if weighting.coverage is None or where is not None else weighting.coverage),
        )

    def weighting(self, of_all: Weighting) -> Weighting:
        """w = W_h / x_hc, with h × c the variance strata."""
        stratum, count = renumber(self.pool * 2 + self.level, 2 * len(self.shared))
        size, answers = added(stratum, self.n, count), summed(stratum, self.answers, count)
        pool = np.zeros(count, dtype=np.int64)
        pool[stratum] = self.pool
        first = np.zeros(len(self.shared), dtype=np.int64)
        first[of_all.pool] = np.arange(len(of_all.pool))
        return replace(
            of_all,
            stratum=stratum,
            weight=(self.represented[pool] / answers)[stratum],
            size=size,
            fraction=np.zeros(count),
            names=of_all.names.select(first[pool]),
            pool=np.arange(count),
            frame_pool=np.zeros(0, dtype=np.int64),
            pooled=np.zeros(count, dtype=np.bool_),
            pools=(),
            frame=None,
            standing=None,
            calibration=None,
            trimming=None,
        )


def _weighted_answers(moments: Moments) -> FloatArray:
    """float64[rows]: answers to the measure's items, each times 1 / P(asked) and its ratio's share."""
    asked = moments.asked_weight()
    ratios = zip(moments.measure.ratios, moments.denominators, strict=True)
    answers = np.sum([ratio.share * counted for ratio, counted in ratios], axis=0)
    return np.asarray(answers if asked is None else answers * asked, dtype=np.float64)


def _forms_agree(cells: Cells, measure: Measure) -> bool:
    """Whether all forms that these cells have ask the measure's items of the same part of respondents."""
    if cells.form not in cells.columns:
        return True
    forms = cells.forms()
    used = {forms[code] for code in np.unique(cells.columns[cells.form].codes).tolist()}
    items = measure.items(cells.scoring)
    return len({tuple(cells.scoring.chances(form)[item] for item in items) for form in used}) == 1


def _nothing(statistic: Statistic, why: Note, covered: float) -> StandardizedComparison:
    none = np.zeros(1, dtype=np.int64)
    pairs = Pairs(statistic, missing_estimate(), missing_estimate(), np.full(1, np.nan), none, none > 0)
    return StandardizedComparison(pairs, np.array([covered]), ((why,),))
