"""Nodes of index trees against a computation respondent by respondent."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Frame,
    IndexDefinition,
    IndexNode,
    Margins,
    Options,
    Questionnaire,
    Scoring,
    SurveyDesign,
    WeightedCells,
    Weighting,
    against_all,
    build_cells,
    choose_measures,
    compare_standardized,
    estimate,
    estimate_each,
    estimate_jointly,
    jackknife,
    merge_cells,
    post_stratify,
    rake,
)
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.designs.responses import Responses
from sipas.stats.designs.row_engine import RowEngine
from sipas.stats.designs.stages import row_design
from sipas.stats.designs.taylor import TaylorDesign
from sipas.stats.estimates.distribution import distribute
from sipas.stats.options import Statistic

ITEMS = tuple(f"q{place}" for place in range(12))
HALF = (Fraction(1),) * 6 + (Fraction(1, 2),) * 6
SCORING = Scoring(ITEMS, {}, (1, 2, 3, 4, 5), 4, {"half": HALF})
A = IndexNode("a", (IndexNode("a1", ITEMS[:3]), IndexNode("a2", ITEMS[3:6], (0.5, 0.3, 0.2))))
B = IndexNode("b", (IndexNode("b1", ITEMS[6:9], pooled=True), IndexNode("b2", ITEMS[9:])))
TREE = IndexNode("root", (A, B), (0.4, 0.6))
DEFINITION = IndexDefinition("t", "tree", tree=TREE)
MEASURES = choose_measures(SCORING, DEFINITION, "all")
NODES = tuple(measure for measure in MEASURES if measure.branch is not None)
UNITS, STRATA = ("u0", "u1", "u2"), ("s0", "s1", "s2", "s3")
COUNTS = np.array([[400, 301, 777, 950], [380, 260, 700, 1021], [390, 333, 801, 640]])


class Town:
    """Responses in units and strata, some on a form that asks half of them six items of twelve."""

    def __init__(self, n: int = 900, seed: int = 1) -> None:
        generator = np.random.default_rng(seed)
        self.n = n
        self.unit = generator.integers(0, 3, n, dtype=np.int32)
        self.stratum = generator.integers(0, 4, n, dtype=np.int32)
        self.short = generator.random(n) < 0.3
        skill = generator.normal(0, 1, n)
        answers = np.clip(np.round(3.6 + skill[:, None] + generator.normal(0, 1, (n, 12))), 1, 5)
        answers[generator.random((n, 12)) < 0.1] = -1
        drawn = generator.random((n, 12)) < 0.5
        answers[self.short[:, None] & drawn & (np.arange(12) >= 6)] = -3
        self.answers = answers.astype(np.int8)

    def columns(self, forms: bool = False) -> dict[str, Column]:
        columns = {"unit": Column(self.unit, UNITS), "stratum": Column(self.stratum, STRATA)}
        form = {"form": Column(self.short.astype(np.int32), ("full", "half"))}
        return columns | form if forms else columns

    def cells(self, forms: bool = False) -> Cells:
        return build_cells(SCORING, self.answers, self.columns(forms))

    def frame(self) -> Frame:
        unit = np.repeat(np.arange(3, dtype=np.int32), 4)
        stratum = np.tile(np.arange(4, dtype=np.int32), 3)
        return Frame({"unit": Column(unit, UNITS), "stratum": Column(stratum, STRATA)}, COUNTS.ravel())

    def post_stratified(self, forms: bool = False) -> WeightedCells:
        cells = self.cells(forms)
        return WeightedCells(cells, post_stratify(cells, self.frame(), ("unit", "stratum")))

    def weight(self) -> FloatArray:
        n = np.zeros((3, 4))
        np.add.at(n, (self.unit, self.stratum), 1)
        return np.asarray((COUNTS / n)[self.unit, self.stratum])

    def by_hand(
        self, node: IndexNode, inside: BoolArray, forms: bool = False, fpc: bool = True
    ) -> tuple[float, float]:
        """The estimate and its standard error, from every respondent's linearised variable."""
        weight, value, z = self.weight(), 0.0, np.zeros(self.n)
        times = np.where(self.short[:, None] & forms, 1 / np.array(HALF, dtype=float), 1.0)
        for items, share in groups(node):
            places = [ITEMS.index(item) for item in items]
            asked, answers = times[:, places], self.answers[:, places]
            y, x = (asked * (answers >= 4)).sum(axis=1), (asked * (answers >= 0)).sum(axis=1)
            total = (weight * x)[inside].sum()
            ratio = (weight * y)[inside].sum() / total
            value += share * ratio
            z += share * weight * (y - ratio * x) / total * inside
        variance, drawn = 0.0, forms and any(item in ITEMS[6:] for item in node.items())
        for unit in range(3):
            for stratum in range(4):
                own = z[(self.unit == unit) & (self.stratum == stratum)]
                n = len(own)
                left = 1 - n / COUNTS[unit, stratum] * (fpc and not drawn)
                variance += left * n / (n - 1) * ((own - own.mean()) ** 2).sum()
        return float(value), float(np.sqrt(variance))


def groups(node: IndexNode | str, share: float = 1.0) -> list[tuple[tuple[str, ...], float]]:
    if isinstance(node, str):
        return [((node,), share)]
    if node.pooled:
        return [(tuple(node.items()), share)]
    return [
        found
        for child, own in zip(node.children, node.shares(), strict=True)
        for found in groups(child, share * own)
    ]


@pytest.fixture(scope="module")
def town() -> Town:
    return Town()


def close(ours: object, theirs: object, rtol: float = 1e-12) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=rtol, atol=1e-14)


def test_measures_stand_in_the_order_of_the_form() -> None:
    nodes = ["overall:t", "factor:a", "factor:a1", "factor:a2", "factor:b", "factor:b1", "factor:b2"]
    assert [measure.name for measure in NODES] == nodes
    assert [measure.name for measure in MEASURES][2:6] == ["factor:a1", "item:q0", "item:q1", "item:q2"]
    assert [m.name for m in choose_measures(SCORING, DEFINITION, "factors")] == nodes[1:]
    assert choose_measures(SCORING, DEFINITION, "factor:b1") == (NODES[5],)


@pytest.mark.parametrize("forms", [False, True])
def test_every_node_is_what_its_respondents_make_it(town: Town, forms: bool) -> None:
    found = estimate_each(town.post_stratified(forms), NODES, ("unit",))
    for node, estimates in zip(TREE.nodes(), found, strict=True):
        by_hand = [town.by_hand(node, town.unit == unit, forms) for unit in range(3)]
        close(estimates.estimate, [value for value, _ in by_hand])
        close(estimates.se, [se for _, se in by_hand])


@pytest.mark.parametrize("statistic", ["share", "mean"])
@pytest.mark.parametrize("fpc", [True, False])
def test_joint_estimates_have_the_variances_of_single_ones(
    town: Town, statistic: Statistic, fpc: bool
) -> None:
    sample, options = town.post_stratified(), Options(statistic=statistic, fpc=fpc)
    for measure in NODES:
        joint = estimate_jointly(sample, measure, ("unit",), options)
        alone = estimate(sample, measure, ("unit",), options)
        close(joint.estimate, alone.estimate)
        close(np.sqrt(np.diag(joint.covariance)), alone.se)
        close(joint.side.n_effective, estimate(sample, measure, ("unit",), options).n_effective, 1e-9)


def test_the_rest_of_the_town_is_estimated_from_its_own_totals(town: Town) -> None:
    sample = town.post_stratified()
    joint, pairs = against_all(sample, NODES[0], ("stratum",), "rest")
    by_hand = [town.by_hand(TREE, town.stratum != stratum, fpc=False) for stratum in range(4)]
    close(pairs.second.estimate, [value for value, _ in by_hand])
    close(np.sqrt(pairs.second.variance), [se for _, se in by_hand])
    close(pairs.covariance, np.zeros(4))  # strata are independent samples
    assert len(joint) == 4


def _design(town: Town, **options: Any) -> SurveyDesign:
    frame = pd.DataFrame(np.where(town.answers < 0, np.nan, town.answers), columns=list(ITEMS))
    frame["unit"] = np.array(UNITS)[town.unit]
    frame["stratum"] = np.array(STRATA)[town.stratum]
    frame["person"] = np.arange(town.n)
    items = Questionnaire(ITEMS, index=DEFINITION)
    return SurveyDesign.from_frame(frame, items=items, strata="stratum", **options)


MARGINS = Margins({"unit": {"u0": 900.0, "u1": 1500.0, "u2": 700.0}, "stratum": dict.fromkeys(STRATA, 775.0)})


@pytest.mark.parametrize("raked", [False, True])
def test_cells_and_rows_agree_on_every_node(raked: bool) -> None:
    town = Town(400, seed=3)
    cells, rows = _design(town), _design(town, clusters="person")
    if raked:
        cells, rows = cells.rake(MARGINS.counts), rows.rake(MARGINS.counts)
    for one, other in zip(
        cells.estimate("all", "unit").figures, rows.estimate("all", "unit").figures, strict=True
    ):
        close(one.estimate, other.estimate, 1e-9)
        close(one.se, other.se, 1e-7 if raked else 1e-9)
        assert one.df.tolist() == other.df.tolist()
        close(one.n_effective, other.n_effective, 1e-6)
    for against in ("rest", "whole", None):
        first, second = (
            design.compare("overall", "unit", against=against).figures for design in (cells, rows)
        )
        close(first.difference, second.difference, 1e-7)
        close(first.se, second.se, 1e-7)


def test_rows_weight_what_a_form_draws_by_its_probability(town: Town) -> None:
    stratum = Column.of((town.unit * 4 + town.stratum).tolist())
    design = TaylorDesign(row_design(town.n, weight=town.weight(), strata=stratum))
    engine = RowEngine(Responses(SCORING, town.answers, town.columns(forms=True)), design)
    found = engine.estimate(NODES, ("unit",), Options())
    for node, estimates in zip(TREE.nodes(), found, strict=True):
        by_hand = [town.by_hand(node, town.unit == unit, forms=True, fpc=False) for unit in range(3)]
        close(estimates.estimate, [value for value, _ in by_hand])
        close(estimates.se, [se for _, se in by_hand])
    drawn = estimate(town.post_stratified(forms=True), MEASURES[-1], ("unit",))
    (item,) = engine.estimate(MEASURES[-1:], ("unit",), Options())
    close(item.estimate, drawn.estimate)


def test_a_child_without_answers_leaves_its_part_to_its_siblings(town: Town) -> None:
    answers = town.answers.copy()
    answers[town.unit == 0, 6:] = -2  # part b does not apply in u0
    answers[town.unit == 1, 3] = -2
    cells = build_cells(SCORING, answers, town.columns())
    sample = WeightedCells(cells, post_stratify(cells, town.frame(), ("unit", "stratum")))
    whole, a, a2, b = (estimate(sample, NODES[place], ("unit",)) for place in (0, 1, 3, 4))
    close(whole.estimate[0], a.estimate[0])
    close(whole.se[0], a.se[0])
    without = IndexNode("a2", ITEMS[4:6], (0.6, 0.4))
    definition = IndexDefinition("t", "tree", tree=without)
    rest = estimate(sample, choose_measures(SCORING, definition, "overall")[0], ("unit",))
    close(a2.estimate[1], rest.estimate[1])
    close(a2.se[1], rest.se[1])
    assert np.isnan(b.estimate[0])
    assert whole.reliable.tolist() == [False, False, True]
    said = [[note.code for note in notes] for notes in whole.notes]
    assert ["node-partly-answered" in codes for codes in said] == [True, True, False]
    joint = estimate_jointly(sample, NODES[0], ("unit",), Options())
    close(joint.estimate, whole.estimate)
    close(np.sqrt(np.diag(joint.covariance)), whole.se)
    assert joint.reliable.tolist() == [False, False, True]


def test_the_jackknife_agrees(town: Town) -> None:
    columns = town.columns() | {"person": Column.of(range(town.n))}
    cells = build_cells(SCORING, town.answers, columns)
    sample = WeightedCells(cells, post_stratify(cells, town.frame(), ("unit", "stratum")))
    close(jackknife(sample, NODES[0], ("unit",)).se, estimate(sample, NODES[0], ("unit",)).se, 2e-3)


def test_points_that_satisfy_add_up_to_the_node(town: Town) -> None:
    sample = town.post_stratified()
    spread = distribute(sample, NODES[0], ("unit",))
    close(spread.share[:, 3:].sum(axis=1), estimate(sample, NODES[0], ("unit",)).estimate, 1e-9)


def test_levels_are_compared_at_one_mix(town: Town) -> None:
    cells = town.cells()
    sample = WeightedCells(cells, post_stratify(cells, _by_stratum(town.frame()), ("stratum",)))
    found = compare_standardized(sample, NODES[0], "unit", [("u0", "u1")])
    assert np.isfinite(found.pairs.first.estimate).all()
    assert (found.pairs.first.variance > 0).all()


def _by_stratum(frame: Frame) -> Frame:
    return Frame({"stratum": frame.columns["stratum"]}, frame.counts)


def test_rows_follow_cells_that_are_selected_regrouped_and_merged(town: Town) -> None:
    cells = town.cells()
    first, second = (
        cells.select(cells.column("unit").equals("u0")),
        cells.select(~cells.column("unit").equals("u0")),
    )
    together = merge_cells([second, first]).regroup(["stratum", "unit"])
    for one in (together, cells):
        assert one.rows is not None
        inside = one.rows.cell[one.rows.cell >= 0]
        assert np.bincount(inside, minlength=len(one)).tolist() == one.n.tolist()
    ours = _estimates(together, town)
    close(ours, _estimates(cells, town))


def _estimates(cells: Cells, town: Town) -> FloatArray:
    weighting: Weighting = post_stratify(cells, town.frame(), ("unit", "stratum"))
    found: Sequence[FloatArray] = [
        part
        for estimates in estimate_each(WeightedCells(cells, weighting), NODES, ("unit",))
        for part in (estimates.estimate, estimates.se)
    ]
    return np.concatenate(found)


def test_cells_without_rows_say_what_is_missing(town: Town) -> None:
    cells = replace(town.cells(), rows=None)
    sample = WeightedCells(cells, post_stratify(cells, town.frame(), ("unit", "stratum")))
    with pytest.raises(StatisticsError, match="an index tree needs the responses"):
        estimate(sample, NODES[0])


def test_raked_cells_take_the_residuals_of_nodes(town: Town) -> None:
    cells = town.cells()
    base = post_stratify(cells, town.frame(), ("unit", "stratum"))
    weighting = rake(cells, Margins({"unit": {"u0": 2500.0, "u1": 2300.0, "u2": 2200.0}}), base)
    sample = WeightedCells(cells, weighting)
    for measure in NODES:
        joint = estimate_jointly(sample, measure, ("unit",), Options())
        close(np.sqrt(np.diag(joint.covariance)), estimate(sample, measure, ("unit",)).se, 1e-9)
