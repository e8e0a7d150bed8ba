"""A seeded bootstrap of stratified samples."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.estimates.measures import Measure
from sipas.stats.options import DEFAULT_OPTIONS, Options
from sipas.stats.replicates.replicated import Replicated
from sipas.stats.replicates.respondents import Respondents, find_respondents
from sipas.stats.weights.weighted_cells import WeightedCells


def bootstrap(
    sample: WeightedCells,
    measure: Measure,
    by: Sequence[str] = (),
    options: Options = DEFAULT_OPTIONS,
    *,
    replicates: int = 2000,
    seed: int,
    before_each: Callable[[], None] = lambda: None,
) -> Replicated:
    """Estimate standard errors by resampling respondents with replacement within their strata.

    From the n_h respondents of a stratum, n_h − 1 are drawn. The weight of one who was drawn m times
    is multiplied by 1 + √(1 − f_h) (m n_h / (n_h − 1) − 1) (Rao and Wu 1988). Without
    finite-population factor this is R's `as.svrepdesign(type = "subbootstrap")`. V is the variance of
    the replicates. The only respondent of a stratum keeps the original weight. Calibrated weights are
    calibrated again in each replicate, unless they were trimmed after calibration.

    Parameters
    ----------
    sample : WeightedCells
        For a factor or an index of respondents who are alike in each cell, such as cells of one.
    measure : Measure
    by, options
        As in `sipas.stats.estimates.estimate`; of the options `statistic` and `fpc` count.
    replicates : int
        2 or more; the standard error of the standard error is about 1 / √(2 replicates) of it.
    seed : int
        The same seed and the same cells give the same replicates.
    before_each : callable
        Called before each replicate; an error that it raises ends the bootstrap.

    Returns
    -------
    Replicated
        Needs memory for one copy of the respondents, and for replicates × domains.

    Raises
    ------
    StatisticsError
        Cells hold only sums over respondents who differ, a column is unknown, or there are fewer than
        two replicates.
    """
    if replicates < 2:
        raise StatisticsError(f"a variance needs at least 2 replicates, not {replicates}")
    found = find_respondents(sample, measure, by, options)
    drawn = _draws(found, np.random.default_rng(seed), replicates, before_each)
    return Replicated(
        measure=measure.name,
        by=found.domains.by,
        estimate=found.estimate(),
        se=standard_errors(found, drawn),
        df=found.df,
        lonely=found.lonely,
        replicates=replicates,
    )


def _draws(
    found: Respondents, generator: np.random.Generator, replicates: int, before_each: Callable[[], None]
) -> Iterator[IntArray]:
    """int64[kinds], once a replicate: how many of each kind were drawn."""
    order = np.argsort(found.stratum, kind="stable")
    kind = np.repeat(order, found.count[order]).astype(np.int32)
    size = found.size
    times = np.maximum(size - 1, 0)
    first = np.repeat(np.cumsum(size) - size, times)
    width = np.repeat(size, times).astype(np.float64)
    for _ in range(replicates):
        before_each()
        place = (generator.random(len(width)) * width).astype(np.int64)
        place += first
        yield np.bincount(kind[place], minlength=len(found.count))


def standard_errors(found: Respondents, drawn: Iterable[IntArray]) -> FloatArray:
    """float64[domains]: the variance of the replicates that these draws give, around their mean."""
    n = found.size[found.stratum]
    grown = n / np.maximum(n - 1, 1)
    deviation_scale = np.where(n > 1, np.sqrt(1 - found.fraction[found.stratum]), 0.0)
    thetas = np.stack(
        [found.replicate(found.count + deviation_scale * (grown * m - found.count)) for m in drawn]
    )
    with np.errstate(invalid="ignore"):
        return np.asarray(thetas.std(axis=0, ddof=1))
