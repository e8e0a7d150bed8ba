"""Estimates with their covariances, held against a computation respondent by respondent."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Measure, Options, estimate, factor_measure, item_measure
from sipas.stats.contrasts import Part, estimate_jointly, estimate_parts
from tests.stats.contrasts.townspeople import Townspeople, townspeople
from tests.stats.surveys import POOLED, QUESTION, SMALL, UNEQUAL

FACTOR_A, FACTOR_B = factor_measure(SMALL, "a"), factor_measure(SMALL, "b")
ITEM = item_measure(SMALL, "b2")
MEASURES = (POOLED, UNEQUAL, QUESTION, FACTOR_A, ITEM)
TREATMENTS = ("adjust", "average", "certainty", "remove")


@pytest.mark.parametrize(("measure", "lonely"), list(product(MEASURES, TREATMENTS)), ids=str)
@pytest.mark.parametrize("statistic", ["share", "mean"])
def test_each_domain_is_what_estimate_says_of_it(measure: Measure, lonely: Any, statistic: Any) -> None:
    people = townspeople("full", "kiosk")
    for by, fpc in ((("unit", "sex"), True), (("channel",), False), ((), False)):
        options = Options(lonely=lonely, statistic=statistic, fpc=fpc)
        joint = estimate_jointly(people.sample, measure, by, options)
        alone = estimate(people.sample, measure, by, options)
        np.testing.assert_allclose(joint.estimate, alone.estimate, rtol=1e-12)
        np.testing.assert_allclose(np.sqrt(np.diag(joint.covariance)), alone.se, rtol=1e-10, atol=1e-15)
        np.testing.assert_allclose(joint.n_effective, alone.n_effective, rtol=1e-9)
        assert joint.n.tolist() == alone.n.tolist()
        assert joint.df.tolist() == alone.df.tolist()
        assert joint.reliable.tolist() == alone.reliable.tolist()
        assert [column.labels() for column in joint.by.values()] == [
            column.labels() for column in alone.by.values()
        ]


@pytest.mark.parametrize("measure", MEASURES, ids=str)
@pytest.mark.parametrize("statistic", ["share", "mean"])
def test_disjoint_domains_vary_together_through_the_strata_they_share(
    measure: Measure, statistic: Any
) -> None:
    people = townspeople("full", "kiosk")
    joint = estimate_jointly(
        people.sample,
        measure,
        ("unit",),
        options=Options(statistic=statistic, fpc=False),
    )
    mean = statistic == "mean"
    pulls = [people.pull(measure, people.of(unit=u), mean) for u in joint.by["unit"].levels]
    hand = [[people.covariance(one, other) for other in pulls] for one in pulls]
    np.testing.assert_allclose(joint.covariance, hand, rtol=1e-9)
    assert (joint.covariance < 0).any()


@pytest.mark.parametrize("lonely", ["adjust", "remove"])
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_domains_may_overlap(measure: Measure, lonely: Any) -> None:
    people = townspeople("full", "two")
    masks = [
        people.of(unit="U1"),
        people.of(),
        people.of(sex="F"),
        people.of(unit="U1", sex="F"),
        people.of(unit="U9"),
    ]
    conditions: list[dict[str, str]] = [
        {"unit": "U1"},
        {},
        {"sex": "F"},
        {"unit": "U1", "sex": "F"},
        {"unit": "U9"},
    ]
    cells = [cells_of(people, condition) for condition in conditions]
    given = [Part(str(place), measure, mask) for place, mask in enumerate(cells)]
    joint = estimate_parts(people.sample, given, options=Options(lonely=lonely, fpc=False))
    hand = [
        [
            people.covariance(people.pull(measure, one), people.pull(measure, other), lonely)
            for other in masks[:4]
        ]
        for one in masks[:4]
    ]
    np.testing.assert_allclose(joint.covariance[:4, :4], hand, rtol=1e-9)
    np.testing.assert_allclose(
        joint.estimate[:4], [people.estimate(measure, one) for one in masks[:4]], rtol=1e-12
    )
    assert np.isnan(joint.estimate[4])
    assert np.isnan(joint.covariance[4]).all()


def cells_of(people: Townspeople, condition: dict[str, str]) -> Any:
    found = np.ones(len(people.cells), dtype=np.bool_)
    for name, level in condition.items():
        found &= people.cells.column(name).equals(level)
    return found


def test_the_df_of_two_domains_are_those_of_their_union() -> None:
    people = townspeople()
    joint = estimate_jointly(people.sample, ITEM, ("unit",))
    answered = people.answers[:, SMALL.items.index("b2")] >= 0
    for i, j in product(range(3), repeat=2):
        levels = {joint.by["unit"].levels[place] for place in (i, j)}
        here = np.isin(people.labels("unit"), list(levels)) & answered
        strata = {h for h, inside in zip(people.labels("h"), here, strict=True) if inside}
        assert joint.union_df[i, j] == here.sum() - len(strata)


def test_two_factors_of_the_same_people_are_compared_with_what_goes_together_in_a_person() -> None:
    people = townspeople()
    everybody = np.ones(len(people.cells), dtype=np.bool_)
    given = [Part("a", FACTOR_A, everybody), Part("b", FACTOR_B, everybody)]
    joint = estimate_parts(people.sample, given)
    one, other = (people.pull(measure, people.of()) for measure in (FACTOR_A, FACTOR_B))
    np.testing.assert_allclose(joint.covariance[0, 1], people.covariance(one, other), rtol=1e-9)
    assert joint.covariance[0, 1] > 0
    assert not joint.same[0, 1]


def test_what_cells_do_not_hold_is_said_and_not_made_up() -> None:
    people = townspeople()
    cells = np.ones(len(people.cells), dtype=np.bool_)
    with pytest.raises(StatisticsError, match=r"item:b2, factor:a: cells do not hold how answers"):
        estimate_parts(
            people.sample,
            [Part("x", ITEM, cells), Part("y", FACTOR_A, cells)],
        )
    with pytest.raises(StatisticsError, match="between 1 and 60 domains, not 0"):
        estimate_parts(people.sample, [])
    with pytest.raises(StatisticsError, match="domain x: which cells it has"):
        estimate_parts(people.sample, [Part("x", ITEM, cells[1:])])
    with pytest.raises(StatisticsError, match="strata with one response: 2, such as h=Y; choose"):
        estimate_jointly(
            people.sample,
            POOLED,
            ("sex",),
            options=Options(lonely="fail", fpc=False),
        )


def test_nobody_at_all_is_no_estimate() -> None:
    people = townspeople()
    nobody = np.zeros(len(people.cells), dtype=np.bool_)
    joint = estimate_parts(people.sample, [Part("nobody", POOLED, nobody)])
    assert np.isnan(joint.estimate).all()
    assert (joint.n.tolist(), joint.df.tolist(), joint.reliable.tolist()) == ([0], [0], [False])
    none = estimate_jointly(people.sample.keep(nobody), POOLED, ("sex",))
    assert len(none) == 0
