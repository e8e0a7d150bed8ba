"""Index definitions as an instrument writes them, and their trees of sections."""

from collections.abc import Iterator, Sequence
from typing import cast

import msgspec

from sipas.stats.cells.scoring import IndexDefinition, IndexKind, IndexNode
from sipas.survey.instruments.items import Section

_Weights = dict[str, float | dict[str, float]]


class WrittenIndex(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """weights: of factors; of a tree, of the children of each node that has weights. section: the root of
    a tree. pooled: its nodes that are pooled.
    """

    id: str
    kind: str
    weights: _Weights = {}
    question: str | None = None
    walk_up: float = 0.5
    section: str | None = None
    pooled: tuple[str, ...] = ()


def resolve_index(
    written: WrittenIndex, sections: Sequence[Section], rated: frozenset[str]
) -> IndexDefinition:
    """Return the definition. rated: the items of the main scale, which a tree takes."""
    weights = {name: weight for name, weight in written.weights.items() if not isinstance(weight, dict)}
    root = next((one for one in sections if one.id == written.section), None)
    tree = _node(root, written, rated) if written.kind == "tree" and root else None
    return IndexDefinition(
        id=written.id,
        kind=cast(IndexKind, written.kind),  # reading an instrument refuses others
        weights=weights if written.kind != "tree" else {},
        question=written.question,
        walk_up=written.walk_up,
        tree=tree,
    )


def _node(section: Section, written: WrittenIndex, rated: frozenset[str]) -> IndexNode:
    below = [_node(one, written, rated) for one in section.sections if _is_rated(one, rated)]
    children: tuple[IndexNode | str, ...] = (*(item.id for item in section.items if item.id in rated), *below)
    weights = written.weights.get(section.id)
    shares = _shares(children, weights) if isinstance(weights, dict) else ()
    return IndexNode(section.id, children, shares, section.id in written.pooled)


def _shares(children: Sequence[IndexNode | str], weights: dict[str, float]) -> tuple[float, ...]:
    return tuple(weights.get(_name(child), 0.0) for child in children)


def _name(child: IndexNode | str) -> str:
    return child if isinstance(child, str) else child.id


def _is_rated(section: Section, rated: frozenset[str]) -> bool:
    return any(item.id in rated for item in section.all_items())


def index_problems(
    written: WrittenIndex, definition: IndexDefinition, sections: Sequence[Section]
) -> Iterator[str]:
    """Yield faults that only the index as written shows."""
    if written.kind not in ("pooled", "factors", "question", "tree"):
        yield f"kind is {written.kind!r}; it is pooled, factors, question or tree"
        return
    if written.kind != "tree":
        if written.section or written.pooled or any(isinstance(w, dict) for w in written.weights.values()):
            yield 'section, pooled and weights of nodes belong to kind = "tree"'
        return
    if definition.tree is None:
        if written.section is None:
            yield 'a tree needs its root; name a section, such as section = "ID"'
        elif not any(one.id == written.section for one in sections):
            yield f"there is no section {written.section!r}"
        return
    nodes = {node.id: [_name(child) for child in node.children] for node in definition.tree.nodes()}
    yield from _node_problems(written, nodes)


def _node_problems(written: WrittenIndex, nodes: dict[str, list[str]]) -> Iterator[str]:
    for name in written.pooled:
        if name not in nodes:
            yield f"pooled names {name!r}, which is no node of the tree"
    for name, weights in written.weights.items():
        if not isinstance(weights, dict):
            yield f"weights.{name} is a number; write the weight of each child of a node"
        elif name not in nodes:
            yield f"weights name {name!r}, which is no node of the tree"
        elif set(weights) != set(nodes[name]):
            yield f"weights of {name} must name its children: {', '.join(nodes[name])}"
