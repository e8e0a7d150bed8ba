"""Respondents who answer alike, if not one item as another: what rounding leaves is no variance."""

from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sipas.stats import (
    Cells,
    Column,
    Frame,
    IndexDefinition,
    IndexNode,
    Options,
    Scoring,
    WeightedCells,
    Weighting,
    all_pairs,
    build_cells,
    estimate_each,
    estimate_jointly,
    factor_measure,
    find_differences,
    frame_margins,
    item_measure,
    judge_target,
    notes,
    overall_measure,
    post_stratify,
    rake,
    unweighted,
)
from sipas.stats.designs.stages import row_design
from sipas.stats.estimates.distribution import distribute
from tests.stats.designs.continuous import row_ratios

SIZES, ITEMS = (4, 5, 6, 3, 4), 22
ENDS = np.cumsum(SIZES).tolist()
FACTORS = {f"f{end}": tuple(range(end - size, end)) for size, end in zip(SIZES, ENDS, strict=True)}
SCORING = Scoring(tuple(f"i{k}" for k in range(ITEMS)), FACTORS, (1, 2, 3, 4, 5), 4)
TREE = IndexNode(
    "tree",
    tuple(
        IndexNode(factor, tuple(SCORING.items[item] for item in items), pooled=factor == "f9")
        for factor, items in FACTORS.items()
    ),
)
SHARES = dict(zip(FACTORS, (0.1, 0.15, 0.3, 0.25, 0.2), strict=True))
MEASURES = (
    overall_measure(SCORING, IndexDefinition("pooled", "pooled")),
    overall_measure(SCORING, IndexDefinition("factors", "factors", SHARES)),
    overall_measure(SCORING, IndexDefinition("tree", "tree", tree=TREE)),
    factor_measure(SCORING, "f15"),
    item_measure(SCORING, "i0"),
)
UNITS, STRATA = 12, 2

# There is nothing to shrink in a seed.
quick = settings(max_examples=15, phases=[Phase.generate])
seeds = st.integers(0, 10**6)
kinds, sizes = st.sampled_from(["wilson", "beta", "logit", "wald"]), st.sampled_from(["robust", "design"])

# How answers are weighted, and whether they are alike in each stratum only.
alike_in = st.tuples(st.sampled_from(["none", "weights", "raked"]), st.booleans())


def alike(seed: int, method: str, in_stratum: bool) -> tuple[Cells, Weighting]:
    """Units in two strata, where all of a unit answer alike, or all of a stratum of it.

    Strata stand for few transactions and for many, none for as few as responded.
    """
    generator = np.random.default_rng(seed)
    patterns = generator.integers(1, 6, (UNITS, STRATA, ITEMS))
    patterns[generator.random(patterns.shape) < 0.15] = -1
    if not in_stratum:
        patterns = patterns[:, [0] * STRATA]
    n = generator.integers(2, 60, UNITS * STRATA)
    units = np.repeat([str(unit) for unit in range(UNITS)], STRATA)
    strata = np.tile([str(stratum) for stratum in range(STRATA)], UNITS)
    frame = Frame(
        {"u": Column.of(units.tolist()), "h": Column.of(strata.tolist())},
        n * generator.choice([2, 3, 90, 10_000], len(n)) + generator.integers(0, 50, len(n)),
    )
    columns = {"u": Column.of(np.repeat(units, n).tolist()), "h": Column.of(np.repeat(strata, n).tolist())}
    answers = np.repeat(patterns.reshape(-1, ITEMS), n, axis=0).astype(np.int8)
    cells = build_cells(SCORING, answers, columns)
    return cells, weighted(cells, frame, method)


def weighted(cells: Cells, frame: Frame, method: str) -> Weighting:
    if method == "none":
        return unweighted(cells, ("u", "h"))
    weighting = post_stratify(cells, frame, ("u", "h"), collapse="none")
    if method == "weights":
        return weighting
    base, margins = frame_margins(cells, frame, ("u", "h"))
    return rake(cells, margins, base)


@quick
@given(seed=seeds, where=alike_in, ci=kinds, effective_n=sizes)
def test_shares_have_intervals_as_wide_as_so_many_respondents_deserve(
    seed: int, where: tuple[str, bool], ci: Any, effective_n: Any
) -> None:
    cells, weighting = alike(seed, *where)
    for found in estimate_each(
        WeightedCells(cells, weighting), MEASURES, ("u",), options=Options(ci=ci, effective_n=effective_n)
    ):
        known = np.isfinite(found.estimate)
        assert (found.se[known] == 0).all()
        assert ((found.n_effective > 0) & (found.n_effective <= found.n))[known].all()
        # 120 respondents at most: Clopper and Pearson's interval for 0 of 120 is 0.030 wide.
        assert (found.high - found.low)[known].min() > 0.01


@quick
@given(seed=seeds, where=alike_in)
def test_means_have_no_interval_and_tell_no_target(seed: int, where: tuple[str, bool]) -> None:
    cells, weighting = alike(seed, *where)
    for found in estimate_each(
        WeightedCells(cells, weighting), MEASURES, ("u",), options=Options(statistic="mean", fpc=False)
    ):
        known = np.isfinite(found.estimate)
        assert (found.se[known] == 0).all()
        assert ((found.n_effective > 0) & (found.n_effective <= found.n))[known].all()
        assert np.isnan([found.low, found.high]).all()
        assert all(notes.NO_VARIANCE in found.notes[d] for d in np.flatnonzero(known))
        judged = judge_target(found, 3.3)
        assert set(judged.verdict) == {"cannot_tell"}
        assert np.isnan([judged.p, judged.low, judged.still_needed]).all()


@quick
@given(seed=seeds, where=alike_in, ci=kinds)
def test_points_of_the_scale_have_intervals_with_some_width(
    seed: int, where: tuple[str, bool], ci: Any
) -> None:
    cells, weighting = alike(seed, *where)
    found = distribute(WeightedCells(cells, weighting), MEASURES[2], ("u",), options=Options(ci=ci))
    known = np.isfinite(found.share)
    assert (found.high - found.low)[known].min() > 0.01


@quick
@given(seed=seeds, where=alike_in, statistic=st.sampled_from(["share", "mean"]))
def test_comparisons_know_no_variance_that_estimates_do_not(
    seed: int, where: tuple[str, bool], statistic: Any
) -> None:
    cells, weighting = alike(seed, *where)
    for measure in MEASURES:
        joint = estimate_jointly(
            WeightedCells(cells, weighting), measure, ("u",), options=Options(statistic=statistic, fpc=False)
        )
        known = np.isfinite(joint.estimate)
        assert not joint.covariance[np.ix_(known, known)].any()
        differences = find_differences(joint.pairs(*all_pairs(UNITS)))
        assert not (differences.high - differences.low < 0.01).any()
        assert statistic == "share" or np.isnan(differences.p).all()


def test_rows_who_answer_alike_have_intervals_with_some_width() -> None:
    """Two of three answers satisfied, or five of six, from clusters of several sizes."""
    cluster = np.repeat(np.arange(12), np.arange(2, 14))
    design = row_design(
        len(cluster),
        weight=np.linspace(1, 7, len(cluster)),
        clusters=[Column.of(cluster.astype(str).tolist())],
    )
    for satisfied, answered in [(2, 3), (5, 6), (19, 22), (7, 11)]:
        found = row_ratios(design, np.full(len(cluster), satisfied), np.full(len(cluster), answered))
        assert found.variance[0, 0] == 0
        low, high = found.share_interval()
        assert high[0, 0] - low[0, 0] > 0.1
