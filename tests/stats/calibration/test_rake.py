"""Weights that reproduce margins, and the messages where there are none."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats import (
    Cells,
    Column,
    Frame,
    IndexDefinition,
    Margins,
    Options,
    WeightedCells,
    Weighting,
    build_cells,
    calibrate,
    estimate,
    overall_measure,
    post_stratify,
    rake,
    unweighted,
)
from sipas.stats.calibration.distances import DistanceName
from sipas.stats.notes import BY_NEWTON, SOME_NEGATIVE
from tests.stats.calibration.towns import MARGINS, TownSurvey, town_survey
from tests.stats.surveys import ONE, POOLED, satisfied

BOUNDS = (0.3, 3.0)


@pytest.fixture(scope="module")
def town() -> TownSurvey:
    return town_survey()


def weighted_counts(cells: Cells, weighting: Weighting, name: str) -> dict[str | None, float]:
    column = cells.columns[name]
    totals = np.bincount(column.codes, cells.n * weighting.weight, len(column.levels))
    return dict(zip(column.levels, totals.tolist(), strict=True))


def made(town: TownSurvey, base: Weighting) -> list[Weighting]:
    """Weights of every kind."""
    free: list[DistanceName] = ["linear", "raking"]
    bound: list[DistanceName] = ["linear", "raking", "logit"]
    return [
        rake(town.cells, MARGINS, base),
        *(calibrate(town.cells, MARGINS, base, distance=distance) for distance in free),
        *(calibrate(town.cells, MARGINS, base, distance=distance, bounds=BOUNDS) for distance in bound),
    ]


def test_weights_reproduce_the_margins_and_keep_to_their_bounds(town: TownSurvey) -> None:
    without_design = [rake(town.cells, MARGINS), calibrate(town.cells, MARGINS)]
    for weighting in (*without_design, *made(town, town.design())):
        for margin, counts in MARGINS.counts.items():
            assert weighted_counts(town.cells, weighting, margin) == pytest.approx(counts, rel=1e-8)
        assert weighting.calibration is not None
        ratio = weighting.weight / weighting.calibration.weight
        if weighting.calibration.bounds:
            assert BOUNDS[0] - 1e-12 < ratio.min() < ratio.max() < BOUNDS[1] + 1e-12


def test_bounds_that_bind_still_reproduce_the_margins(town: TownSurvey) -> None:
    free = calibrate(town.cells, MARGINS, town.design(), distance="raking").weight / town.design().weight
    for distance in ("linear", "raking", "logit"):
        bounds = (free.min() + 0.04 * np.ptp(free), free.max() - 0.04 * np.ptp(free))
        bound = calibrate(town.cells, MARGINS, town.design(), distance=distance, bounds=bounds)
        assert weighted_counts(town.cells, bound, "age") == pytest.approx(MARGINS.counts["age"], rel=1e-9)


def test_raking_and_calibration_by_the_raking_distance_find_the_same_weights(town: TownSurvey) -> None:
    raked = rake(town.cells, MARGINS, town.design())
    newton = calibrate(town.cells, MARGINS, town.design(), distance="raking")
    np.testing.assert_allclose(raked.weight, newton.weight, rtol=1e-7)
    assert (raked.method, newton.method) == ("rake", "raking")
    assert rake(town.cells, MARGINS, town.design(), bounds=(0.3, 3.0)).method == "rake"


def test_the_scale_of_the_base_weights_changes_nothing(town: TownSurvey) -> None:
    base = town.design()
    for ours, scaled in zip(made(town, base), made(town, times(base, 1000)), strict=True):
        np.testing.assert_allclose(scaled.weight, ours.weight, rtol=1e-9)
        one, other = (estimate(WeightedCells(town.cells, w), POOLED, ("sex",)) for w in (ours, scaled))
        np.testing.assert_allclose(other.se, one.se, rtol=1e-9)


def times(weighting: Weighting, factor: float) -> Weighting:
    return replace(weighting, weight=weighting.weight * factor)


def test_with_a_single_margin_raking_is_post_stratification(town: TownSurvey) -> None:
    margin = Margins({"unit|channel": {"A|x": 210, "A|y": 90, "B|x": 60, "B|y": 195, "C|x": 45}})
    post = town.design()
    for raked in (
        rake(town.cells, margin, unweighted(town.cells, ("unit", "channel"))),
        calibrate(town.cells, margin, unweighted(town.cells, ("unit", "channel"))),
    ):
        np.testing.assert_allclose(raked.weight, post.weight, rtol=1e-12)
        for by in ((), ("unit",), ("channel", "sex")):
            # Not `adjust`: a lonely stratum with a margin of its own has no residual.
            options = Options(fpc=False, lonely="certainty")
            ours, theirs = (
                estimate(WeightedCells(town.cells, w), POOLED, by, options) for w in (raked, post)
            )
            np.testing.assert_allclose(ours.estimate, theirs.estimate, rtol=1e-12)
            np.testing.assert_allclose(ours.se, theirs.se, rtol=1e-9)
            np.testing.assert_array_equal(ours.df, theirs.df)


def test_raked_weights_of_hand_made_answers() -> None:
    """10 F and 10 M in A, 10 F in B: the only table with these margins is 20, 20, 60."""
    cells = pairs({("A", "F"): 10, ("A", "M"): 10, ("B", "F"): 10})
    weighting = rake(cells, Margins({"unit": {"A": 40, "B": 60}, "sex": {"F": 80, "M": 20}}))
    assert weighting.weight.tolist() == pytest.approx([2.0, 2.0, 6.0])


def pairs(counts: dict[tuple[str | None, str | None], int]) -> Cells:
    rows = [key for key, n in counts.items() for _ in range(n)]
    columns = {"unit": Column.of([u for u, _ in rows]), "sex": Column.of([s for _, s in rows])}
    answers: NDArray[np.int16] = np.full((len(rows), 1), 5, dtype=np.int16)
    return build_cells(ONE, answers, columns)


BOTH: dict[tuple[str | None, str | None], int] = {("A", "F"): 5, ("A", "M"): 5, ("B", "F"): 5, ("B", "M"): 5}


@pytest.mark.parametrize(
    ("counts", "responses", "message"),
    [
        ({}, BOTH, "there is no margin"),
        ({"unit": {"A": -3, "B": 3}}, BOTH, "margin unit, level A: the count is -3; it must be 0 or more"),
        ({"unit": {"A": float("inf"), "B": 3}}, BOTH, "margin unit, level A: the count is inf"),
        ({"unit": {"A": float("nan"), "B": 3}}, BOTH, "margin unit, level A: the count is nan"),
        ({"unit": {"A": 0, "B": 0}}, BOTH, "margin unit: there is no level with a count"),
        (
            {"unit": {"A": 60, "B": 40}, "sex": {"F": 50, "M": 48}},
            BOTH,
            "do not agree in their totals: sex adds up to 98, unit to 100, a difference of 2",
        ),
        ({"unit": {"A": 60, "B": 40, "C": 7}}, BOTH, "margin unit, level C: no response for a count of 7"),
        ({"unit": {"A": 60}}, BOTH, "margin unit has no count for level B, which 10 responses have"),
        (
            {"unit": {"A": 60, "B": 0}},
            BOTH,
            "margin unit counts 0 for level B, which 10 responses have; correct",
        ),
        (
            {"sex": {"F": 60, "M": 40}},
            {**BOTH, ("A", None): 3},
            "margin sex: 3 responses have no value there",
        ),
        (
            {"unit|sex": {"A|F": 1, "A|M": 1, "B|F": 1, "B|M": 1}},
            {**BOTH, ("A", None): 3},
            r"margin unit\|sex: 3 responses have no value there",
        ),
        ({"age": {"old": 1}}, BOTH, "there is no column 'age'"),
        ({"unit": {"A": 60, "B": 40}}, {}, "margin unit, level A: no response"),
    ],
)
def test_margins_that_do_not_fit_are_refused_with_level_and_amount(
    counts: dict[str, dict[str, float]], responses: dict[tuple[str | None, str | None], int], message: str
) -> None:
    for weigh in (rake, calibrate):
        with pytest.raises(StatisticsError, match=message):
            weigh(pairs(responses), Margins(counts))


def test_margins_that_exclude_one_another_are_named_with_what_is_missed() -> None:
    """Who is in A is F and who is in B is M: units 60 to 40 and sexes 50 to 50 cannot both hold."""
    cells = pairs({("A", "F"): 5, ("B", "M"): 5})
    margins = Margins({"unit": {"A": 60, "B": 40}, "sex": {"F": 50, "M": 50}})
    for weigh in (rake, calibrate):
        with pytest.raises(
            StatisticsError, match=r"no weights meet all totals at once: margin .* would get 10"
        ):
            weigh(cells, margins)


def test_bounds_that_leave_no_weights_are_refused_with_level_and_amount(town: TownSurvey) -> None:
    cells = pairs(BOTH)
    alone = Margins({"unit": {"A": 90, "B": 10}})
    with pytest.raises(StatisticsError, match=r"margin unit, level B: .* 10, .* 25 to 75 only, 15 off"):
        calibrate(cells, alone, bounds=(0.5, 1.5))
    together = Margins({"unit|sex": {"A|F": 25, "A|M": 25, "B|F": 25, "B|M": 25}, "unit": {"A": 60, "B": 40}})
    with pytest.raises(StatisticsError, match="no weights between these bounds meet all totals at once"):
        calibrate(cells, together, bounds=(0.5, 1.5))


@pytest.mark.parametrize("bounds", [(1.2, 2.0), (0.2, 0.8), (2.0, 0.5), (float("nan"), 2.0)])
def test_bounds_hold_1_between_them(bounds: tuple[float, float]) -> None:
    with pytest.raises(StatisticsError, match=r"bounds .* ratio of new weight to old"):
        calibrate(pairs(BOTH), Margins({"unit": {"A": 60, "B": 40}}), bounds=bounds)


def test_logit_needs_bounds() -> None:
    with pytest.raises(StatisticsError, match="logit needs two bounds"):
        calibrate(pairs(BOTH), Margins({"unit": {"A": 60, "B": 40}}), distance="logit")


def test_negative_weights_are_noted() -> None:
    cells = pairs({("A", "F"): 30, ("A", "M"): 2, ("B", "F"): 2, ("B", "M"): 30})
    margins = Margins({"unit": {"A": 50, "B": 50}, "sex": {"F": 3, "M": 97}})
    weighting = calibrate(cells, margins)
    assert weighting.weight.min() < 0
    assert weighting.notes == (SOME_NEGATIVE(n=2),)


def test_cells_without_a_design_weight_stay_left_out() -> None:
    cells = pairs({**BOTH, (None, "F"): 2})
    frame = Frame({"unit": Column.of(["A", "B"])}, np.array([50, 50]))
    design = post_stratify(cells, frame, ("unit",))
    weighting = rake(cells, Margins({"sex": {"F": 70, "M": 30}}), design)
    assert weighting.unplaced == 2
    assert cells.n @ weighting.weight == pytest.approx(100)
    assert estimate(
        WeightedCells(cells, weighting), overall_measure(ONE, IndexDefinition("pooled", "pooled"))
    ).n.tolist() == [20]


def test_where_sweeps_are_slow_the_same_weights_are_found_by_newton() -> None:
    """A chain of levels, each tied to the next by one response that weighs next to nothing."""
    pairs = [(k, k) for k in range(12) for _ in range(40)] + [(k, k + 1) for k in range(11)]
    columns = {name: Column.of(f"{pair[place]:02}" for pair in pairs) for place, name in enumerate("ab")}
    cells = build_cells(ONE, satisfied(*"+" * len(pairs)), columns)
    wanted = np.random.default_rng(2).uniform(0.5, 2, len(cells)) * cells.n
    margins = Margins(
        {
            name: {
                level: float(wanted[column.codes == code].sum()) for code, level in enumerate(column.levels)
            }
            for name, column in cells.columns.items()
        }
    )
    raked, calibrated = rake(cells, margins), calibrate(cells, margins, distance="raking")
    assert BY_NEWTON in raked.notes
    assert raked.method == "rake"
    np.testing.assert_allclose(raked.weight, calibrated.weight, rtol=1e-9)
    assert BY_NEWTON not in rake(cells, Margins({"a": margins.counts["a"]})).notes
