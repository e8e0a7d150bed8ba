"""A measure's numerators, denominators and their products, cell by cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

import numpy as np

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.scoring import Scoring
from sipas.stats.choices import refuse_unknown
from sipas.stats.estimates.domains import Domains, Rows, of_rows
from sipas.stats.estimates.measures import Measure, Ratio
from sipas.stats.grouping import weighted_sum
from sipas.stats.options import Statistic
from sipas.stats.weights.weighted_cells import WeightedCells


def limits(scoring: Scoring, statistic: Statistic) -> tuple[float, float]:
    """The bounds of an estimate: 0 and 1, or the ends of the scale."""
    return (0.0, 1.0) if statistic == "share" else (float(scoring.points[0]), float(scoring.points[-1]))


@dataclass(frozen=True)
class Products:
    """Σ over a cell's respondents of y_r y_q, y_r x_q, x_r y_q and x_r x_q, for ratios r and q.

    Parameters
    ----------
    yy, yx, xy, xx : float64[cells]
    """

    yy: FloatArray
    yx: FloatArray
    xy: FloatArray
    xx: FloatArray


class Moments:
    """Sums over the respondents of some cells, for one measure and statistic, and their weights.

    For an item y_i is 1 if respondent i's answer satisfies (or its point, for a mean) and x_i is 1
    if there is an answer; the weight takes in 1 / P(asked). For factors they are the sums over the
    factors' items, each item times 1 / P(asked).

    Parameters
    ----------
    sample : WeightedCells
    measure : Measure
    statistic : {"share", "mean"}
    rows : slice or int64[rows]
        The cells that are looked at.

    Attributes
    ----------
    design_weight, weight : float64[rows]
        Of each respondent, without and with 1 / P(asked) of a single item.
    numerators, denominators : tuple of float64[rows]
        Σ y and Σ x for each ratio of the measure.
    """

    def __init__(
        self,
        sample: WeightedCells,
        measure: Measure,
        statistic: Statistic,
        rows: Rows,
    ) -> None:
        refuse_unknown("statistic", statistic, Statistic)
        cells = sample.cells
        self.sample, self.cells, self.measure, self.rows = sample, cells, measure, rows
        self.kind: Literal["S", "T"] = "S" if statistic == "share" else "T"
        self.scale = None if cells.factor_scale is None else of_rows(cells.factor_scale, rows)
        self.design_weight = of_rows(sample.weighting.weight, rows)
        asked = self.asked_weight()
        self.weight = self.design_weight if asked is None else self.design_weight * asked

    @cached_property
    def numerators(self) -> tuple[FloatArray, ...]:
        return tuple(self.numerator(ratio) for ratio in self.measure.ratios)

    @cached_property
    def denominators(self) -> tuple[FloatArray, ...]:
        return tuple(self.denominator(ratio) for ratio in self.measure.ratios)

    def responses(self) -> IntArray:
        """int64[rows]: all respondents."""
        return of_rows(self.cells.n, self.rows)

    def answered(self) -> IntArray:
        """int64[rows]: respondents who answered the item, or an item of the factor (of any factor)."""
        if self.measure.item is not None:
            return self.chosen(self.measure.item, self.cells.scoring.points)
        factors = {k for ratio in self.measure.ratios for k in ratio.factors}
        layout = self.cells.layout
        return self.added([layout.reached(factors.pop() if len(factors) == 1 else layout.factors)])

    def skipped(self) -> FloatArray:
        """float64[rows]: answers missing where every item was asked of everybody; of no use elsewhere.

        Items that do not apply are missing too: cells do not tell why there is no answer.
        """
        items = len(self.measure.items(self.cells.scoring))
        return np.asarray(items * self.responses() - sum(self.denominators))

    def asked_weight(self) -> FloatArray | None:
        """float64[rows]: for a single item 1 / P(asked), 0 where it never is; None for 1 everywhere."""
        chance = None if self.measure.item is None else self.cells.asked_probability(self.measure.item)
        if chance is None:
            return None
        here = of_rows(chance, self.rows)
        return np.divide(1.0, here, out=np.zeros_like(here), where=here > 0)

    def numerator(self, ratio: Ratio) -> FloatArray:
        if ratio.item is not None:
            return self.points(ratio.item, 1)
        return self.factor_sum([self.cells.layout.total(self.kind, k) for k in ratio.factors], 1)

    def denominator(self, ratio: Ratio) -> FloatArray:
        if ratio.item is not None:
            return self.answered().astype(np.float64)
        return self.factor_sum([self.cells.layout.total("A", k) for k in ratio.factors], 1)

    def totals(self, domains: Domains) -> tuple[FloatArray, FloatArray]:
        """float64[ratios, domains] twice: Σ w y and Σ w x; `domains` has the rows that are looked at."""
        y, x = (
            np.array([domains.total(self.weight * part) for part in parts])
            for parts in (self.numerators, self.denominators)
        )
        return y, x

    def residuals(
        self, ratios: FloatArray, coefficients: FloatArray, domains: Domains
    ) -> tuple[FloatArray, FloatArray]:
        """float64[rows]: Σ e_i and Σ e_i² over each cell's respondents.

        Parameters
        ----------
        ratios, coefficients : float64[ratios, domains]
            R_r and c_r / X_r.
        """
        value = [domains.by_row(ratio) for ratio in np.nan_to_num(ratios)]
        coefficient = [domains.by_row(share) for share in coefficients]
        pairs = zip(self.numerators, self.denominators, strict=True)
        e = _added_up(_residual(y, x, value[r], coefficient[r]) for r, (y, x) in enumerate(pairs))
        ee = _added_up(
            _residual_product(
                p, value[r], value[q], coefficient[r] if r == q else 2 * coefficient[r], coefficient[q]
            )
            for r, q, p in self.products()
        )
        return e, ee

    def linearized_sums(self, ratios: FloatArray, coefficients: FloatArray, domains: Domains) -> FloatArray:
        """float64[rows]: Σ e_i over each cell's respondents, e_i times 1 / P(asked) of a single item."""
        asked, domain = self.asked_weight(), domains.domain
        e = np.zeros(len(self.weight))
        parts = zip(np.nan_to_num(ratios), coefficients, self.numerators, self.denominators, strict=True)
        for ratio, coefficient, y, x in parts:
            e += coefficient[domain] * (y - ratio[domain] * x)
        return e if asked is None else e * asked

    def totals_together(self) -> tuple[FloatArray, FloatArray]:
        """float64[ratios] twice: Σ w y and Σ w x of all rows that are looked at."""
        y = np.array([weighted_sum(self.weight, part) for part in self.numerators])
        x = np.array([weighted_sum(self.weight, part) for part in self.denominators])
        return y, x

    def squares_together(self, ratios: FloatArray, coefficients: FloatArray) -> float:
        """Σ w e² of all rows that are looked at.

        Parameters
        ----------
        ratios, coefficients : float64[ratios]
            R_r and c_r / X_r.
        """
        found = 0.0
        for r, q, p in self.products():
            yy, yx, xx = (weighted_sum(self.weight, part) for part in (p.yy, p.yx, p.xx))
            xy = yx if p.xy is p.yx else weighted_sum(self.weight, p.xy)
            square = yy - ratios[q] * yx - ratios[r] * (xy - ratios[q] * xx)
            found += (1 if r == q else 2) * coefficients[r] * coefficients[q] * square
        return float(found)

    def products(self) -> Iterator[tuple[int, int, Products]]:
        """The products of every two ratios r <= q, with their positions."""
        if len(self.measure.ratios) == 1:
            yield 0, 0, self.squares
            return
        for r, ratio in enumerate(self.measure.ratios):
            for q, other in enumerate(self.measure.ratios[r:], r):
                yield r, q, self.factor_products(ratio.factors, other.factors)

    @cached_property
    def squares(self) -> Products:
        """The products of a measure's only ratio with itself."""
        (ratio,) = self.measure.ratios
        if ratio.item is None:
            return self.factor_products(ratio.factors, ratio.factors)
        # x is 0 or 1, so that x times anything of the same answer is that thing itself.
        y, x = self.numerators[0], self.denominators[0]
        return Products(self.points(ratio.item, 2), y, y, x)

    def crossed(self, position: int) -> FloatArray:
        """float64[rows]: Σ y x of the ratio at this position, with itself."""
        if len(self.measure.ratios) == 1:
            return self.squares.yx
        factors, layout = self.measure.ratios[position].factors, self.cells.layout
        return self.factor_sum([layout.product(self.kind, k, m) for k, m in product(factors, factors)], 2)

    def factor_products(self, r: tuple[int, ...], q: tuple[int, ...]) -> Products:
        layout, pairs = self.cells.layout, list(product(r, q))
        yx = self.factor_sum([layout.product(self.kind, k, m) for k, m in pairs], 2)
        xy = yx if r == q else self.factor_sum([layout.product(self.kind, m, k) for k, m in pairs], 2)
        return Products(
            self.factor_sum([layout.square(self.kind, k, m) for k, m in pairs], 2),
            yx,
            xy,
            self.factor_sum([layout.square("A", k, m) for k, m in pairs], 2),
        )

    def factor_sum(self, positions: Sequence[int], power: int) -> FloatArray:
        """float64[rows]: the columns at these positions, which carry L `power` times, added up without it."""
        total = self.added(positions).astype(np.float64)
        return total if self.scale is None else total / self.scale**power

    def points(self, item: int, power: int) -> FloatArray:
        """float64[rows]: Σ y or Σ y² of a single item, from the histogram of its answers."""
        scoring = self.cells.scoring
        if self.kind == "S":
            satisfied = [point for point in scoring.points if point >= scoring.satisfied]
            return self.chosen(item, satisfied).astype(np.float64)
        total = np.zeros(len(self.design_weight))
        for point in scoring.points:
            total += point**power * self.chosen(item, [point])
        return total

    def chosen(self, item: int, points: Sequence[int]) -> IntArray:
        """int64[rows]: how many chose one of these points."""
        layout, known = self.cells.layout, self.cells.scoring.points
        return self.added([layout.chosen(item, known.index(point)) for point in points])

    def added(self, positions: Sequence[int]) -> IntArray:
        """int64[rows]: the columns of sums at these positions, added up; a position may come twice."""
        cells = self.cells
        if len(positions) == 1:
            return of_rows(cells.sum_at(positions[0]), self.rows)
        # With many rows it is faster to select them from the total than from every column.
        many = isinstance(self.rows, slice) or 4 * len(self.rows) > len(cells)
        early, late = (slice(None), self.rows) if many else (self.rows, slice(None))
        total = of_rows(cells.sum_at(positions[0]), early).copy()
        for position in positions[1:]:
            total += of_rows(cells.sum_at(position), early)
        return of_rows(total, late)


def _added_up(parts: Iterator[FloatArray]) -> FloatArray:
    """Add arrays into the first one, and return it."""
    total = next(parts)
    for part in parts:
        total += part
    return total


def _residual(y: FloatArray, x: FloatArray, value: FloatArray, coefficient: FloatArray) -> FloatArray:
    """c (y − R x) / X, in one array of its own."""
    part = value * x
    np.subtract(y, part, out=part)
    part *= coefficient
    return part


def _residual_product(
    p: Products,
    value_r: FloatArray,
    value_q: FloatArray,
    coefficient_r: FloatArray,
    coefficient_q: FloatArray,
) -> FloatArray:
    """Σ c_r (y_r − R_r x_r) / X_r · c_q (y_q − R_q x_q) / X_q, in one or two arrays of its own."""
    square = value_q * p.xx
    square -= p.xy
    if p.xy is p.yx and value_r is value_q:
        square -= p.yx
        square *= value_r
    else:
        square *= value_r
        square -= value_q * p.yx
    square += p.yy
    square *= coefficient_r
    square *= coefficient_q
    return square
