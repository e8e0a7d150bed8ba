"""What the numbers in an answer mean: the items, their factors, the point that counts as satisfied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True)
class Scoring:
    """The part of an instrument that estimation needs.

    Parameters
    ----------
    items : tuple of str
        Item ids, in the order of the columns of an answer matrix.
    factors : mapping of str to tuple of int
        For each factor the positions of its items in `items`. An item may stand in no factor.
    points : tuple of int
        The points of the scale, rising.
    satisfied : int
        This point and those above it count as satisfied.
    forms : mapping of str to tuple of Fraction
        For each form P(asked) of every item, 0 where the form never asks it.
        A response of a form that is not named here was asked everything.
    """

    items: tuple[str, ...]
    factors: Mapping[str, tuple[int, ...]]
    points: tuple[int, ...]
    satisfied: int
    forms: Mapping[str, tuple[Fraction, ...]] = field(default_factory=dict)

    def chances(self, form: str | None) -> tuple[Fraction, ...]:
        """P(asked) of every item on a form; None is a form that is not known."""
        return self.forms.get(form or "", (Fraction(1),) * len(self.items))


@dataclass(frozen=True)
class IndexDefinition:
    """How an overall index comes from the items: a versioned part of an instrument.

    Parameters
    ----------
    id : str
    kind : {"pooled", "factors", "question"}
        `pooled`: satisfied answers over answers, all items of all factors. `factors`: the sum of
        the factor indices, each times its weight. `question`: the share of one item.
    weights : mapping of str to float, optional
        For `factors`: the weight of each factor; they sum to 1.
    question : str, optional
        For `question`: the item's id.
    walk_up : float
        λ: what walk-up answers (kiosks, posters) count in a stratum beside invited ones, which
        count the rest; kept across rounds.
    """

    id: str
    kind: Literal["pooled", "factors", "question"]
    weights: dict[str, float] = field(default_factory=dict)
    question: str | None = None
    walk_up: float = 0.5

    def problems(self, scoring: Scoring) -> Iterator[str]:
        """What keeps the definition from being used with this scoring, one sentence each."""
        if self.kind == "factors":
            unknown = sorted(set(self.weights) - set(scoring.factors))
            if unknown:
                yield f"weights name {', '.join(unknown)}, which the instrument has not"
            # Said so that a weight that is no number fails too.
            positive = all(weight >= 0 for weight in self.weights.values())
            if not (positive and abs(sum(self.weights.values()) - 1) <= 1e-9):
                yield f"weights must be 0 or more and sum to 1; they sum to {sum(self.weights.values()):g}"
        if self.kind == "question" and self.question not in scoring.items:
            yield f"question is {self.question!r}, which is no item of the instrument"
        if self.kind == "pooled" and not scoring.factors:
            yield "there is no factor to pool"
        if not 0 < self.walk_up < 1:
            yield f"walk_up is {self.walk_up:g}; it must be more than 0 and less than 1"
