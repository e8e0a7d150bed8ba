"""The 51 indicators of a tree like that of 2026, by every domain, under R's `svyratio` and `svycontrast`.

Each node is checked with equal and unequal weights, pooled, and with pooled factors below weighted parts.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
import pytest

from sipas.stats import (
    CountedFrame,
    Estimates,
    IndexDefinition,
    IndexNode,
    Options,
    Questionnaire,
    Scale,
    SurveyDesign,
)
from tests.stats.goldens import REFERENCE

FOLDER = REFERENCE / "tree2026"
BY = {"": (), "unit": ("unit",), "sex+age": ("sex", "age"), "user": ("user",)}
KINDS = ("equal", "unequal", "pooled", "mixed")
DESIGNS = ("strata", "clusters")


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name, keep_default_na=False, na_values={"estimate": [""]})


@cache
def _children() -> dict[str, tuple[list[str], list[float]]]:
    found: defaultdict[str, tuple[list[str], list[float]]] = defaultdict(lambda: ([], []))
    for row in _table("tree.csv").itertuples():
        names, weights = found[row.parent]
        names.append(row.node)
        weights.append(float(row.weight))
    return dict(found)


def _node(name: str, kind: str) -> IndexNode:
    names, weights = _children()[name]
    factor = names[0] not in _children()
    children = tuple(child if factor else _node(child, kind) for child in names)
    if kind == "pooled" or (kind == "mixed" and factor):
        return IndexNode(name, children, pooled=True)
    return IndexNode(name, children, () if kind == "equal" else tuple(weights))


@cache
def _design(kind: str, design: str) -> SurveyDesign:
    """`strata`: post-stratified to the frame. `clusters`: with the same weights, as a column."""
    tree = _node("total", kind)
    items = Questionnaire(tuple(tree.items()), Scale(), IndexDefinition(kind, "tree", tree=tree))
    responses = pd.read_csv(FOLDER / "responses.csv")
    frame = pd.read_csv(FOLDER / "frame.csv")
    if design == "strata":
        counted = CountedFrame(frame)
        return SurveyDesign.from_frame(responses, items=items, strata=("unit", "group"), frame=counted)
    n = responses.groupby(["unit", "group"])["response_id"].transform("size")
    count = responses.merge(frame, on=["unit", "group"], how="left")["count"]
    responses["weight"] = count.to_numpy() / n.to_numpy()
    return SurveyDesign.from_frame(
        responses, items=items, strata="unit", weights="weight", clusters="village"
    )


@cache
def _expected() -> dict[tuple[str, str, str], dict[tuple[str, str], tuple[float, float]]]:
    """By design, kind and domain columns: of each node and level the estimate and its standard error."""
    found: defaultdict[tuple[str, str, str], dict[tuple[str, str], tuple[float, float]]] = defaultdict(dict)
    for row in _table("expected.csv").itertuples():
        found[row.design, row.index, row.by][row.node, row.level] = float(row.estimate), float(row.se)
    return dict(found)


def _levels(estimates: Estimates) -> list[str]:
    return ["|".join(map(str, estimates.key(domain).values())) for domain in range(len(estimates))]


def _close(ours: Sequence[float], theirs: Sequence[float]) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=0)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("kind", KINDS)
def test_every_indicator_is_what_r_makes_of_it(kind: str, by: str, design: str) -> None:
    found = _design(kind, design).estimate("all", BY[by], options=Options()).figures
    assert len(found) == 51
    nodes, items = _expected()[design, kind, by], _expected()[design, "item", by]
    for estimates in found:
        what, _, name = estimates.measure.partition(":")
        expected = items if what == "item" else nodes
        theirs = [expected["total" if what == "overall" else name, level] for level in _levels(estimates)]
        _close(estimates.estimate.tolist(), [value for value, _ in theirs])
        _close(estimates.se.tolist(), [se for _, se in theirs])


def test_indicators_stand_in_the_order_of_the_form() -> None:
    found = _design("equal", "strata").estimate("all").figures
    policy = list(found[1 + 1 + 1 : 1 + 1 + 1 + 2])
    assert found[0].measure == "overall:equal"
    assert [one.measure for one in found[1:4]] == ["factor:policy", "factor:ia", "item:ia1"]
    assert [one.measure for one in policy] == ["item:ia1", "item:ia2"]


@pytest.mark.parametrize("kind", KINDS)
def test_users_differ_from_others_as_r_says(kind: str) -> None:
    design = _design(kind, "strata")
    theirs = {
        row.node: (float(row.difference), float(row.se))
        for row in _table("expected_differences.csv").itertuples()
        if row.index == kind
    }
    for name, (difference, se) in theirs.items():
        measure = "overall" if name == "total" else f"factor:{name}"
        for against in ("no", "rest"):
            found = design.compare(measure, "user", against=against).figures
            _close([found.difference[-1]], [difference])
            _close([found.se[-1]], [se])
