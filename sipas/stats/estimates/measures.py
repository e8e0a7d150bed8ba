"""What is measured: an item, a factor, or an overall index, each as ratios of totals."""

from dataclasses import dataclass

from sipas.errors import NotFound, StatisticsError
from sipas.stats.cells.scoring import IndexDefinition, Scoring


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
    """

    item: int | None = None
    factors: tuple[int, ...] = ()
    share: float = 1.0


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
    """

    name: str
    ratios: tuple[Ratio, ...]
    everybody: bool

    @property
    def item(self) -> int | None:
        """The item's position, where the measure is about a single one."""
        return self.ratios[0].item

    def items(self, scoring: Scoring) -> tuple[int, ...]:
        """Positions of all items that the measure is about."""
        if self.item is not None:
            return (self.item,)
        by_factor = tuple(scoring.factors.values())
        return tuple(item for ratio in self.ratios for k in ratio.factors for item in by_factor[k])


def item_measure(scoring: Scoring, item: str) -> Measure:
    """The share of an item (or its mean).

    Parameters
    ----------
    scoring : Scoring
    item : str
        Its id.

    Raises
    ------
    NotFound
        An item that the instrument has not.
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
    if definition.kind == "tree":
        raise StatisticsError(f"index {definition.id}: trees cannot be estimated yet")
    shares = [definition.weights.get(factor, 0.0) for factor in scoring.factors]
    ratios = tuple(Ratio(factors=(k,), share=shares[k]) for k in factors if shares[k] > 0)
    return Measure(name, ratios, everybody=True)


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
        return ((item_measure if kind == "item" else factor_measure)(scoring, name),)
    wanted: list[Measure] = []
    if choice in ("overall", "all"):
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
