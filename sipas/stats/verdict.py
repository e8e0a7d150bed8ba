"""What may be said of estimates: their intervals, whether they are reliable, and the notes beside them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.domains import Domains
from sipas.stats.effective import EffectiveN, Worth
from sipas.stats.intervals import IntervalKind, Uncertain, share_interval, wald
from sipas.stats.moments import Statistic
from sipas.stats.reliability import judge_means, judge_shares
from sipas.stats.variance import Lonely, Variance

Remark = tuple[str, BoolArray]


@dataclass(frozen=True)
class Options:
    """How estimates are made; see `sipas.stats.estimate.estimate`."""

    statistic: Statistic = "share"
    ci: IntervalKind | None = None
    effective_n: EffectiveN = "robust"
    level: float = 0.95
    lonely: Lonely = "adjust"
    fpc: bool = True

    @property
    def interval(self) -> IntervalKind:
        return self.ci or ("wilson" if self.statistic == "share" else "wald")

    def check(self) -> None:
        if not 0 < self.level < 1:
            raise StatisticsError(f"the level must lie between 0 and 1, not {self.level:g}")
        if self.statistic == "mean" and self.interval != "wald":
            raise StatisticsError(f"a mean has no {self.interval} interval; ask for wald")


@dataclass(frozen=True)
class Figures:
    """Estimates by domain and what their uncertainty is judged by.

    Parameters
    ----------
    estimate : float64[domains]
    variance : Variance
    base : Worth
    design_size, size : float64[domains]
        n_V, and the effective n that was asked for.
    """

    estimate: FloatArray
    variance: Variance
    base: Worth
    design_size: FloatArray
    size: FloatArray

    @property
    def known(self) -> BoolArray:
        """bool[domains]: where there is an estimate."""
        return np.isfinite(self.estimate)

    @property
    def free(self) -> BoolArray:
        """bool[domains]: where there is a variance and a degree of freedom to judge it by."""
        return np.asarray(self.known & np.isfinite(self.variance.value) & (self.variance.df > 0))

    def uncertain(self, where: BoolArray, level: float) -> Uncertain:
        return Uncertain(
            self.estimate[where],
            self.variance.value[where],
            self.size[where],
            self.variance.n[where],
            self.base.answered[where],
            self.variance.df[where],
            level,
        )


@dataclass(frozen=True)
class Verdict:
    """Intervals, reliability and notes by domain."""

    low: FloatArray
    high: FloatArray
    reliable: BoolArray
    notes: tuple[tuple[str, ...], ...]


def conclude(figures: Figures, domains: Domains, options: Options) -> Verdict:
    """The intervals of estimates, whether they are reliable, and what there is to say beside them."""
    low, high, odd = intervals(figures, options)
    reliable, reasons = reliability(figures, options)
    remarks = [*gaps(figures, domains), *odd, *reasons, (notes.POPULATION_ESTIMATED, domains.cut)]
    texts: list[tuple[str, ...]] = [()] * domains.count
    for text, where in remarks:
        for domain in np.flatnonzero(where).tolist():
            texts[domain] += (text,)
    return Verdict(low, high, reliable, tuple(texts))


def intervals(figures: Figures, options: Options) -> tuple[FloatArray, FloatArray, list[Remark]]:
    """Low, high and remarks; without width only where all strata are complete counts."""
    exact = figures.known & figures.base.complete
    low = np.where(exact, figures.estimate, np.nan)
    high, instead, agreed = low.copy(), np.zeros_like(exact), np.zeros_like(exact)
    where = figures.free & ~exact
    if options.statistic == "share":
        found = share_interval(options.interval, figures.uncertain(where, options.level))
        low[where], high[where], instead[where] = found
    else:
        agreed = where & (figures.variance.value == 0)
        where = where & ~agreed
        variance = figures.variance
        low[where], high[where] = wald(
            figures.estimate[where], variance.value[where], variance.df[where], options.level
        )
    none = figures.known & ~figures.free & ~exact
    odd = [(notes.NO_FREEDOM, none), (notes.NO_VARIANCE, agreed), (notes.BETA_INSTEAD, instead)]
    return low, high, odd


def reliability(figures: Figures, options: Options) -> tuple[BoolArray, list[Remark]]:
    """Which estimates are reliable, and why others are not."""
    where = figures.free
    if options.statistic == "share":
        judged = judge_shares(figures.uncertain(where, options.level), figures.design_size[where])
    else:
        judged = judge_means(
            figures.base.answered[where], figures.design_size[where], figures.variance.df[where]
        )
    return spread(judged.reliable, where), [(text, spread(mask, where)) for text, mask in judged.reasons]


def spread(values: BoolArray, where: BoolArray) -> BoolArray:
    """bool[domains]: the values at those places, False elsewhere."""
    all_of_them = np.zeros_like(where)
    all_of_them[where] = values
    return all_of_them


def gaps(figures: Figures, domains: Domains) -> Iterator[Remark]:
    """Remarks on domains without an estimate, and on lonely strata."""
    silent = figures.base.responses == 0
    yield notes.NO_RESPONSE, silent & (domains.left_out == 0)
    yield notes.LEFT_OUT, silent & (domains.left_out > 0)
    yield notes.NOT_ANSWERED, ~silent & ~figures.known
    for count in np.unique(figures.variance.lonely[figures.variance.lonely > 0]).tolist():
        yield notes.LONELY.format(count=count), figures.variance.lonely == count
