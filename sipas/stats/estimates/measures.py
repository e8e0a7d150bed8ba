"""Measures: an item, a factor, or an overall index, each as ratios of totals."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import NotFound, StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.cells.scoring import IndexDefinition, IndexNode, Scoring
from sipas.stats.estimates.branches import Branch


@dataclass(frozen=True)
class Ratio:
    """One ratio of totals: the satisfied answers (or points) to some items over the answers to them.

    Parameters
    ----------
    item : int or None
        The position of the one item.
    factors : tuple of int
        Or the positions of the factors whose items are taken together.
    share : float
        What the ratio counts in the measure.
    items : tuple of int
        Or the positions of the items of a node of an index tree. Such a ratio needs the responses.
    """

    item: int | None = None
    factors: tuple[int, ...] = ()
    share: float = 1.0
    items: tuple[int, ...] = ()

    def places(self, scoring: Scoring) -> tuple[int, ...]:
        """Positions of the items that are taken together."""
        if self.item is not None:
            return (self.item,)
        by_factor = tuple(scoring.factors.values())
        return self.items or tuple(item for k in self.factors for item in by_factor[k])

    def alone(self) -> "Ratio":
        """The ratio itself, whatever it counts in a measure."""
        return replace(self, share=1.0)


@dataclass(frozen=True)
class Measure:
    """A number that can be estimated: the sum of `share` times ratio.

    Parameters
    ----------
    name : str
        `item:ID`, `factor:ID` or `overall:INDEX`.
    ratios : tuple of Ratio
    everybody : bool
        Whether n and the degrees of freedom count all respondents of a domain, as for indices, or
        those alone who answered the item.
    branch : Branch, optional
        For a node of an index tree: how the ratios make it up.
    """

    name: str
    ratios: tuple[Ratio, ...]
    everybody: bool
    branch: Branch | None = None

    @property
    def item(self) -> int | None:
        """The item's position, where the measure is about a single one."""
        return self.ratios[0].item

    @property
    def needs_rows(self) -> bool:
        """Whether the sums that cells hold do not suffice."""
        return any(ratio.items for ratio in self.ratios)

    def items(self, scoring: Scoring) -> tuple[int, ...]:
        """Positions of all items that the measure is about."""
        return tuple(item for ratio in self.ratios for item in ratio.places(scoring))

    def shares(self, present: BoolArray) -> FloatArray:
        """float64[ratios, ...]: what each ratio counts, where only some have a denominator.

        In a tree a child without one leaves its part to its siblings. Elsewhere there is no estimate.

        Parameters
        ----------
        present : bool[ratios, ...]
        """
        if self.branch is not None:
            return self.branch.shares_of(present)
        found = np.empty(present.shape)
        for place, ratio in enumerate(self.ratios):
            found[place] = ratio.share
        return found

    def combine(self, ratios: FloatArray, shares: FloatArray) -> FloatArray:
        """float64[domains]: Σ_r c_r R_r; NaN where a ratio that counts has no denominator.

        Parameters
        ----------
        ratios, shares : float64[ratios, domains]
            R_r, and c_r as `shares` gives them.
        """
        if self.branch is None:
            given = np.array([ratio.share for ratio in self.ratios])
            # Shares sum to 1, but for rounding: where every ratio is 1, so is the index.
            return np.asarray((given @ ratios) / (given @ np.ones_like(ratios)))
        total = shares.sum(axis=0)
        found = np.where(shares > 0, shares * ratios, 0.0).sum(axis=0)
        found[total == 0] = np.nan
        return np.asarray(found / np.where(total > 0, total, 1.0), dtype=np.float64)


def item_measure(scoring: Scoring, item: str) -> Measure:
    """Return the measure of one item: its share of satisfied answers, or its mean.

    Parameters
    ----------
    scoring : Scoring
    item : str
        The item's id.

    Raises
    ------
    NotFound
        The instrument has no such item.
    """
    if item not in scoring.items:
        raise NotFound(f"the instrument has no item {item!r}; it has {', '.join(scoring.items)}")
    return Measure(f"item:{item}", (Ratio(item=scoring.items.index(item)),), everybody=False)


def factor_measure(scoring: Scoring, factor: str) -> Measure:
    """The index of a factor: satisfied answers to its items over answers to them.

    Parameters
    ----------
    scoring : Scoring
    factor : str
        Its id.

    Raises
    ------
    NotFound
        A factor that the instrument has not.
    """
    if factor not in scoring.factors:
        known = ", ".join(scoring.factors) or "none"
        raise NotFound(f"the instrument has no factor {factor!r}; it has {known}")
    position = list(scoring.factors).index(factor)
    return Measure(f"factor:{factor}", (Ratio(factors=(position,)),), everybody=True)


def overall_measure(scoring: Scoring, definition: IndexDefinition) -> Measure:
    """The overall index by its definition.

    Parameters
    ----------
    scoring : Scoring
    definition : IndexDefinition

    Raises
    ------
    StatisticsError
        A definition that does not fit the scoring, or whose weights do not sum to 1.
    """
    for problem in definition.problems(scoring):
        raise StatisticsError(f"index {definition.id}: {problem}")
    name, factors = f"overall:{definition.id}", tuple(range(len(scoring.factors)))
    if definition.kind == "pooled":
        return Measure(name, (Ratio(factors=factors),), everybody=True)
    if definition.kind == "question" and definition.question is not None:
        return Measure(name, (Ratio(item=scoring.items.index(definition.question)),), everybody=True)
    if definition.tree is not None and definition.kind == "tree":
        return node_measure(scoring, definition.tree, name)
    shares = [definition.weights.get(factor, 0.0) for factor in scoring.factors]
    ratios = tuple(Ratio(factors=(k,), share=shares[k]) for k in factors if shares[k] > 0)
    return Measure(name, ratios, everybody=True)


def node_measure(scoring: Scoring, node: IndexNode, name: str | None = None) -> Measure:
    """The index of a node of an index tree: satisfied answers over answers to each item, weighted.

    Parameters
    ----------
    scoring : Scoring
    node : IndexNode
        Of a tree that has no problems.
    name : str, optional
        `factor:ID` if not given.
    """
    ratios: list[Ratio] = []

    def ratio(items: tuple[str, ...], share: float) -> int:
        ratios.append(Ratio(items=tuple(map(scoring.items.index, items)), share=share))
        return len(ratios) - 1

    def branch(node: IndexNode, share: float) -> Branch:
        if node.pooled:
            return Branch((ratio(tuple(node.items()), share),), (1.0,))
        children = [
            branch(child, share * own) if isinstance(child, IndexNode) else ratio((child,), share * own)
            for child, own in zip(node.children, node.shares(), strict=True)
        ]
        return Branch(tuple(children), node.shares())

    whole = branch(node, 1.0)
    return Measure(name or f"factor:{node.id}", tuple(ratios), everybody=True, branch=whole)


def _tree_measures(scoring: Scoring, definition: IndexDefinition, root: IndexNode) -> Iterator[Measure]:
    """The root, then nodes and items as they stand in the form, then items outside the tree."""
    yield overall_measure(scoring, definition)

    def below(node: IndexNode) -> Iterator[Measure]:
        for child in node.children:
            if isinstance(child, IndexNode):
                yield node_measure(scoring, child)
                yield from below(child)
            else:
                yield item_measure(scoring, child)

    yield from below(root)
    inside = set(root.items())
    yield from (item_measure(scoring, item) for item in scoring.items if item not in inside)


def _named_factor(scoring: Scoring, definition: IndexDefinition, factor: str) -> Measure:
    """The node or factor of this id; of an index tree its nodes come first."""
    root = definition.tree if definition.kind == "tree" else None
    nodes = {node.id: node for node in root.nodes() if node is not root} if root else {}
    if factor in nodes:
        return node_measure(scoring, nodes[factor])
    if nodes and factor not in scoring.factors:
        raise NotFound(f"the index {definition.id} has no factor {factor!r}; it has {', '.join(nodes)}")
    return factor_measure(scoring, factor)


def choose_measures(scoring: Scoring, definition: IndexDefinition, choice: str) -> tuple[Measure, ...]:
    """The measures that `overall`, `factors`, `items`, `all`, `factor:ID` or `item:ID` asks for.

    Parameters
    ----------
    scoring : Scoring
    definition : IndexDefinition
        Of the overall index.
    choice : str

    Raises
    ------
    NotFound
        An unknown item, factor or choice.
    """
    kind, _, name = choice.partition(":")
    if name and kind in ("item", "factor"):
        if kind == "item":
            return (item_measure(scoring, name),)
        return (_named_factor(scoring, definition, name),)
    wanted: list[Measure] = []
    if definition.kind == "tree" and definition.tree is not None and choice in ("factors", "all"):
        measures = tuple(_tree_measures(scoring, definition, definition.tree))
        return measures if choice == "all" else tuple(m for m in measures if m.name.startswith("factor:"))
    if choice == "overall" or (choice == "all" and definition.kind != "none"):
        wanted.append(overall_measure(scoring, definition))
    if choice in ("factors", "all"):
        wanted += [factor_measure(scoring, factor) for factor in scoring.factors]
    if choice in ("items", "all"):
        wanted += [item_measure(scoring, item) for item in scoring.items]
    if not wanted:
        raise NotFound(
            f"there is no measure {choice!r}; ask for overall, factors, items, all, factor:ID or item:ID"
        )
    return tuple(wanted)
