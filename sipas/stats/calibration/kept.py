"""The calibration behind weights, kept for their variance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.calibration.distances import Bounds
from sipas.stats.calibration.margins import Margins
from sipas.stats.calibration.patterns import Patterns
from sipas.stats.calibration.solve import crossed, independent, scaled


@dataclass(frozen=True)
class Calibration:
    """How weights were brought to margins.

    Parameters
    ----------
    margins : Margins
    patterns : Patterns
    weight : float64[cells]
        Of each respondent before, scaled to the margins' total.
    bounds : (float, float) or None
        Of the ratio between the weight after and before.
    rounds : int
        Sweeps over the margins, or steps of Newton's method.
    error : float
        The largest relative error of a margin that is left.
    """

    margins: Margins
    patterns: Patterns
    weight: FloatArray
    bounds: Bounds | None
    rounds: int
    error: float

    @cached_property
    def kept(self) -> IntArray:
        """Positions of the auxiliaries that the others do not make up."""
        return independent(crossed(self.patterns.auxiliaries, self.patterns.design).toarray())

    @cached_property
    def auxiliaries(self) -> scipy.sparse.csr_array:
        """sparse float64[patterns, kept]: a, without those."""
        return self.patterns.auxiliaries[:, self.kept]

    @cached_property
    def factor(self) -> Bordered:
        """Σ d a a', factored."""
        margins = self.patterns.margins
        margin = np.repeat(np.arange(len(margins)), [len(one.levels) for one in margins])[self.kept]
        largest = np.bincount(margin).argmax()
        return Bordered.of(crossed(self.auxiliaries, self.patterns.design).toarray(), margin == largest)

    def regress(self, totals: scipy.sparse.csr_array) -> FloatArray:
        """float64[kept, domains]: B by domain, from Σ d a e, sparse float64[kept, domains]."""
        return self.factor.solve(totals)


@dataclass(frozen=True)
class Bordered:
    """A matrix [D C; C' E] in which D, of the levels of one margin, is diagonal: no response has two.

    Parameters
    ----------
    inner, outer : int64[...]
        The positions of D, and of E.
    diagonal : float64[inner]
    border : sparse float64[inner, outer]
        D⁻¹ C.
    rest : sparse float64[outer, outer]
        The inverse of E − C' D⁻¹ C. Sparse like the border, if full: BLAS is threaded, and for products
        as thin as these its threads cost many times what they give where processors are shared.
    """

    inner: IntArray
    outer: IntArray
    diagonal: FloatArray
    border: scipy.sparse.csr_array
    rest: scipy.sparse.csr_array

    @classmethod
    def of(cls, matrix: FloatArray, is_inner: BoolArray) -> Bordered:
        inner, outer = np.flatnonzero(is_inner), np.flatnonzero(~is_inner)
        diagonal, side = matrix[inner, inner], matrix[np.ix_(inner, outer)]
        border = side / diagonal[:, None]
        rest = scipy.linalg.inv(matrix[np.ix_(outer, outer)] - side.T @ border)
        return cls(inner, outer, diagonal, scipy.sparse.csr_array(border), scipy.sparse.csr_array(rest))

    def solve(self, right: scipy.sparse.csr_array) -> FloatArray:
        """float64[p, columns]: what the matrix makes these right-hand sides of."""
        solution, (own, there) = np.empty(right.shape), self.solve_apart(right)
        solution[self.outer] = there
        solution[self.inner] = own.toarray() - self.border @ there
        return solution

    def solve_apart(self, right: scipy.sparse.csr_array) -> tuple[scipy.sparse.csr_array, FloatArray]:
        """The solution as S and T: it is S − (D⁻¹ C) T at the inner positions and T at the outer ones.

        S, of shape [inner, columns], is as sparse as the right-hand sides; T, [outer, columns], is thin.
        """
        own = right[self.inner]
        there = self.rest @ (right[self.outer] - self.border.T @ own).toarray()
        return scaled(own, 1 / self.diagonal), there
