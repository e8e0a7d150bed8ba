"""Distances between weights before and after calibration, and the ratios of weights that each allows."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray

DistanceName = Literal["linear", "raking", "logit"]
Bounds = tuple[float, float]

# exp(u) beyond this is no ratio of weights that anybody wants, and its squares would overflow.
_LARGEST_LOGARITHM = 300.0


class Distance(Protocol):
    """The ratio of weights g = F(u) at u = x'λ (Deville and Särndal 1992), F(0) = 1 and F'(0) = 1.

    `slope` is F', and `integral` is ∫ F from 0 to u: the convex function whose sum is minimised.
    """

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...

    def ratio(self, u: FloatArray) -> FloatArray: ...

    def slope(self, u: FloatArray) -> FloatArray: ...

    def integral(self, u: FloatArray) -> FloatArray: ...


@dataclass(frozen=True)
class _Linear:
    """g = 1 + u, cut off at the bounds: Deville and Särndal's cases 1 and 7."""

    low: float = -np.inf
    high: float = np.inf

    def inside(self, u: FloatArray) -> FloatArray:
        return np.asarray(np.clip(u, self.low - 1, self.high - 1))

    def ratio(self, u: FloatArray) -> FloatArray:
        return np.add(1, self.inside(u))

    def slope(self, u: FloatArray) -> FloatArray:
        return np.equal(self.inside(u), u).astype(np.float64, copy=False)

    def integral(self, u: FloatArray) -> FloatArray:
        inside = self.inside(u)
        return inside + inside**2 / 2 + (1 + inside) * (u - inside)


@dataclass(frozen=True)
class _Raking:
    """g = exp(u), cut off at the bounds: case 2, whose solution iterative proportional fitting finds."""

    low: float = 0.0
    high: float = np.inf

    def inside(self, u: FloatArray) -> FloatArray:
        least = np.log(self.low) if self.low > 0 else -_LARGEST_LOGARITHM
        return np.clip(u, least, min(np.log(self.high), _LARGEST_LOGARITHM))

    def ratio(self, u: FloatArray) -> FloatArray:
        return np.exp(self.inside(u))

    def slope(self, u: FloatArray) -> FloatArray:
        inside = self.inside(u)
        return np.where(inside == u, np.exp(inside), 0.0)

    def integral(self, u: FloatArray) -> FloatArray:
        inside = self.inside(u)
        return np.expm1(inside) + np.exp(inside) * (u - inside)


@dataclass(frozen=True)
class _Logit:
    """g = L + (U − L) expit(A u + logit((1 − L) / (U − L))), A = (U − L) / ((1 − L)(U − 1)): case 6."""

    low: float
    high: float

    @property
    def steepness(self) -> float:
        return (self.high - self.low) / ((1 - self.low) * (self.high - 1))

    def place(self, u: FloatArray) -> FloatArray:
        return np.asarray(self.steepness * u + np.log((1 - self.low) / (self.high - 1)))

    def ratio(self, u: FloatArray) -> FloatArray:
        return self.low + (self.high - self.low) * scipy.special.expit(self.place(u))

    def slope(self, u: FloatArray) -> FloatArray:
        share = scipy.special.expit(self.place(u))
        return (self.high - self.low) * self.steepness * share * (1 - share)

    def integral(self, u: FloatArray) -> FloatArray:
        growth = np.logaddexp(0, self.place(u)) - np.logaddexp(0, self.place(np.zeros(1)))
        return np.asarray(self.low * u + (self.high - self.low) / self.steepness * growth)


def find_distance(name: str, bounds: Bounds | None) -> Distance:
    """The distance of this name between these bounds.

    Raises
    ------
    StatisticsError
        An unknown name, bounds that do not hold 1 between them, or none for `logit`.
    """
    if bounds is not None and not bounds[0] < 1 < bounds[1]:
        raise StatisticsError(
            f"bounds {bounds[0]:g} to {bounds[1]:g}: they are about the ratio of new weight to old,"
            " so that the lower is less than 1 and the upper more"
        )
    if name == "linear":
        return _Linear(*bounds) if bounds else _Linear()
    if name == "raking":
        return _Raking(max(bounds[0], 0.0), bounds[1]) if bounds else _Raking()
    if name != "logit":
        raise StatisticsError(f"there is no distance {name!r}; there are linear, raking and logit")
    if bounds is None or not np.isfinite(bounds).all():
        raise StatisticsError("the distance logit needs two bounds, such as 0.4 and 2.5")
    return _Logit(*bounds)
