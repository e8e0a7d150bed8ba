"""The variance of estimates under calibrated weights, by the residuals of a regression on the margins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.calibration.kept import Bordered, Calibration
from sipas.stats.calibration.solve import crossed
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import counting_sort
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.linearise import Linearised, solve_ratios
from sipas.stats.estimates.moments import Moments
from sipas.stats.estimates.variance import RELATIVE_ROUNDING
from sipas.stats.grouping import summed
from sipas.stats.weights.weighted_cells import WeightedCells
from sipas.stats.weights.weights import Weighting


@dataclass(frozen=True)
class Regression:
    """The change in variances from the regression of e_i on the margins' indicators a_i.

    After calibration z_i = w_i (e_i − a_i'B_D), with B_D = (Σ d a a')⁻¹ Σ d a e under the weights d
    from before (Deville and Särndal 1992, section 3; R's `calibrate`). Every respondent has such a
    z_i, also outside of the domain D, where e_i = 0. With
    k_h = (1 − f_h) n_h / (n_h − 1) and ⟨u, v⟩ = Σ_h k_h (Σ u_i v_i − Σ u_i Σ v_i / n_h) this is

        V_D = ⟨we, we⟩ − 2 B_D'c_D + B_D'M B_D,   c_D = ⟨wa, we⟩,   M = ⟨wa, wa'⟩,

    of which the first term is the variance without calibration. c_D needs the domain's own cells
    only and M is the same for all domains, so that it costs what the non-empty cells cost.

    Parameters
    ----------
    slopes : float64[p, domains]
        B_D.
    crossed : float64[p, domains]
        c_D.
    shared : sparse float64[p, p]
        M.
    """

    slopes: FloatArray
    crossed: FloatArray
    shared: scipy.sparse.csr_array

    def covariance(self) -> FloatArray:
        """float64[domains, domains]: what is to be added to the covariances of Σ w e."""
        crossed = self.slopes.T @ self.crossed
        return np.asarray(self.slopes.T @ (self.shared @ self.slopes) - crossed - crossed.T)


@dataclass(frozen=True)
class _StratumScale:
    """Factors of strata: `outer` is k_h, `inner` k_h / n_h; float64[variance strata].

    A stratum with one response is centred at 0 with `adjust` and adds nothing otherwise.
    """

    outer: FloatArray
    inner: FloatArray

    @classmethod
    def of(cls, weighting: Weighting, fraction: FloatArray, adjust: bool) -> _StratumScale:
        size, left = weighting.size, 1 - fraction
        several = size > 1
        inner = np.where(several, left / np.maximum(size - 1, 1), 0.0)
        return cls(np.where(several, inner * size, left if adjust else 0.0), inner)


@dataclass(frozen=True)
class Regressor:
    """The shared part of the regressions of all measures in the same domains.

    Parameters
    ----------
    domains : Domains
    calibration : Calibration
    design, square : float64[rows]
        d and k_h w² of each row of the domains.
    inner : float64[pairs]
        k_h / n_h.
    strata : sparse float64[variance strata, p]
        Σ w a over the whole stratum.
    shared : sparse float64[p, p]
        M.
    """

    domains: Domains
    calibration: Calibration
    design: FloatArray
    square: FloatArray
    inner: FloatArray
    strata: scipy.sparse.csr_array
    shared: scipy.sparse.csr_array

    @classmethod
    def of(
        cls, sample: WeightedCells, domains: Domains, fraction: FloatArray, *, adjust: bool
    ) -> Regressor | None:
        """None for weights that were not calibrated.

        Parameters
        ----------
        fraction : float64[variance strata]
            f_h.
        adjust : bool
            Whether strata with a single response count, centred at 0.
        """
        cells, weighting = sample.cells, sample.weighting
        calibration = weighting.regression
        if calibration is None:
            return None
        scale, auxiliaries = _StratumScale.of(weighting, fraction, adjust), calibration.auxiliaries
        strata = _strata_totals(cells, weighting, calibration) @ auxiliaries
        outer = np.append(scale.outer, 0.0)[weighting.stratum] * weighting.weight**2
        placed = weighting.stratum >= 0
        squares = summed(calibration.patterns.code[placed], (cells.n * outer)[placed], auxiliaries.shape[0])
        return cls(
            domains=domains,
            calibration=calibration,
            design=calibration.weight[domains.rows],
            square=outer[domains.rows],
            inner=scale.inner[domains.pair_stratum],
            strata=strata,
            shared=_difference(crossed(auxiliaries, squares), crossed(strata, scale.inner)),
        )

    @cached_property
    def order(self) -> IntArray:
        """int64[rows]: the rows of the domains in the order of these."""
        return counting_sort(self.domains.domain, self.domains.count).astype(np.int64)

    @cached_property
    def places(self) -> tuple[IntArray, IntArray]:
        """int64[rows], int64[rows]: their domains and patterns, in this order."""
        pattern = self.calibration.patterns.code[self.domains.rows]
        return self.domains.domain[self.order], pattern[self.order]

    @cached_property
    def quadratic(self) -> Quadratic:
        return Quadratic.of(self.calibration.factor, self.shared)

    def variance(self, moments: Moments, linearised: Linearised) -> FloatArray:
        """float64[domains]: what is to be added to a measure's variances; `moments` are those linearised."""
        return self.variance_of_sums(linearized_sums(moments, linearised), linearised.z)

    def variance_of_sums(self, e: FloatArray, z: FloatArray) -> FloatArray:
        """float64[domains]: likewise of any variable, whose slopes are never written out level by level."""
        totals, crossed = self.sums(e, z)
        return self.quadratic.variance(*self.calibration.factor.solve_apart(totals), crossed)

    def regress_sums(self, e: FloatArray, z: FloatArray) -> Regression:
        """The regression of any variable in every domain.

        Parameters
        ----------
        e : float64[rows]
            Its sum over each cell's respondents, times 1 / P(asked) of a single item.
        z : float64[pairs]
            Σ w e.
        """
        totals, crossed = self.sums(e, z)
        return Regression(self.calibration.regress(totals), crossed.toarray(), self.shared)

    def sums(self, e: FloatArray, z: FloatArray) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array]:
        """sparse float64[p, domains] twice: Σ d a e, and c_D."""
        domains, auxiliaries = self.domains, self.calibration.auxiliaries
        totals = _by_domain((self.design * e)[self.order], *self.places, domains.count, auxiliaries)
        own = _by_domain((self.square * e)[self.order], *self.places, domains.count, auxiliaries)
        centre = z * self.inner
        centred = _by_domain(centre, domains.pair_domain, domains.pair_stratum, domains.count, self.strata)
        return totals, _difference(own, centred)


@dataclass(frozen=True)
class Quadratic:
    """B'M B and B'c for slopes B that come apart as `Bordered.solve_apart` has them, S and T.

    B = [S; 0] + F T with F = [−D⁻¹C; 1], so that B'M B = S'M S + 2 T'F'M S + T'F'M F T. A domain
    lies in few levels of the largest margin, and S is sparse; T is thin. B itself is neither.

    Parameters
    ----------
    bordered : Bordered
    inner : sparse float64[inner, inner]
        M between inner positions.
    mixed : sparse float64[outer, inner]
        F'M at the inner positions.
    outer : sparse float64[outer, outer]
        F'M F; sparse, if full, for the same reason as in `Bordered`.
    """

    bordered: Bordered
    inner: scipy.sparse.csr_array
    mixed: scipy.sparse.csr_array
    outer: scipy.sparse.csr_array

    @classmethod
    def of(cls, bordered: Bordered, shared: scipy.sparse.csr_array) -> Quadratic:
        at_inner, at_outer, border = shared[bordered.inner], shared[bordered.outer], bordered.border
        inner = at_inner[:, bordered.inner]
        mixed = at_outer[:, bordered.inner] - border.T @ inner
        beside = at_outer[:, bordered.outer] - border.T @ at_inner[:, bordered.outer]
        return cls(
            bordered, inner, scipy.sparse.csr_array(mixed), scipy.sparse.csr_array(beside - mixed @ border)
        )

    def variance(
        self, own: scipy.sparse.csr_array, there: FloatArray, crossed: scipy.sparse.csr_array
    ) -> FloatArray:
        """float64[columns]: B'M B − 2 B'c.

        Parameters
        ----------
        own : sparse float64[inner, columns]
            S.
        there : float64[outer, columns]
            T.
        crossed : sparse float64[p, columns]
            c.
        """
        at_inner = crossed[self.bordered.inner]
        at_outer = (crossed[self.bordered.outer] - self.bordered.border.T @ at_inner).toarray()
        sparsely = own.multiply(self.inner @ own - 2 * at_inner).sum(axis=0)
        thinly = self.outer @ there + 2 * ((self.mixed @ own).toarray() - at_outer)
        return np.asarray(sparsely + np.einsum("pd,pd->d", there, thinly))


def _difference(matrix: scipy.sparse.csr_array, other: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """sparse float64[rows, columns]: matrix − other, without what is left by rounding alone."""
    left = scipy.sparse.csr_array(matrix - other)
    return scipy.sparse.csr_array(left.multiply(abs(left) > RELATIVE_ROUNDING * abs(matrix)))


def _by_domain(
    values: FloatArray, domain: IntArray, position: IntArray, count: int, matrix: scipy.sparse.csr_array
) -> scipy.sparse.csr_array:
    """sparse float64[p, domains]: the matrix's rows at these positions times the values, added up by domain.

    Parameters
    ----------
    domain : int64[values]
        Rises.
    """
    ends = np.searchsorted(domain, np.arange(count + 1))
    places = scipy.sparse.csr_array((values, position, ends), shape=(count, matrix.shape[0]))
    return scipy.sparse.csr_array((places @ matrix).T)


def linearized_sums(moments: Moments, linearised: Linearised) -> FloatArray:
    """float64[rows]: Σ e_i over each cell's respondents, e_i times 1 / P(asked) of a single item."""
    _, ratios, coefficients = solve_ratios(moments, linearised.domains)
    return moments.linearized_sums(ratios, coefficients, linearised.domains)


def _strata_totals(cells: Cells, weighting: Weighting, calibration: Calibration) -> scipy.sparse.csr_array:
    """sparse float64[variance strata, patterns]: Σ w."""
    placed = weighting.stratum >= 0
    shape = (len(weighting.size), len(calibration.patterns.design))
    place = (weighting.stratum[placed], calibration.patterns.code[placed])
    return scipy.sparse.coo_array((cells.n[placed] * weighting.weight[placed], place), shape=shape).tocsr()
