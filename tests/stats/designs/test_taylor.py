"""Estimates from rows: against those from cells, against loops over clusters, and at their edges."""

from typing import Any

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Column, Options, WeightedCells, estimate, item_measure, post_stratify
from sipas.stats.arrays import FloatArray
from sipas.stats.designs.calibrate_rows import calibrate_rows, indicators
from sipas.stats.designs.stages import RowDesign, row_design
from tests.stats.designs.citizens import citizens
from tests.stats.designs.continuous import row_means, row_ratios, row_totals
from tests.stats.surveys import read_json, read_survey, sipas_frame

FACTOR_ITEMS = (range(4), range(4, 9), range(9, 15), range(15, 18), range(18, 22))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = read_json("sipas/expected.json")
    return found


def same(ours: object, theirs: object, rtol: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=rtol, atol=0)


def satisfied_and_answered() -> tuple[FloatArray, FloatArray]:
    """float64[rows, factors]: each respondent's satisfied answers and answers to a factor's items."""
    answers = read_survey("sipas").answers
    y = np.array([(answers[:, items] >= 4).sum(axis=1) for items in FACTOR_ITEMS], dtype=float).T
    x = np.array([(answers[:, items] >= 0).sum(axis=1) for items in FACTOR_ITEMS], dtype=float).T
    return y, x


def test_totals_and_their_covariances_are_those_of_svytotal(
    expected: dict[str, Any],
) -> None:
    y, x = satisfied_and_answered()
    ours, theirs = row_totals(citizens(), np.hstack([y, x])), expected["totals"]
    assert theirs["names"] == [f"{letter}{k}" for letter in "yx" for k in range(1, 6)]
    same(ours.estimate[0], theirs["total"])
    same(ours.se[0], theirs["se"])
    # A covariance may be far smaller than the variances that it is left over from.
    rounding = 1e-12 * ours.variance.max()
    np.testing.assert_allclose(ours.covariance[0], theirs["vcov"], rtol=1e-9, atol=rounding)


@pytest.mark.parametrize("lonely", ["fail", "adjust", "average", "certainty", "remove"])
def test_the_total_of_satisfied_answers_is_that_of_svytotal_with_every_option(
    expected: dict[str, Any], lonely: str
) -> None:
    y, _ = satisfied_and_answered()
    ours = row_totals(citizens(), y.sum(axis=1))
    for option in (lonely, f"{lonely}_adjust_domain"):
        theirs = expected["lonely_psu"][option]["total_y6"]
        same((ours.estimate[0, 0], ours.se[0, 0]), (theirs["total"], theirs["se"]))


@pytest.mark.parametrize("block", ["factors_overall", "factors_overall_nofpc"])
def test_normal_intervals_of_indices_are_those_of_confint(expected: dict[str, Any], block: str) -> None:
    design = citizens(counted=block == "factors_overall")
    y, x = satisfied_and_answered()
    ours = row_ratios(
        design, np.column_stack([y, y.sum(axis=1)]), np.column_stack([x, x.sum(axis=1)])
    ).normal_interval()
    for k, name in enumerate(expected[block]):
        same((ours[0][0, k], ours[1][0, k]), expected[block][name]["confint_default_normal_ci95"])


def test_rows_and_cells_give_the_same() -> None:
    survey = read_survey("sipas")
    weighting = post_stratify(
        survey.cells, sipas_frame(), ("unit", "procedure_group", "channel"), collapse="none"
    )
    item = survey.scoring.items[7]
    answer = survey.answers[:, 7]
    ours = row_means(citizens(), np.where(answer >= 0, answer >= 4, np.nan), survey.columns["month"])
    theirs = estimate(
        WeightedCells(survey.cells, weighting),
        item_measure(survey.scoring, item),
        ("month",),
        options=Options(effective_n="design"),
    )
    for mine, other in (
        (ours.estimate[:, 0], theirs.estimate),
        (ours.se[:, 0], theirs.se),
        (ours.df, theirs.df),
        (ours.n, theirs.n),
        (ours.deff[:, 0], theirs.deff),
        (ours.deff_replace[:, 0], theirs.deff_replace),
        (ours.share_interval()[0][:, 0], theirs.low),
        (ours.share_interval()[1][:, 0], theirs.high),
    ):
        same(mine, other)


def random_design(seed: int) -> tuple[RowDesign, dict[str, list[list[int]]], FloatArray]:
    """Two strata of clusters of unequal size, each with some rows drawn; a tree of it; and values."""
    generator = np.random.default_rng(seed)
    strata: list[str] = []
    clusters: list[str] = []
    counts: list[float] = []
    inner: list[float] = []
    tree: dict[str, list[list[int]]] = {"a": [], "b": []}
    for stratum, drawn in (("a", 4), ("b", 3)):
        for c in range(drawn):
            size = int(generator.integers(2, 5))
            tree[stratum].append(list(range(len(strata), len(strata) + size)))
            strata += [stratum] * size
            clusters += [f"{stratum}{c}"] * size
            counts += [{"a": 9.0, "b": 5.0}[stratum]] * size
            inner += [size + 3.0] * size
    rows = [str(row) for row in range(len(strata))]
    design = row_design(
        len(rows),
        strata=Column.of(strata),
        clusters=[Column.of(clusters), Column.of(rows)],
        populations=[np.array(counts), np.array(inner)],
    )
    return design, tree, generator.normal(5, 2, len(rows))


def test_two_stages_are_those_of_a_loop_over_clusters() -> None:
    design, tree, y = random_design(3)
    ours = row_totals(design, y)
    variance = 0.0
    z = design.weight * y
    for stratum, clusters in tree.items():
        n, population = len(clusters), {"a": 9, "b": 5}[stratum]
        totals = [z[rows].sum() for rows in clusters]
        variance += (1 - n / population) * n * np.var(totals, ddof=1)
        for rows in clusters:
            m = len(rows)
            variance += n / population * (1 - m / (m + 3)) * m * np.var(z[rows], ddof=1)
    same(ours.variance[0, 0], variance)
    same(ours.estimate[0, 0], z.sum())


def test_a_domain_is_the_mean_of_its_rows_in_the_whole_sample() -> None:
    design, _, y = random_design(4)
    inside = Column.of(["in" if value > 5 else None for value in y])
    ours = row_means(design, y, inside)
    by_hand = row_ratios(design, y * (y > 5), (y > 5).astype(float))
    same((ours.estimate[0], ours.se[0]), (by_hand.estimate[0], by_hand.se[0]))
    assert ours.n[0] == (y > 5).sum()


def test_an_empty_domain_has_no_numbers() -> None:
    design, _, y = random_design(5)
    empty = Column(np.zeros(len(y), np.int32), ("all", "nobody"))
    ours = row_means(design, np.column_stack([y, y > 5]), empty)
    assert np.isfinite(ours.estimate[0]).all()
    assert np.isnan(ours.estimate[1]).all()
    assert np.isnan(ours.se[1]).all()
    assert np.isnan(ours.deff[1]).all()
    assert (ours.n[1], ours.df[1]) == (0, 0)
    shares = row_means(design, (y > 5).astype(float), empty)
    assert np.isnan(shares.share_interval()[0][1, 0])


@pytest.mark.parametrize("kind", ["wilson", "beta", "logit", "wald"])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_nobody_and_everybody_have_an_interval_with_a_width(kind: Any, value: float) -> None:
    design = row_design(20, weight=np.ones(20))
    low, high = row_means(design, np.full(20, value)).share_interval(kind)
    assert 0 <= low[0, 0] <= value <= high[0, 0] <= 1
    assert high[0, 0] - low[0, 0] > 0.1


def test_a_single_cluster_has_no_degree_of_freedom_and_no_interval() -> None:
    design = row_design(4, weight=np.ones(4), clusters=[Column.of("kkkk")])
    ours = row_means(design, np.array([0, 1, 1, 0.0]))
    assert ours.df[0] == 0
    assert np.isnan(ours.share_interval()[0][0, 0])


def test_a_lonely_cluster_is_treated_as_asked() -> None:
    strata, y = Column.of("aab"), np.array([1.0, 3, 7])
    design = row_design(3, weight=np.ones(3), strata=strata, populations=[np.array([4, 4, 5.0])])
    pair = 0.5 * 2 * 2.0
    same(row_totals(design, y).variance[0, 0], pair + 0.8 * 49)
    same(row_totals(design, y, lonely="certainty").variance[0, 0], pair)
    with pytest.raises(StatisticsError, match="one cluster alone was drawn from b; choose"):
        row_totals(design, y, lonely="fail")


def test_what_does_not_go_together_is_refused() -> None:
    design = row_design(3, weight=np.ones(3))
    with pytest.raises(StatisticsError, match="values for 2 rows; the design has 3"):
        calibrate_rows(design, np.ones(2), np.array([6]))
    with pytest.raises(StatisticsError, match="row 2: auxiliary 1 has no value"):
        calibrate_rows(design, indicators(Column.of(["a", None, "a"])), np.array([3]))
    calibrated = calibrate_rows(design, np.ones(3), np.array([6]))
    assert calibrated.weight.tolist() == [2, 2, 2]
    with pytest.raises(StatisticsError, match="calibrated already"):
        calibrate_rows(calibrated, np.ones(3), np.array([6]))
