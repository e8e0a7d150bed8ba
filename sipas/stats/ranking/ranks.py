"""Ranks of domains, each with its rank range."""

from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.ranking.pairs import compare_pairs, overlap_ranks, ranks_left
from sipas.stats.ranking.stepdown import draw_errors, step_down

RANK_DRAWS = 2000


@dataclass(frozen=True)
class Ranks:
    """Ranks by domain, 1 the highest estimate; NaN for domains that are not ranked.

    Parameters
    ----------
    rank : float64[domains]
        1 + the number of domains with a higher estimate: equal estimates share a rank.
    low, high : float64[domains]
        The range that holds this domain's rank with the probability `level`.
    low_simultaneous, high_simultaneous : float64[domains]
        Ranges that hold the ranks of all domains at once.
    low_joint, high_joint : float64[domains]
        Likewise, from the overlap of joint intervals: simpler and wider.
    count : int
        How many domains are ranked.
    level : float
    draws, seed : int
    """

    rank: FloatArray
    low: FloatArray
    high: FloatArray
    low_simultaneous: FloatArray
    high_simultaneous: FloatArray
    low_joint: FloatArray
    high_joint: FloatArray
    count: int
    level: float
    draws: int
    seed: int

    @property
    def ranked(self) -> BoolArray:
        """bool[domains]: which domains have a rank."""
        return np.isfinite(self.rank)


def rank_domains(
    estimate: FloatArray,
    covariance: FloatArray,
    df: FloatArray | IntArray | None = None,
    ranked: BoolArray | None = None,
    level: float = 0.95,
    draws: int = RANK_DRAWS,
    seed: int = 1,
) -> Ranks:
    """Ranks with marginal and simultaneous ranges by step-down, and those of joint intervals.

    By step-down over all pairwise differences (Mogstad, Romano, Shaikh and Wilhelm 2024, as R's
    `csranks`), each difference with its own degrees of freedom; and from the overlap of intervals at
    the level^(1 / domains) (Klein, Wright and Wieczorek 2020), which hold jointly for any normal
    estimates (Šidák 1967). The domains are drawn in the order of their estimates: renaming or
    reordering them changes nothing.

    Parameters
    ----------
    estimate : float64[domains]
        Any scale does that keeps the order; see `soften_shares` for shares.
    covariance : float64[domains, domains]
    df : float64[domains], optional
        Degrees of freedom of each variance; without them the normal distribution is taken.
    ranked : bool[domains], optional
        Which domains take part; the others do not count. None but those with an estimate and a
        variance above 0 can.
    level : float
        At least 0.5.
    draws : int
    seed : int

    Raises
    ------
    StatisticsError
        Shapes that do not fit, a matrix that is no covariance matrix, or a level out of bounds.
    """
    _check(estimate, covariance, df, level, draws)
    places = np.flatnonzero(_usable(estimate, covariance, df, ranked))
    places = places[np.lexsort((places, np.diag(covariance)[places], -estimate[places]))]
    values, spread = estimate[places], covariance[np.ix_(places, places)]
    freedom = np.full(len(places), np.inf) if df is None else np.asarray(df, dtype=np.float64)[places]
    found = _find_ranges(values, _refuse_impossible(spread), freedom, level, draws, seed)
    numbers = np.full((7, len(estimate)), np.nan)
    numbers[:, places] = [1 + (values[:, None] < values).sum(axis=1), *found]
    rank, low, high, low_simultaneous, high_simultaneous, low_joint, high_joint = numbers
    return Ranks(
        rank, low, high, low_simultaneous, high_simultaneous, low_joint, high_joint,
        len(places), level, draws, seed,
    )  # fmt: skip


def _find_ranges(
    estimate: FloatArray, covariance: FloatArray, df: FloatArray, level: float, draws: int, seed: int
) -> list[IntArray]:
    """The ranges, marginal, simultaneous and joint, of domains in falling order of their estimates."""
    if not len(estimate):
        return [np.zeros(0, dtype=np.int64)] * 6
    pairs = compare_pairs(estimate, covariance, df)
    above = estimate[:, None] > estimate
    ranges: list[IntArray] = []
    for apart in step_down(pairs, draw_errors(pairs, draws, seed), level):
        ranges += ranks_left(apart & above.T, apart & above)
    tail = -np.expm1(np.log(level) / len(estimate)) / 2
    half = (
        -scipy.special.stdtrit(df, tail)
        if np.isfinite(df).all()
        else np.full(len(df), -scipy.special.ndtri(tail))
    )
    half *= np.sqrt(np.diag(covariance))
    return [*ranges, *overlap_ranks(estimate - half, estimate + half)]


def _usable(
    estimate: FloatArray, covariance: FloatArray, df: FloatArray | IntArray | None, ranked: BoolArray | None
) -> BoolArray:
    """bool[domains]: those asked for that have an estimate, a variance and a degree of freedom."""
    variance = np.diag(covariance)
    known = np.isfinite(estimate) & np.isfinite(variance) & (variance > 0)
    if df is not None:
        known &= df > 0
    return known if ranked is None else known & ranked


def _check(
    estimate: FloatArray,
    covariance: FloatArray,
    df: FloatArray | IntArray | None,
    level: float,
    draws: int,
) -> None:
    count = len(estimate)
    if covariance.shape != (count, count) or (df is not None and df.shape != (count,)):
        raise StatisticsError(
            f"{count} estimates need a covariance matrix of {count} × {count} and {count} degrees of freedom,"
            f" not {' × '.join(map(str, covariance.shape))}" + ("" if df is None else f" and {df.size}")
        )
    if not 0.5 <= level < 1:
        raise StatisticsError(f"the level of ranks must be at least 0.5 and less than 1, not {level:g}")
    if draws < 1 / (1 - level):
        raise StatisticsError(f"{draws} draws are too few for the level {level:g}; take 1,000 or more")


def _refuse_impossible(covariance: FloatArray) -> FloatArray:
    """The covariance matrix, if it can be one."""
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)
    if not np.isfinite(correlation).all():
        raise StatisticsError("a covariance of domains that are to be ranked is missing")
    if np.abs(correlation - correlation.T).max(initial=0) > 1e-8:
        raise StatisticsError("the covariance matrix is not symmetric")
    if len(scale) and (lowest := float(np.linalg.eigvalsh(correlation)[0])) < -1e-8 * len(scale):
        raise StatisticsError(f"no covariance matrix has the eigenvalue {lowest:g}; it is below 0")
    return covariance
