"""The definition of an index tree, and what keeps one from being used."""

import pytest

from sipas.stats import IndexDefinition, IndexNode, Scoring

SCORING = Scoring(("a1", "a2", "b1", "b2", "b3"), {}, (1, 2, 3, 4, 5), 4)
A = IndexNode("a", ("a1", "a2"))
B = IndexNode("b", ("b1", "b2", "b3"), pooled=True)


def _problems(tree: IndexNode | None) -> list[str]:
    return list(IndexDefinition("t", "tree", tree=tree).problems(SCORING))


def test_nodes_and_items_come_in_the_order_of_the_form() -> None:
    tree = IndexNode("all", (A, B))
    assert [node.id for node in tree.nodes()] == ["all", "a", "b"]
    assert list(tree.items()) == ["a1", "a2", "b1", "b2", "b3"]
    assert not _problems(tree)


def test_children_count_the_same_unless_weights_say_otherwise() -> None:
    assert IndexNode("all", (A, B)).shares() == (0.5, 0.5)
    assert IndexNode("all", (A, B), (0.3, 0.7)).shares() == (0.3, 0.7)


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (None, "there is no tree"),
        (IndexNode("all", (A, "c1")), "the tree names c1, which the instrument has not"),
        (IndexNode("all", (A, A)), "the tree has node a twice"),
        (IndexNode("all", (A, "a1")), "the tree has item a1 twice"),
        (IndexNode("all", (A, IndexNode("c", ()))), "node c has no items"),
        (IndexNode("all", (A, B), (0.5,)), "node all has 1 weights for 2 children"),
        (IndexNode("all", (A, B), (0.5, 0.6)), "node all: weights must be 0 or more and sum to 1; they sum"),
        (IndexNode("all", (A, B), (-0.5, 1.5)), "node all: weights must be 0 or more"),
        (IndexNode("all", (A, B), (float("nan"), 1.0)), "node all: weights must be 0 or more"),
        (IndexNode("all", (A, B), (0.5, 0.5), pooled=True), "node all is pooled and has weights"),
    ],
)
def test_a_tree_that_cannot_be_used_says_why(tree: IndexNode | None, said: str) -> None:
    assert any(problem.startswith(said) for problem in _problems(tree)), _problems(tree)
