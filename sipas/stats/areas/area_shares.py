"""Model-based shares of small areas: smoothed, clipped, and benchmarked to the direct total."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.areas.small_areas import AreaModel, fay_herriot
from sipas.stats.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class SmallAreas:
    """Model-based shares by domain, benchmarked to the direct ones.

    Parameters
    ----------
    model : AreaModel
    estimate, se, low, high : float64[domains]
        In [0, 1]; se is the root of the mean squared error, low and high are normal.
    smoothed : float64[domains]
        The sampling variances taken; NaN without a sample.
    factor : float
        What benchmarking multiplied estimates by.
    level : float
    """

    model: AreaModel
    estimate: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    smoothed: FloatArray
    factor: float
    level: float


def model_shares(
    share: FloatArray,
    n_effective: FloatArray,
    size: FloatArray,
    covariates: FloatArray | None = None,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> SmallAreas:
    """Model-based shares: Fay–Herriot with smoothed sampling variances, clipped and benchmarked.

    A small area's own variance can be 0 by luck; p̄ (1 − p̄) / n_eff cannot, with p̄ the share of all
    areas by effective n (half an answer from 0 and 1 where all areas are unanimous).

    Parameters
    ----------
    share, n_effective : float64[domains]
        Direct estimates; NaN without a sample.
    size : float64[domains]
        What each counts in the total that is kept, such as Σ w; not used where there is no sample.
    covariates, names
        As in `fay_herriot`.
    level : float

    Returns
    -------
    SmallAreas
        Benchmarked by one factor, so that Σ size · estimate is Σ size · share; what would exceed 1
        stays there and the others make up for it. The mean squared errors are those before it.

    Raises
    ------
    StatisticsError
        See `fay_herriot`; a level out of bounds.
    """
    if not 0 < level < 1:
        raise StatisticsError(f"the level must lie between 0 and 1, not {level:g}")
    known = np.isfinite(share) & (n_effective > 0)
    smoothed = _smooth_variances(share, n_effective, known)
    model = fay_herriot(np.where(known, share, np.nan), smoothed, covariates, names)
    clipped = np.clip(model.estimate, 0.0, 1.0)
    total = float((size[known] * share[known]).sum())
    factor = benchmark(clipped[known], size[known], total)
    estimate = np.minimum(clipped * factor, 1.0)
    se = np.sqrt(model.mse)
    half = scipy.special.ndtri((1 + level) / 2) * se
    low, high = np.clip([estimate - half, estimate + half], 0.0, 1.0)
    return SmallAreas(model, estimate, se, low, high, smoothed, factor, level)


def _smooth_variances(share: FloatArray, n_effective: FloatArray, known: BoolArray) -> FloatArray:
    """float64[domains]: p̄ (1 − p̄) / n_eff, above 0."""
    size = np.where(known, n_effective, 0.0)
    if not size.any():
        raise StatisticsError("no area has a sample; a model of areas needs some")
    total = size.sum()
    mean = float((size[known] * share[known]).sum() / total)
    mean = min(max(mean, 0.5 / (total + 1)), 1 - 0.5 / (total + 1))
    smoothed = np.full(len(share), np.nan)
    smoothed[known] = mean * (1 - mean) / n_effective[known]
    return smoothed


def benchmark(share: FloatArray, size: FloatArray, total: float) -> float:
    """The factor at which Σ size · min(factor · share, 1) is the total."""
    at_one = np.zeros(len(share), dtype=np.bool_)
    while True:
        left = float((size * share)[~at_one].sum())
        factor = (total - float(size[at_one].sum())) / left if left > 0 else 1.0
        beyond = ~at_one & (share * factor > 1)
        if not beyond.any():
            return factor
        at_one |= beyond
