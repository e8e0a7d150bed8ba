"""Positions of the sums over a cell's respondents in its row of sums.

For respondent i and factor k let A_ik be how many of the factor's items were answered, S_ik how
many of those answers satisfy, and T_ik the sum of their points. In order, a row of sums holds

1. for each item and each point of the scale, how many chose it (item by item);
2. Σ S_k, Σ A_k, Σ T_k, each for k = 1 … K;
3. the products that a variance needs, Σ S_k S_m, Σ A_k A_m, Σ T_k T_m for k <= m, then
   Σ S_k A_m and Σ T_k A_m for every k and m;
4. how many respondents answered an item of factor k, for each k, and of any factor.

Every sum is a whole number, so that cells add up exactly and in any order. Where a form asks item j
with probability P_j < 1, the item enters A, S and T times L / P_j, with L the smallest number that
makes all of the form's L / P_j whole; see `asked_multiples`. The histogram (1) holds plain counts.
"""

from dataclasses import dataclass
from math import lcm

from sipas.stats.cells.scoring import Scoring


@dataclass(frozen=True)
class Layout:
    """Positions in a row of sums.

    Parameters
    ----------
    items, points, factors : int
        How many items, points of the scale and factors there are.
    """

    items: int
    points: int
    factors: int

    @classmethod
    def of(cls, scoring: Scoring) -> "Layout":
        return cls(len(scoring.items), len(scoring.points), len(scoring.factors))

    @property
    def pairs(self) -> int:
        return self.factors * (self.factors + 1) // 2

    def chosen(self, item: int, point: int) -> int:
        return item * self.points + point

    def total(self, kind: str, k: int) -> int:
        """Position of Σ S_k, Σ A_k or Σ T_k; `kind` is the letter."""
        return self.items * self.points + "SAT".index(kind) * self.factors + k

    def square(self, kind: str, k: int, m: int) -> int:
        """Position of Σ S_k S_m, Σ A_k A_m or Σ T_k T_m."""
        low, high = min(k, m), max(k, m)
        place = low * self.factors - low * (low - 1) // 2 + high - low
        return self.total("T", self.factors) + "SAT".index(kind) * self.pairs + place

    def product(self, kind: str, k: int, m: int) -> int:
        """Position of Σ S_k A_m or Σ T_k A_m."""
        start = self.total("T", self.factors) + 3 * self.pairs
        return start + "ST".index(kind) * self.factors**2 + k * self.factors + m

    def reached(self, k: int) -> int:
        """Position of how many answered an item of factor k; of any factor for k = K."""
        return self.product("T", self.factors, 0) + k

    @property
    def width(self) -> int:
        return self.reached(self.factors) + 1


def sum_width(scoring: Scoring) -> int:
    """How many sums a cell has."""
    return Layout.of(scoring).width


def asked_multiples(scoring: Scoring, form: str | None) -> tuple[tuple[int, ...], int]:
    """L / P(asked) of each item on a form, all whole numbers, and L; 0 for an item it never asks.

    A response of a form that is not published was asked everything.
    """
    chances = scoring.chances(form)
    scale = lcm(*(chance.numerator for chance in chances if chance))
    return tuple(int(scale / chance) if chance else 0 for chance in chances), scale
