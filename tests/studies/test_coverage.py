"""A small form of the study of docs/explanation/coverage.md fails if the default interval gets worse."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from studies.coverage import INTERVALS, Coverage, find_coverage, wilson_width
from studies.limits import HIGH, LEAST, LEAST_RARE, LOW, error, failures
from studies.settings import EQUAL, ITEM, MANY, MEASURES, SAMPLES, TWO_GROUPS, VERY, Setting
from studies.small_rounds import cover
from studies.thin_strata import LEAST_COVERED, MOST_BIASED, every_thin, find_thin

ROOT = Path(__file__).parents[2]
SURVEYS = 1000
SHARES = (0.8, 0.93, 0.98)


@cache
def quick() -> tuple[Coverage, ...]:
    settings = (Setting(m, s, n) for m in MEASURES for s in SAMPLES for n in (30, 100))
    return tuple(
        find_coverage(setting, SHARES, SURVEYS, (5, number), INTERVALS[:1])
        for number, setting in enumerate(settings)
    )


def test_the_default_interval_keeps_the_limits_of_coverage() -> None:
    assert [*failures(quick(), errors=3)] == []
    assert sum(one.judged for one in quick()) == 22


def test_the_default_interval_is_hardly_wider_than_independent_answers_would_make_it() -> None:
    """docs/explanation/coverage.md: up to 1.2 at these sizes; each setting's own width stands in its CSV."""
    excess = [float(one.excess[0]) for one in quick() if one.judged]
    assert max(excess) < 1.25
    assert np.mean(excess) < 1.12


@pytest.mark.parametrize(
    ("interval", "setting"),
    [
        (1, Setting(MANY, TWO_GROUPS, 30)),
        (3, Setting(MANY, TWO_GROUPS, 30)),
        (4, Setting(MANY, VERY, 50)),
        (5, Setting(ITEM, VERY, 100)),
    ],
    ids=["Wilson on design n", "Korn–Graubard on design n", "logit", "Wald"],
)
def test_intervals_that_trust_the_variance_alone_do_not_keep_them(interval: int, setting: Setting) -> None:
    found = find_coverage(setting, (0.93, 0.97, 0.99), SURVEYS, (6,))
    assert [*failures([found], interval, errors=3)]
    assert not [*failures([found], errors=3)]


def test_the_ideal_width_is_that_of_wilson_s_interval_over_a_binomial_sample() -> None:
    """Against scipy's own interval, outcome by outcome."""
    intervals = [stats.binomtest(k, 12).proportion_ci(0.95, "wilson") for k in range(13)]
    widths = np.array([interval.high - interval.low for interval in intervals])
    assert wilson_width(12.2, 0.9) == pytest.approx(widths @ stats.binom.pmf(np.arange(13), 12, 0.9))


def test_a_broken_limit_is_told_with_its_place() -> None:
    covered = np.array([[0.95], [0.91], [0.84]])
    shares, width = np.array([0.8, 0.9, 0.99]), np.ones((3, 1))
    one = Coverage(Setting(ITEM, EQUAL, 100), 100, shares, 100.0, covered, width, np.ones(3))
    assert [*failures([one])] == [
        "item, equal, n = 100: mean coverage 0.9000, not 0.945–0.985",
        "0.910 at p = 0.9 (item, equal, n = 100; 10 expected), not 0.92 or more",
        "0.840 at p = 0.99 (item, equal, n = 100; 1 expected), not 0.85 or more",
    ]


def test_a_round_of_several_units_learns_what_answers_are_worth_and_one_alone_is_not_too_sure() -> None:
    random, setting = np.random.default_rng(1), Setting(MANY, EQUAL, 50)
    assert cover(setting, 16, 0.97, 480, random) >= 0.95
    assert cover(setting, 1, 0.97, 160, random) >= 0.95


def test_thin_strata_that_differ_by_30_points_bias_little_and_leave_intervals_that_cover() -> None:
    by_rule = [given for given in every_thin() if given[0].sample.collapse == "auto"]
    for number, given in enumerate(by_rule):
        found = find_thin(given, 300, (8, number))
        assert found.covered.min() >= LEAST_COVERED - 3 * error(LEAST_COVERED, 300), given
        # A quarter of an interval's width is about a standard error.
        assert np.abs(found.bias).max() <= MOST_BIASED + 3 * found.width.max() / 4 / np.sqrt(300), given


def test_the_document_kept_holds_the_limits_of_thin_strata() -> None:
    with (ROOT / "docs/explanation/coverage/thin_strata.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["collapse"] == "auto"]
    assert {float(row["thin strata hold"]) for row in rows} == {0.05, 0.2, 0.6}
    assert min(float(row["covered"]) for row in rows) >= LEAST_COVERED
    assert max(abs(float(row["bias"])) for row in rows) <= MOST_BIASED


def test_the_document_kept_holds_the_limits() -> None:
    with (ROOT / "docs/explanation/coverage/points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = 0
    for row in rows:
        size = float(row["n_K/d"])
        covered = {float(name[2:]): float(value) for name, value in row.items() if name.startswith("p=")}
        if size >= 20:
            assert LOW <= np.mean([*covered.values()]) <= HIGH, row
            for share, value in covered.items():
                assert value >= (LEAST if size * (1 - share) >= 1.5 else LEAST_RARE), (row, share)
            points += len(covered)
    page = (ROOT / "docs/explanation/coverage.md").read_text("utf-8")
    assert "Within the limits everywhere." in page
    assert f"{points:,} points" in page
