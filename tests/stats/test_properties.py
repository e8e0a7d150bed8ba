"""What must hold of estimates whatever the survey: hypothesis makes up the surveys, always the same."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Estimates,
    Frame,
    Margins,
    Measure,
    Options,
    WeightedCells,
    Weighting,
    build_cells,
    calibrate,
    estimate,
    item_measure,
    merge_cells,
    notes,
    post_stratify,
    rake,
    unweighted,
)
from sipas.stats.estimates.targets import judge_target
from sipas.stats.replicates import jackknife
from tests.stats.made_up import MadeUp, surveys
from tests.stats.surveys import POOLED, QUESTION, SMALL, UNEQUAL

quick = settings(max_examples=25)
MEASURES = (item_measure(SMALL, "b2"), QUESTION, POOLED, UNEQUAL)
measures = st.sampled_from(MEASURES)
NUMBERS = (
    "estimate", "se", "low", "high", "df", "n", "n_answered", "n_effective", "deff", "deff_replace", "kish",
    "population", "lonely", "reliable",
)  # fmt: skip


def weighted(cells: Cells, frame: Frame, **options: Any) -> Weighting:
    return post_stratify(cells, frame, ("h",), **options)


def by_domain(estimates: Estimates) -> dict[tuple[str | None, ...], dict[str, Any]]:
    """The numbers and notes of each domain, by its levels."""
    return {
        tuple(estimates.key(d).values()): {
            **{name: float(getattr(estimates, name)[d]) for name in NUMBERS},
            "notes": estimates.notes[d],
        }
        for d in range(len(estimates))
    }


def same(ours: Estimates, theirs: Estimates, *, but: tuple[str, ...] = ()) -> None:
    """The same numbers and notes for the same domains."""
    mine, others = by_domain(ours), by_domain(theirs)
    assert mine.keys() == others.keys()
    for key, row in mine.items():
        assert row.pop("notes") == others[key].pop("notes")
        for name in set(NUMBERS) - set(but):
            # What is 0 but for rounding is held against the scale of shares and means.
            assert row[name] == pytest.approx(others[key][name], rel=1e-7, abs=1e-9, nan_ok=True), name


@quick
@given(survey=surveys(), measure=measures, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(survey: MadeUp, measure: Measure, order: Any) -> None:
    shuffled = list(range(len(survey)))
    order.shuffle(shuffled)
    cells, again = survey.cells(), survey.rows(shuffled).cells()
    ours = estimate(WeightedCells(cells, weighted(cells, survey.frame())), measure, ("d",))
    theirs = estimate(WeightedCells(again, weighted(again, survey.frame())), measure, ("d",))
    same(ours, theirs)
    np.testing.assert_array_equal(ours.estimate, theirs.estimate)
    np.testing.assert_array_equal(ours.se, theirs.se)


@quick
@given(survey=surveys(least=2), measure=measures, cut=st.integers(1, 13))
def test_the_split_into_batches_changes_nothing(survey: MadeUp, measure: Measure, cut: int) -> None:
    rows = list(range(len(survey)))
    first = rows[: min(cut, len(survey) - 1)]
    parts = [survey.rows(first).cells(), survey.rows(rows[len(first) :]).cells()]
    cells, merged = survey.cells(), merge_cells(parts)
    same(
        estimate(WeightedCells(merged, weighted(merged, survey.frame())), measure, ("d",)),
        estimate(WeightedCells(cells, weighted(cells, survey.frame())), measure, ("d",)),
    )


@quick
@given(survey=surveys(), measure=measures, statistic=st.sampled_from(("share", "mean")))
def test_the_cell_key_changes_nothing(survey: MadeUp, measure: Measure, statistic: Any) -> None:
    found = [
        estimate(
            WeightedCells(cells, weighted(cells, survey.frame())),
            measure,
            ("d",),
            options=Options(statistic=statistic),
        )
        for cells in (survey.cells(), survey.cells_of_one())
    ]
    same(*found)


@quick
@given(survey=surveys(), measure=measures, more=st.integers(1, 50), order=st.randoms(use_true_random=False))
def test_neither_key_nor_order_changes_raked_estimates(
    survey: MadeUp, measure: Measure, more: int, order: Any
) -> None:
    counts = {h: 3.0 * survey.stratum.count(h) + more for h in survey.extra}
    rows = list(range(len(survey)))
    order.shuffle(rows)
    found = []
    for cells in (survey.cells(), survey.cells_of_one(), survey.rows(rows).cells()):
        raked = rake(cells, Margins({"h": counts}), unweighted(cells, ("form",)))
        found.append(estimate(WeightedCells(cells, raked), measure, ("d",)))
    same(found[0], found[1])
    same(found[0], found[2])


@quick
@given(survey=surveys(), measure=measures)
def test_the_names_of_strata_and_domains_change_nothing(survey: MadeUp, measure: Measure) -> None:
    renamed = {"p": "zeta", "q": "alpha", "r": "mu"}
    columns = survey.columns()
    columns["h"] = Column.of([renamed[h] for h in survey.stratum])
    columns["d"] = Column.of([{"x": "y", "y": "x"}.get(d or "") for d in survey.domain])
    frame = survey.frame()
    other_frame = Frame({"h": Column.of([renamed[h] for h in survey.extra])}, frame.counts)
    cells, other = survey.cells(), build_cells(SMALL, survey.answers, columns)
    ours = by_domain(estimate(WeightedCells(cells, weighted(cells, frame)), measure, ("d",)))
    theirs = by_domain(estimate(WeightedCells(other, weighted(other, other_frame)), measure, ("d",)))
    for old, new in (("x", "y"), ("y", "x"), (None, None)):
        assert ((old,) in ours) == ((new,) in theirs)
        if (old,) in ours:
            mine, others = ours[(old,)], theirs[(new,)]
            assert mine.pop("notes") == others.pop("notes")
            assert mine == pytest.approx(others, rel=1e-7, abs=1e-9, nan_ok=True)


@quick
@given(survey=surveys(), measure=measures, times=st.integers(2, 1000))
def test_scaled_weights_change_the_population_alone(survey: MadeUp, measure: Measure, times: int) -> None:
    cells = survey.cells()
    ours = estimate(
        WeightedCells(cells, weighted(cells, survey.frame(times))),
        measure,
        ("d",),
        options=Options(fpc=False),
    )
    theirs = estimate(
        WeightedCells(cells, weighted(cells, survey.frame())), measure, ("d",), options=Options(fpc=False)
    )
    same(ours, theirs, but=("population", "deff"))
    np.testing.assert_allclose(ours.population, times * theirs.population)


@quick
@given(survey=surveys(least=2, forms=False), measure=measures)
def test_a_stratum_of_two_identical_halves_may_be_split(survey: MadeUp, measure: Measure) -> None:
    """As one stratum of 2n respondents or as two of n: V changes by (n − ½) / (n − 1), nothing else."""
    n = len(survey)
    answers = np.concatenate([survey.answers, survey.answers])
    columns = {"one": Column.of(["h"] * 2 * n), "two": Column.of(["h1"] * n + ["h2"] * n)}
    cells = build_cells(SMALL, answers, columns)
    whole = Frame({"one": Column.of(["h"])}, np.array([10 * n]))
    halves = Frame({"two": Column.of(["h1", "h2"])}, np.array([5 * n, 5 * n]))
    once = estimate(WeightedCells(cells, post_stratify(cells, whole, ("one",))), measure)
    twice = estimate(WeightedCells(cells, post_stratify(cells, halves, ("two",), collapse="none")), measure)
    assert twice.estimate[0] == pytest.approx(once.estimate[0], rel=1e-12, nan_ok=True)
    grown = np.sqrt((n - 0.5) / (n - 1))
    assert twice.se[0] == pytest.approx(once.se[0] * grown, rel=1e-9, abs=1e-12, nan_ok=True)
    assert twice.population[0] == pytest.approx(once.population[0])
    assert twice.kish[0] == pytest.approx(once.kish[0], nan_ok=True)


@quick
@given(survey=surveys(forms=False), measure=measures)
def test_every_stratum_twice_halves_the_variance(survey: MadeUp, measure: Measure) -> None:
    twins = [f"{h}'" for h in survey.stratum]
    columns = {"h": Column.of([*survey.stratum, *twins])}
    cells = survey.cells()
    both = build_cells(SMALL, np.concatenate([survey.answers, survey.answers]), columns)
    frame = survey.frame()
    names = [*survey.extra, *(f"{h}'" for h in survey.extra)]
    doubled = Frame({"h": Column.of(names)}, np.concatenate([frame.counts, frame.counts]))
    ours = estimate(WeightedCells(both, weighted(both, doubled, collapse="none")), measure)
    theirs = estimate(WeightedCells(cells, weighted(cells, frame, collapse="none")), measure)
    assert ours.estimate[0] == pytest.approx(theirs.estimate[0], rel=1e-12, nan_ok=True)
    assert ours.se[0] == pytest.approx(theirs.se[0] / np.sqrt(2), rel=1e-9, abs=1e-12, nan_ok=True)
    assert (ours.n[0], ours.df[0]) == (2 * theirs.n[0], 2 * theirs.df[0])


@settings(quick, max_examples=60)
@given(
    survey=surveys(),
    measure=measures,
    ci=st.sampled_from(("wilson", "beta", "logit", "wald")),
    effective_n=st.sampled_from(("robust", "design")),
    level=st.sampled_from((0.5, 0.9, 0.95, 0.999)),
    lonely=st.sampled_from(("adjust", "average", "certainty", "remove")),
    collapse=st.sampled_from(("auto", "none")),
    fpc=st.booleans(),
)
def test_intervals_are_shares_hold_the_estimate_and_have_a_width(
    survey: MadeUp, measure: Measure, ci: Any, effective_n: Any, level: float, lonely: Any, collapse: Any,
    fpc: bool,
) -> None:  # fmt: skip
    cells = survey.cells()
    weighting = weighted(cells, survey.frame(), collapse=collapse)
    found = estimate(
        WeightedCells(cells, weighting),
        measure,
        ("d",),
        options=Options(ci=ci, effective_n=effective_n, level=level, lonely=lonely, fpc=fpc),
    )
    check_intervals(found, lambda domain: fpc and complete(survey, measure, domain))


def check_intervals(found: Estimates, certain: Callable[[str | None], bool]) -> None:
    """Shares and intervals in [0, 1], the one in the other; without width only where it is certain."""
    for d in range(len(found)):
        share, low, high = found.estimate[d], found.low[d], found.high[d]
        assert np.isnan(low) == np.isnan(high)
        assert np.isfinite(low) or found.notes[d]
        if np.isnan(share):
            assert np.isnan(found.se[d])
            assert np.isnan(low)
        else:
            assert -1e-12 <= share <= 1 + 1e-12
        if np.isfinite(low):
            assert 0 <= low <= share + 1e-12
            assert share - 1e-12 <= high <= 1
            assert high - low > 1e-6 or certain(found.key(d)["d"])


@settings(quick, max_examples=100)
@given(
    survey=surveys(least=4),
    measure=measures,
    ci=st.sampled_from(("wilson", "beta", "logit", "wald")),
    h=st.lists(st.integers(1, 100), min_size=3, max_size=3),
    form=st.lists(st.integers(1, 100), min_size=4, max_size=4),
)
def test_negative_weights_give_intervals_as_good_or_none(
    survey: MadeUp, measure: Measure, ci: Any, h: list[int], form: list[int]
) -> None:
    cells = survey.cells()
    margins = {"h": parts(survey.stratum, h), "form": parts(survey.form, form)}
    try:
        weighting = calibrate(cells, Margins(margins))
    except StatisticsError:
        assume(False)
    found = estimate(WeightedCells(cells, weighting), measure, ("d",), options=Options(ci=ci))
    # Weights next to 0 leave one respondent, whom the variance alone does not doubt.
    check_intervals(found, lambda _: ci in ("logit", "wald"))
    lost = np.array([notes.NEGATIVE_WEIGHTS in said for said in found.notes])
    assert np.isnan(found.estimate[lost]).all()
    assert not found.reliable[np.isnan(found.estimate)].any()
    assert not lost.any() or (weighting.weight < 0).any()
    told = judge_target(found, 0.8)
    assert all(told.verdict[d] == "cannot_tell" and np.isnan(told.p[d]) for d in np.flatnonzero(lost))


def parts(levels: list[str], sizes: list[int]) -> dict[str, float]:
    """A margin of 1,000 transactions, split by these sizes among the levels there are."""
    chosen = dict(zip(sorted(set(levels)), sizes, strict=False))
    return {level: 1000 * size / sum(chosen.values()) for level, size in chosen.items()}


def complete(survey: MadeUp, measure: Measure, domain: str | None) -> bool:
    """Whether all transactions were answered for in every stratum, and all items by everybody."""
    items = list(measure.items(SMALL))
    asked = np.array([[SMALL.chances(form)[item] == 1 for item in items] for form in survey.form])
    answered = ((survey.answers[:, items] >= 0) & asked).all(axis=1)
    rows = zip(survey.stratum, survey.domain, answered.tolist(), strict=True)
    return all(survey.extra[h] == 0 and every for h, where, every in rows if where == domain)


@quick
@given(survey=surveys(), measure=measures)
def test_means_stay_on_the_scale_and_unweighted_strata_serve_the_variance_alone(
    survey: MadeUp, measure: Measure
) -> None:
    cells = survey.cells()
    found = estimate(
        WeightedCells(cells, unweighted(cells, ("h",))), measure, ("d",), options=Options(statistic="mean")
    )
    known = np.isfinite(found.estimate)
    assert ((found.estimate >= 1 - 1e-12) & (found.estimate <= 5 + 1e-12))[known].all()
    assert (np.isfinite(found.se) | ~known).all()
    whole = estimate(
        WeightedCells(cells, unweighted(cells, ())), measure, ("d",), options=Options(statistic="mean")
    )
    np.testing.assert_allclose(whole.estimate, found.estimate, rtol=1e-12)


@quick
@given(survey=surveys(), statistic=st.sampled_from(("share", "mean")))
def test_the_jackknife_of_an_item_is_the_same_from_cells_and_from_respondents(
    survey: MadeUp, statistic: Any
) -> None:
    found = [
        jackknife(
            WeightedCells(cells, weighted(cells, survey.frame())),
            MEASURES[0],
            ("d",),
            options=Options(statistic=statistic),
        )
        for cells in (survey.cells(), survey.cells_of_one())
    ]
    np.testing.assert_allclose(found[0].se, found[1].se, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(found[0].df, found[1].df)
