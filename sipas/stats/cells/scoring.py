"""The meaning of numbers in answers: items, their factors, the point that counts as satisfied."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

IndexKind = Literal["pooled", "factors", "question", "tree", "none"]


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
class IndexNode:
    """A node of an index tree: an index of what stands below it.

    Parameters
    ----------
    id : str
    children : tuple of IndexNode or str
        In the order of the form; a str is an item's id.
    weights : tuple of float
        What each child counts; they sum to 1. Empty: all count the same.
    pooled : bool
        Whether the node is one ratio of totals, satisfied answers over answers, of all items below it.
    """

    id: str
    children: "tuple[IndexNode | str, ...]"
    weights: tuple[float, ...] = ()
    pooled: bool = False

    def shares(self) -> tuple[float, ...]:
        """The weight of each child."""
        return self.weights or (1 / max(len(self.children), 1),) * len(self.children)

    def nodes(self) -> "Iterator[IndexNode]":
        """This node and all below it, in the order of the form."""
        yield self
        for child in self.children:
            if isinstance(child, IndexNode):
                yield from child.nodes()

    def items(self) -> Iterator[str]:
        """The ids of all items below it, in the order of the form."""
        for child in self.children:
            if isinstance(child, IndexNode):
                yield from child.items()
            else:
                yield child

    def problems(self) -> Iterator[str]:
        """Return the problems of this node alone, one sentence each."""
        if not self.children:
            yield f"node {self.id} has no items"
        if self.pooled and self.weights:
            yield f"node {self.id} is pooled and has weights; it can have one of the two"
        if self.weights and len(self.weights) != len(self.children):
            yield f"node {self.id} has {len(self.weights)} weights for {len(self.children)} children"
        elif self.weights and not _are_shares(self.weights):
            total = sum(self.weights)
            yield f"node {self.id}: weights must be 0 or more and sum to 1; they sum to {total:g}"


def _are_shares(weights: Iterable[float]) -> bool:
    """Whether these are 0 or more and sum to 1. Said so that a weight that is no number fails too."""
    given = list(weights)
    return all(weight >= 0 for weight in given) and abs(sum(given) - 1) <= 1e-9


def _tree_problems(tree: IndexNode, scoring: Scoring) -> Iterator[str]:
    nodes, items = [node.id for node in tree.nodes()], list(tree.items())
    if unknown := [item for item in dict.fromkeys(items) if item not in scoring.items]:
        yield f"the tree names {', '.join(unknown)}, which the instrument has not"
    for kind, ids in (("node", nodes), ("item", items)):
        yield from (f"the tree has {kind} {one} twice" for one, n in Counter(ids).items() if n > 1)
    for node in tree.nodes():
        yield from node.problems()


@dataclass(frozen=True)
class IndexDefinition:
    """The rule by which an overall index is computed from items: a versioned part of an instrument.

    Parameters
    ----------
    id : str
    kind : {"pooled", "factors", "question", "tree", "none"}
        `pooled`: satisfied answers over all answers, for all items of all factors. `factors`: the sum of
        the factor indices, each times its weight. `question`: the share of one item. `tree`: the
        root of a tree of indices, each of which is a measure. `none`: there is no overall index.
    weights : mapping of str to float, optional
        For `factors`: the weight of each factor; they sum to 1.
    question : str, optional
        For `question`: the item's id.
    walk_up : float
        λ: the share of a stratum's weight that goes to walk-up responses (kiosks, posters) if it also
        has invited ones, which get 1 − λ. It stays the same from round to round.
    tree : IndexNode, optional
        For `tree`: its root. The nodes below the root replace the factors.
    """

    id: str
    kind: IndexKind
    weights: dict[str, float] = field(default_factory=dict)
    question: str | None = None
    walk_up: float = 0.5
    tree: IndexNode | None = None

    def problems(self, scoring: Scoring) -> Iterator[str]:
        """Return the reasons why the definition cannot be used with this scoring, one sentence each."""
        if self.kind == "factors":
            unknown = sorted(set(self.weights) - set(scoring.factors))
            if unknown:
                yield f"weights name {', '.join(unknown)}, which the instrument has not"
            if not _are_shares(self.weights.values()):
                yield f"weights must be 0 or more and sum to 1; they sum to {sum(self.weights.values()):g}"
        if self.kind == "question" and self.question not in scoring.items:
            yield f"question is {self.question!r}, which is no item of the instrument"
        if self.kind == "pooled" and not scoring.factors:
            yield "there is no factor to pool"
        if self.kind == "none":
            yield "there is no index"
        if self.kind == "tree" and self.tree is None:
            yield "there is no tree"
        if self.kind == "tree" and self.tree is not None:
            yield from _tree_problems(self.tree, scoring)
        if not 0 < self.walk_up < 1:
            yield f"walk_up is {self.walk_up:g}; it must be more than 0 and less than 1"


NO_INDEX = IndexDefinition("", "none")
