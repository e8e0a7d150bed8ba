"""Intervals, reliability and notes of estimates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.effective import WeightSums
from sipas.stats.estimates.intervals import (
    Uncertain,
    has_interval,
    is_free,
    share_interval,
    wald,
)
from sipas.stats.estimates.population_notes import population_notes
from sipas.stats.estimates.reliability import (
    RELIABILITY_LEVEL,
    RELIABLE_FROM_RESPONSES,
    in_review,
    judge_means,
    judge_shares,
)
from sipas.stats.estimates.variance import Variance
from sipas.stats.notes import Note
from sipas.stats.options import Options

Remark = tuple[Note, BoolArray]


@dataclass(frozen=True)
class Figures:
    """Estimates of several measures by domain, and what their uncertainty is judged by.

    All measures are judged at once: where domains are few, every call of numpy costs more than its work.

    Parameters
    ----------
    estimate : float64[..., domains]
    variance : Variance
    base : WeightSums
        Both of this shape too.
    design_size, robust_size, size : float64[..., domains]
        n_V, min(n_V, n_K / d), and the one of the two that was asked for.
    lost : bool[..., domains]
        Where negative weights leave no estimate.
    limits : (float, float)
        What estimates lie between.
    silent : int64[..., domains], optional
        As in `sipas.stats.estimates.linearise.Linearised`.
    """

    estimate: FloatArray
    variance: Variance
    base: WeightSums
    design_size: FloatArray
    robust_size: FloatArray
    size: FloatArray
    lost: BoolArray
    limits: tuple[float, float]
    silent: IntArray | None = None

    @property
    def known(self) -> BoolArray:
        """bool[..., domains]: where there is an estimate."""
        return np.isfinite(self.estimate)

    @property
    def free(self) -> BoolArray:
        """bool[..., domains]: where there is a variance and a degree of freedom to judge it by."""
        return is_free(self.estimate, self.variance.value, self.variance.df)

    @property
    def exact(self) -> BoolArray:
        """bool[..., domains]: where everybody answered every item, so that nothing is uncertain.

        After calibration a complete count may still owe its uncertainty to the cells around it.
        """
        return np.asarray(self.complete & (self.base.skipped == 0))

    @property
    def partly_answered(self) -> BoolArray:
        """bool[..., domains]: where a part of an index tree has no answer."""
        none = np.zeros_like(self.known) if self.silent is None else self.silent > 0
        return self.known & none

    @property
    def agreed(self) -> BoolArray:
        """bool[..., domains]: where a mean has no interval, as all respondents agree."""
        varies = has_interval("mean", self.estimate, self.variance.value, self.variance.df)
        return np.asarray(self.free & ~varies & ~self.exact)

    @property
    def complete(self) -> BoolArray:
        """bool[..., domains]: where all strata are complete counts, but some may have left a question out."""
        return np.asarray(self.known & self.base.complete & ~(self.variance.value > 0))

    @cached_property
    def uncertain(self) -> Uncertain:
        """Those that are free, one after another, at the level of the standards for showing them."""
        where = self.free
        return Uncertain(
            self.estimate[where],
            self.variance.value[where],
            self.size[where],
            self.variance.n[where],
            self.base.answered[where],
            self.variance.df[where],
            RELIABILITY_LEVEL,
        )


@dataclass(frozen=True)
class Verdict:
    """Intervals and reliability as arrays[measures, domains], and for each measure the notes by domain."""

    low: FloatArray
    high: FloatArray
    reliable: BoolArray
    notes: list[tuple[tuple[Note, ...], ...]]


def conclude(
    figures: Figures, domains: Domains, options: Options, no_effect: BoolArray | None = None
) -> Verdict:
    """The intervals of estimates, whether they are reliable, and what there is to say beside them.

    no_effect: bool[..., domains], where the weights leave no design effect.
    """
    low, high, odd = intervals(figures, options)
    reliable, reasons = reliability(figures, options)
    reliable = reliable & ~domains.review & ~figures.partly_answered
    cut = (notes.POPULATION_ESTIMATED, np.broadcast_to(domains.cut, low.shape))
    remarks = [*_gaps(figures, domains), *odd, *reasons, cut]
    if no_effect is not None:
        remarks.append((notes.NO_DESIGN_EFFECT, no_effect))
    own = [population_notes(domains, responses == 0) for responses in figures.base.responses]
    return Verdict(
        low, high, reliable, [_noted(remarks, m, said, domains.count) for m, said in enumerate(own)]
    )


def _noted(
    remarks: Sequence[Remark], measure: int, own: Mapping[int, tuple[Note, ...]], domains: int
) -> tuple[tuple[Note, ...], ...]:
    """Return for each domain the notes on a measure in it, and its own, whatever is measured."""
    found = [own.get(domain, ()) for domain in range(domains)]
    for note, where in remarks:
        for domain in np.flatnonzero(where[measure]).tolist():
            found[domain] += (note,)
    return tuple(found)


def intervals(figures: Figures, options: Options) -> tuple[FloatArray, FloatArray, list[Remark]]:
    """Low, high and remarks; without width only where nothing is uncertain."""
    exact, free, u = figures.exact, figures.free, figures.uncertain.at(options.level)
    low, high = np.full_like(figures.estimate, np.nan), np.full_like(figures.estimate, np.nan)
    instead = np.zeros_like(free)
    if options.statistic == "share":
        low[free], high[free], instead[free] = share_interval(options.interval, u)
    else:
        low[free], high[free] = np.clip(wald(u.share, u.variance, u.df, options.level), *figures.limits)
        agreed = figures.agreed
        low[agreed] = high[agreed] = np.nan
    low[exact] = high[exact] = figures.estimate[exact]
    none = figures.known & ~free & ~exact
    odd = [
        (notes.NO_FREEDOM, none),
        (notes.BETA_INSTEAD, instead & ~figures.complete),
        (notes.NOT_ALL_ANSWERED, figures.complete & ~exact & ~none),
    ]
    return low, high, odd


def reliability(figures: Figures, options: Options) -> tuple[BoolArray, list[Remark]]:
    """Which estimates are reliable, and why others are not."""
    where, u = figures.free, figures.uncertain
    if options.statistic == "share":
        judged = judge_shares(u, figures.design_size[where], figures.robust_size[where])
    else:
        judged = judge_means(u.answered, figures.design_size[where], figures.robust_size[where], u.df)
    reasons = [(note, _at_places(mask, where)) for note, mask in judged.reasons]
    if options.statistic == "mean":
        reasons.append((notes.NO_VARIANCE, figures.agreed & ~figures.complete))
    # A complete count of as many strata as respondents has no freedom, and needs none.
    counted, enough = figures.exact & ~where, figures.base.answered >= RELIABLE_FROM_RESPONSES
    reasons.append((notes.FEW, counted & ~enough))
    return (where | counted) & ~in_review(reasons), reasons


def _at_places(values: BoolArray, where: BoolArray) -> BoolArray:
    """bool[..., domains]: the values at those places, False elsewhere."""
    all_of_them = np.zeros_like(where)
    all_of_them[where] = values
    return all_of_them


def _gaps(figures: Figures, domains: Domains) -> Iterator[Remark]:
    """Remarks on domains without an estimate, and on lonely strata."""
    silent = figures.base.responses == 0
    yield notes.NO_RESPONSE, silent & (domains.left_out == 0)
    yield notes.LEFT_OUT, silent & (domains.left_out > 0)
    unanswered, some = ~silent & ~figures.known & ~figures.lost, figures.base.answered > 0
    weightless = some & (figures.base.weight == 0)
    yield notes.NOT_ANSWERED, unanswered & ~some
    yield notes.NO_WEIGHT, unanswered & weightless
    yield notes.FACTOR_NOT_ANSWERED, unanswered & some & ~weightless
    yield notes.NEGATIVE_WEIGHTS, figures.lost
    yield from _partly_answered(figures)
    for count in np.unique(figures.variance.lonely[figures.variance.lonely > 0]).tolist():
        yield notes.LONELY(n=count), figures.variance.lonely == count


def _partly_answered(figures: Figures) -> Iterator[Remark]:
    """Remarks on index trees of which some parts have no answer."""
    if figures.silent is None or not figures.silent.any():
        return
    for count in np.unique(figures.silent[figures.partly_answered]).tolist():
        yield (
            notes.ITEMS_OF_NODE_NOT_ANSWERED(n=count),
            figures.partly_answered & (figures.silent == count),
        )
