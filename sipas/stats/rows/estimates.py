"""Totals, ratios and means by domain from rows, with their linearised covariances."""

from collections.abc import Callable, Iterator

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.cells.columns import Column
from sipas.stats.rows.design import RowDesign
from sipas.stats.rows.results import RowEstimates
from sipas.stats.rows.variance import LonelyCluster, design_covariance, difference


def row_totals(
    design: RowDesign, values: FloatArray, by: Column | None = None, lonely: LonelyCluster = "adjust"
) -> RowEstimates:
    """Σ w y of each variable in each domain.

    Parameters
    ----------
    design : RowDesign
    values : float64[rows] or float64[rows, variables]
        A row that has NaN in any of them is in no domain.
    by : Column, optional
        The domains, in the order of its levels; a row without a value is in none.
    lonely : {"adjust", "certainty", "fail"}
        See `sipas.stats.rows.variance.design_covariance`.

    Raises
    ------
    StatisticsError
        Values for another number of rows, or a lonely stratum with `fail`.
    """
    y = as_columns(design, values)

    def linear(inside: BoolArray) -> tuple[FloatArray, FloatArray]:
        pull = np.where(inside[:, None], y, 0.0)
        return design.weight @ pull, pull

    return each_domain(design, by, have_all(y), linear, lonely)


def row_ratios(
    design: RowDesign,
    numerators: FloatArray,
    denominators: FloatArray,
    by: Column | None = None,
    lonely: LonelyCluster = "adjust",
) -> RowEstimates:
    """R = Σ w y / Σ w x of each pair of variables, linearised by (y − R x) / Σ w x.

    Parameters
    ----------
    numerators, denominators : float64[rows] or float64[rows, variables]
        As in `row_totals`, which has the others and the errors too.
    """
    y, x = as_columns(design, numerators), as_columns(design, denominators)

    def linear(inside: BoolArray) -> tuple[FloatArray, FloatArray]:
        upper, lower = np.where(inside[:, None], y, 0.0), np.where(inside[:, None], x, 0.0)
        total = design.weight @ lower
        ratio = np.divide(design.weight @ upper, total, out=np.full(len(total), np.nan), where=total != 0)
        return ratio, difference(upper, ratio * lower) / np.where(total != 0, total, np.nan)

    return each_domain(design, by, have_all(y + x), linear, lonely)


def row_means(
    design: RowDesign, values: FloatArray, by: Column | None = None, lonely: LonelyCluster = "adjust"
) -> RowEstimates:
    """Σ w y / Σ w over the rows that have a value; shares, where y is 0 or 1. See `row_totals`."""
    return row_ratios(design, values, np.ones_like(as_columns(design, values)), by, lonely)


def as_columns(design: RowDesign, values: FloatArray) -> FloatArray:
    """float64[rows, variables]"""
    given = np.asarray(values, dtype=np.float64)
    if len(given) != len(design):
        raise StatisticsError(f"there are values for {len(given)} rows; the design has {len(design)}")
    return given.reshape(len(design), -1)


def have_all(values: FloatArray) -> BoolArray:
    """bool[rows]: those with a value for every variable."""
    return np.asarray(np.isfinite(values).all(axis=1))


def each_domain(
    design: RowDesign,
    by: Column | None,
    answered: BoolArray,
    linear: Callable[[BoolArray], tuple[FloatArray, FloatArray]],
    lonely: LonelyCluster,
) -> RowEstimates:
    """Estimates, from what gives a domain's estimates and each row's pull on them."""
    estimates, covariances, effects, sizes = [], [], [], []
    for inside in domains_of(design, by, answered):
        value, pull = linear(inside)
        known = np.isfinite(value) & inside.any()
        covariance = design_covariance(design, np.where(known, pull, 0.0), lonely)
        covariance[~known] = covariance[:, ~known] = np.nan
        estimates.append(np.where(known, value, np.nan))
        covariances.append(covariance)
        effects.append(design_effects(design.weight[inside], pull[inside], np.diag(covariance)))
        sizes.append((np.count_nonzero(inside), freedom(design, inside)))
    n, df = np.array(sizes, dtype=np.int64).reshape(-1, 2).T
    deff, deff_replace = np.moveaxis(np.array(effects), 1, 0)
    return RowEstimates(by, np.array(estimates), np.array(covariances), n, df, deff, deff_replace)


def domains_of(design: RowDesign, by: Column | None, answered: BoolArray) -> Iterator[BoolArray]:
    """bool[rows]: for each domain its rows, of those that answered and weigh something."""
    present = answered & (design.weight != 0)
    if by is None:
        yield present
        return
    if len(by) != len(design):
        raise StatisticsError(f"the domains have {len(by)} codes for {len(design)} rows")
    for level in range(len(by.levels)):
        yield present & (by.codes == level)


def freedom(design: RowDesign, inside: BoolArray) -> int:
    """First-stage clusters that the rows are in less the strata that these are in."""
    first = design.stages[0]
    clusters = np.unique(first.cluster[inside])
    return len(clusters) - len(np.unique(first.group[clusters]))


def design_effects(weight: FloatArray, pull: FloatArray, variance: FloatArray) -> FloatArray:
    """float64[2, variables]: V over that of a simple random sample, without and with replacement.

    Its variance is Σ w (u − ū)² Σw / (n − 1), and without replacement 1 − n / Σw times that.
    """
    n, total = len(weight), weight.sum()
    unknown = np.full((2, len(variance)), np.nan)
    if n < 2:
        return unknown
    simple = weight @ (pull - (weight @ pull) / total) ** 2 * total / (n - 1)
    parts = np.array([[1 - n / total], [1.0]]) * simple
    return np.asarray(np.divide(variance, parts, out=unknown, where=parts > 0))
