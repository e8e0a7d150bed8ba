"""Estimates from cells, held against a computation respondent by respondent."""

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sipas.stats import (
    Column,
    Frame,
    Measure,
    Options,
    WeightedCells,
    build_cells,
    estimate,
    factor_measure,
    item_measure,
    post_stratify,
    unweighted,
)
from sipas.stats.estimates.domains import find_domains
from sipas.stats.estimates.moments import Moments
from tests.stats.rowwise import Direct, direct
from tests.stats.surveys import POOLED, QUESTION, SMALL, UNEQUAL, random_answers

MEASURES = (
    POOLED, UNEQUAL, QUESTION,
    factor_measure(SMALL, "a"), factor_measure(SMALL, "b"), item_measure(SMALL, "b2"),
)  # fmt: skip
OPTIONS = ("adjust", "average", "certainty", "remove")


@dataclass(frozen=True)
class Sample:
    answers: NDArray[np.int16]
    strata: list[str]
    forms: list[str]
    sexes: list[str]
    frame: Frame

    @property
    def columns(self) -> dict[str, Column]:
        return {
            "h": Column.of(self.strata), "form": Column.of(self.forms), "sex": Column.of(self.sexes)
        }  # fmt: skip


def draw(seed: int, rows: int, forms: tuple[str, ...] = ("full",)) -> Sample:
    """Strata of very different sizes and sampling fractions; two of them are lonely."""
    generator = np.random.default_rng(seed)
    strata = [*generator.choice(list("ABCD"), rows - 2, p=[0.5, 0.35, 0.13, 0.02]).tolist(), "Y", "Z"]
    counts = {h: n * int(generator.integers(1, 40)) for h, n in sorted(Counter(strata).items())}
    return Sample(
        random_answers(generator, rows),
        strata,
        generator.choice(forms, rows).tolist(),
        generator.choice(["F", "M"], rows).tolist(),
        Frame({"h": Column.of(list(counts))}, np.array(list(counts.values()))),
    )


def by_hand(sample: Sample, measure: Measure, sex: str | None, **options: Any) -> Direct:
    n, labels = Counter(sample.strata), sample.frame.columns["h"].labels()
    population = dict(zip(labels, sample.frame.counts.tolist(), strict=True))
    return direct(
        SMALL,
        measure,
        sample.answers,
        sample.forms,
        sample.strata,
        np.array([population[h] / n[h] for h in sample.strata]),
        {h: n[h] / population[h] for h in n},
        np.array([sex in (None, s) for s in sample.sexes]),
        **options,
    )


def compare(sample: Sample, measure: Measure, by: tuple[str, ...], lonely: Any, statistic: Any) -> None:
    cells = build_cells(SMALL, sample.answers, sample.columns)
    weighting = post_stratify(cells, sample.frame, ("h",), collapse="none")
    weighted = WeightedCells(cells, weighting)
    robust = estimate(weighted, measure, by, Options(lonely=lonely, statistic=statistic))
    options = Options(lonely=lonely, statistic=statistic, effective_n="design")
    design = estimate(weighted, measure, by, options)
    for d in range(len(robust)):
        hand = by_hand(sample, measure, robust.key(d).get("sex"), lonely=lonely, mean=statistic == "mean")
        assert (robust.n[d], robust.df[d]) == (hand.n, hand.df)
        ours = (robust.estimate[d], robust.se[d], design.n_effective[d], robust.n_effective[d])
        theirs = (hand.estimate, hand.se, hand.design, hand.robust)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)
        np.testing.assert_allclose(
            (robust.deff[d], robust.deff_replace[d]), (hand.deff, hand.deff_replace), rtol=1e-9
        )


@pytest.mark.parametrize(("measure", "lonely"), list(product(MEASURES, OPTIONS)), ids=str)
def test_shares_from_cells_are_those_row_by_row(measure: Measure, lonely: str) -> None:
    compare(draw(5, 160), measure, (), lonely, "share")
    compare(draw(6, 160), measure, ("sex",), lonely, "share")


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_means_from_cells_are_those_row_by_row(measure: Measure) -> None:
    compare(draw(7, 160), measure, ("sex",), "adjust", "mean")


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_forms_that_draw_items_are_weighted_as_row_by_row(measure: Measure) -> None:
    for statistic in ("share", "mean"):
        compare(draw(8, 200, ("full", "kiosk", "two")), measure, ("sex",), "adjust", statistic)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.permutations(range(90)))
def test_neither_the_order_nor_the_batches_of_responses_matter(seed: int, order: list[int]) -> None:
    sample = draw(seed, 90, ("full", "kiosk"))
    shuffled = Sample(
        sample.answers[order],
        [sample.strata[i] for i in order],
        [sample.forms[i] for i in order],
        [sample.sexes[i] for i in order],
        sample.frame,
    )
    found = []
    for one in (sample, shuffled):
        cells = build_cells(SMALL, one.answers, one.columns)
        weighting = post_stratify(cells, one.frame, ("h",))
        found.append(estimate(WeightedCells(cells, weighting), UNEQUAL, ("sex",)))
    for name in ("estimate", "se", "low", "high", "n", "df", "n_effective"):
        assert np.array_equal(getattr(found[0], name), getattr(found[1], name), equal_nan=True)


def test_over_all_draws_of_a_split_questionnaire_totals_are_on_average_those_of_the_full_one() -> None:
    """Three people, each asked one of two and one of three items: 216 draws, all alike probable."""
    everything = np.array([[5, 4, 2, 3, 5, 4], [4, -1, 5, 1, 4, -1], [2, 3, 3, 5, 5, 1]], dtype=np.int16)
    h = {"h": Column.of(["A", "B", "B"])}
    measures = (POOLED, *(item_measure(SMALL, item) for item in SMALL.items))

    def totals(answers: NDArray[np.int16], form: str) -> NDArray[np.float64]:
        cells = build_cells(SMALL, answers, {**h, "form": Column.of([form] * 3)})
        frame = Frame({"h": Column.of(["A", "B"])}, np.array([30, 14]))
        weighting = post_stratify(cells, frame, ("h",))
        rows = find_domains(WeightedCells(cells, weighting), ()).rows
        both = []
        for measure in measures:
            moments = Moments(WeightedCells(cells, weighting), measure, "share", rows)
            both += [moments.weight @ part for part in (*moments.numerators, *moments.denominators)]
        return np.array(both)

    draws = []
    for chosen in product(product((1, 2), (3, 4, 5)), repeat=3):
        answers = np.full_like(everything, -3)
        answers[:, 0] = everything[:, 0]
        for person, items in enumerate(chosen):
            answers[person, list(items)] = everything[person, list(items)]
        draws.append(totals(answers, "kiosk"))
    assert len(draws) == 216
    np.testing.assert_allclose(np.mean(draws, axis=0), totals(everything, "full"), rtol=1e-12)


def test_where_items_are_drawn_no_finite_population_factor_applies() -> None:
    sample = draw(9, 120, ("kiosk",))
    cells = build_cells(SMALL, sample.answers, sample.columns)
    weighting = post_stratify(cells, sample.frame, ("h",), collapse="none")
    for measure, differs in ((POOLED, False), (item_measure(SMALL, "a1"), False), (QUESTION, True)):
        with_factor = estimate(WeightedCells(cells, weighting), measure).se[0]
        assert (
            with_factor < estimate(WeightedCells(cells, weighting), measure, options=Options(fpc=False)).se[0]
        ) == differs


def test_only_strata_with_drawn_items_lose_the_factor() -> None:
    sample = draw(10, 120)
    forms = ["kiosk" if h == "B" else "full" for h in sample.strata]
    mixed = Sample(sample.answers, sample.strata, forms, sample.sexes, sample.frame)
    compare(mixed, POOLED, (), "adjust", "share")


def test_a_filter_leaves_weights_and_strata_as_they_are() -> None:
    sample = draw(11, 150)
    cells = build_cells(SMALL, sample.answers, sample.columns)
    weighting = post_stratify(cells, sample.frame, ("h",))
    women = estimate(WeightedCells(cells, weighting).keep(cells.columns["sex"].equals("F")), POOLED)
    by_sex = estimate(WeightedCells(cells, weighting), POOLED, ("sex",))
    for name in ("estimate", "se", "low", "high", "n", "df", "population", "n_effective"):
        np.testing.assert_allclose(getattr(women, name)[0], getattr(by_sex, name)[0], rtol=1e-12)


def test_without_weights_the_design_effect_is_against_a_sample_with_replacement() -> None:
    sample = draw(12, 150)
    cells = build_cells(SMALL, sample.answers, sample.columns)
    ours = estimate(WeightedCells(cells, unweighted(cells, ("h",))), POOLED)
    assert ours.deff[0] == ours.deff_replace[0]
    np.testing.assert_allclose(
        estimate(WeightedCells(cells, unweighted(cells, ())), POOLED).deff[0], 1.0, rtol=1e-12
    )
    assert ours.kish[0] == 1.0
