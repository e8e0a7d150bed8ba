"""Each domain against the others or the whole: as masks of cells give it, one by one."""

from typing import Any

import numpy as np
import pytest

from sipas.stats import Measure, Options, item_measure
from sipas.stats.contrasts import Part, against_all, estimate_parts, find_differences
from sipas.stats.contrasts.estimate_sets import Pairs
from sipas.stats.options import Statistic
from tests.stats.contrasts.townspeople import townspeople
from tests.stats.surveys import POOLED, SMALL, UNEQUAL

MEASURES = (UNEQUAL, item_measure(SMALL, "b2"))


def same(ours: Pairs, place: int, theirs: Pairs) -> None:
    for side in ("first", "second"):
        for name in ("estimate", "variance", "n_effective", "df", "n", "answered", "reliable"):
            one, other = (getattr(getattr(pairs, side), name) for pairs in (ours, theirs))
            np.testing.assert_allclose(one[place], other[0], rtol=1e-9, err_msg=f"{side} {name}")
    np.testing.assert_allclose(ours.covariance[place], theirs.covariance[0], rtol=1e-8, atol=1e-18)
    assert (ours.df[place], ours.same[place]) == (theirs.df[0], theirs.same[0])


@pytest.mark.parametrize("against", ["rest", "whole"])
@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_the_rest_and_the_whole_are_those_of_masks(measure: Measure, lonely: Any, against: Any) -> None:
    people = townspeople("full", "kiosk")
    cases: tuple[tuple[str, Statistic], ...] = (("unit", "mean"), ("h", "share"))
    for by, statistic in cases:
        options = Options(statistic=statistic, lonely=lonely, fpc=False)
        joint, pairs = against_all(people.sample, measure, (by,), against, options)
        for place, level in enumerate(joint.by[by].levels):
            inside = people.cells.column(by).equals(level)
            outside = ~inside if against == "rest" else np.ones_like(inside)
            given = [Part("one", measure, inside), Part("other", measure, outside)]
            alone = estimate_parts(people.sample, given, options)
            same(pairs, place, alone.pairs(np.array([0]), np.array([1])))


def test_a_domain_that_is_everybody_has_no_rest_and_is_its_own_whole() -> None:
    people = townspeople()
    _, rest = against_all(people.sample, POOLED, (), "rest")
    assert np.isnan(rest.second.estimate[0])
    assert rest.second.n[0] == 0
    _, whole = against_all(people.sample, POOLED, (), "whole")
    assert whole.same[0]
    assert find_differences(whole).difference[0] == 0
    assert np.isnan(find_differences(whole).low[0])
