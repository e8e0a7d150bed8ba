"""An instrument in short: its items and index trees, in the order of the form."""

import msgspec

from sipas.stats.cells.scoring import IndexDefinition, IndexNode
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.items import MAIN_SCALE, Item, ItemKind


class OutlineItem(msgspec.Struct, frozen=True):
    """scale: `main` or a name; None for items that are not rated. section: None outside sections."""

    id: str
    kind: ItemKind
    scale: str | None
    section: str | None
    text: str
    required: bool


class OutlineNode(msgspec.Struct, frozen=True):
    """A node of a tree. weights: of its children. pooled: a ratio of totals of all items below."""

    id: str
    pooled: bool
    weights: tuple[float, ...]
    children: "tuple[OutlineNode | str, ...]"


class OutlineIndex(msgspec.Struct, frozen=True):
    id: str
    kind: str
    tree: OutlineNode


class OutlineForm(msgspec.Struct, frozen=True):
    id: str
    channels: tuple[str, ...]
    items: int


class Outline(msgspec.Struct, frozen=True):
    id: str
    version: int
    title: dict[str, str]
    note: dict[str, str] | None
    items: tuple[OutlineItem, ...]
    indices: tuple[OutlineIndex, ...]
    forms: tuple[OutlineForm, ...]


def outline(instrument: Instrument) -> Outline:
    return Outline(
        instrument.id,
        instrument.version,
        instrument.title,
        instrument.note,
        tuple(_item(instrument, item) for item in instrument.items()),
        tuple(OutlineIndex(one.id, one.kind, _tree(instrument, one)) for one in instrument.indices),
        tuple(
            OutlineForm(form.id, form.channels, round(sum(instrument.probabilities(form).values())))
            for form in instrument.all_forms()
        ),
    )


def _item(instrument: Instrument, item: Item) -> OutlineItem:
    scale = (item.scale or MAIN_SCALE) if item.kind == "rating" else None
    section = instrument.section_of.get(item.id)
    text = item.text[instrument.languages[0]]
    return OutlineItem(item.id, item.kind, scale, section, text, item.required)


def _tree(instrument: Instrument, index: IndexDefinition) -> OutlineNode:
    """Return the tree; of indices without one, the factors or the question that they are made of."""
    if index.tree is not None:
        return _node(index.tree)
    if index.question is not None:
        return OutlineNode(index.id, False, (1.0,), (index.question,))
    scoring = instrument.scoring()
    factors = tuple(
        OutlineNode(name, True, (), tuple(scoring.items[place] for place in places))
        for name, places in scoring.factors.items()
    )
    weights = tuple(index.weights.get(factor.id, 0.0) for factor in factors) if index.weights else ()
    return OutlineNode(index.id, index.kind == "pooled", weights, factors)


def _node(node: IndexNode) -> OutlineNode:
    children = tuple(child if isinstance(child, str) else _node(child) for child in node.children)
    return OutlineNode(node.id, node.pooled, () if node.pooled else node.shares(), children)
