"""Answer channels at the same mix of strata, against responses weighted by hand."""

from collections import Counter

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import estimate, factor_measure, item_measure, notes, post_stratify, unweighted
from sipas.stats.contrasts import compare_at_same_mix, find_differences
from tests.stats.contrasts.townspeople import covariance_by_hand, townspeople
from tests.stats.surveys import ONE, POOLED, QUESTION, SMALL, one_item_cells

ITEM = item_measure(ONE, "q")


def test_each_channel_is_weighted_to_what_all_responses_of_the_shared_strata_stand_for() -> None:
    people = townspeople()
    found = compare_at_same_mix(people.cells, people.weighting, POOLED, "channel", [("kiosk", "sms")])
    strata, channel = people.labels("h"), people.labels("channel")
    n = Counter(zip(strata, channel, strict=True))
    shared = {h for h in strata if n[h, "kiosk"] and n[h, "sms"]}
    stands_for = {h: people.weight[np.array(strata) == h].sum() for h in shared}
    inside = [h in shared and c in ("kiosk", "sms") for h, c in zip(strata, channel, strict=True)]
    weight = np.array(
        [
            stands_for[h] / n[h, c] if is_in else 0.0
            for h, c, is_in in zip(strata, channel, inside, strict=True)
        ]
    )
    pulls = [
        people.pull(POOLED, people.of(channel=c) & np.array(inside), weight=weight) for c in ("kiosk", "sms")
    ]
    groups = [f"{h}|{c}" if is_in else "out" for h, c, is_in in zip(strata, channel, inside, strict=True)]
    difference = find_differences(found.pairs)
    variance = covariance_by_hand(pulls[0] - pulls[1], pulls[0] - pulls[1], groups)
    np.testing.assert_allclose(difference.se[0] ** 2, variance, rtol=1e-9)
    assert found.covered[0] == pytest.approx(sum(stands_for.values()) / people.frame.counts.sum())
    assert 0.5 < found.covered[0] < 1


def test_a_channel_that_is_liked_where_service_is_good_does_not_look_better_for_that() -> None:
    good, bad = "+" * 36 + "-" * 4, "+" * 12 + "-" * 28
    cells = one_item_cells(
        {"A": good * 2, "B": bad * 2},
        channel=[*["kiosk"] * 40, *["sms"] * 40, *["kiosk"] * 40, *["sms"] * 40],
    )
    mostly = one_item_cells(
        {"A": good * 3, "B": bad * 3},
        channel=[*["kiosk"] * 80, *["sms"] * 40, *["kiosk"] * 40, *["sms"] * 80],
    )
    for one in (cells, mostly):
        found = compare_at_same_mix(one, unweighted(one, ("h",)), ITEM, "channel", [("kiosk", "sms")])
        assert find_differences(found.pairs).difference[0] == pytest.approx(0, abs=1e-15)
    by_channel = estimate(mostly, unweighted(mostly, ("h",)), ITEM, ("channel",)).estimate
    assert by_channel[0] - by_channel[1] > 0.15


def test_invited_and_walk_up_groups_of_a_stratum_are_compared_in_it() -> None:
    people = townspeople()
    walk_up = ~people.cells.column("channel").equals("sms")
    grouped = post_stratify(people.cells, people.frame, ("h",), walk_up=walk_up, collapse="none")
    of_groups, of_strata = (
        compare_at_same_mix(people.cells, weighting, POOLED, "channel", [("kiosk", "sms")])
        for weighting in (grouped, people.weighting)
    )
    np.testing.assert_allclose(
        find_differences(of_groups.pairs).difference, find_differences(of_strata.pairs).difference, rtol=1e-9
    )
    assert of_groups.covered == pytest.approx(of_strata.covered)


def test_channels_that_share_no_stratum_cannot_be_compared() -> None:
    cells = one_item_cells({"A": "+-+-", "B": "++--"}, channel=["kiosk"] * 4 + ["sms"] * 4)
    found = compare_at_same_mix(
        cells, unweighted(cells, ("h",)), ITEM, "channel", [("kiosk", "sms"), ("kiosk", "paper")]
    )
    assert np.isnan(find_differences(found.pairs).difference).all()
    assert found.covered.tolist() == [0, 0]
    assert found.notes == ((notes.NO_STRATUM_SHARED,),) * 2


def test_factors_are_compared_only_where_forms_ask_them_alike() -> None:
    people = townspeople("full", "kiosk")
    pair = [("kiosk", "sms")]
    for measure in (POOLED, factor_measure(SMALL, "a")):
        found = compare_at_same_mix(people.cells, people.weighting, measure, "channel", pair)
        assert np.isnan(find_differences(found.pairs).difference[0])
        assert found.notes == ((notes.FORMS_DIFFER,),)
        full = people.cells.column("form").equals("full")
        alike = compare_at_same_mix(people.cells, people.weighting, measure, "channel", pair, where=full)
        assert np.isfinite(find_differences(alike.pairs).difference[0])
    for measure in (QUESTION, item_measure(SMALL, "b2")):
        found = compare_at_same_mix(people.cells, people.weighting, measure, "channel", pair)
        assert np.isfinite(find_differences(found.pairs).p[0])


def test_what_cannot_be_asked_is_refused() -> None:
    people = townspeople()
    with pytest.raises(StatisticsError, match="h is a stratum"):
        compare_at_same_mix(people.cells, people.weighting, POOLED, "h", [("A", "B")])
    with pytest.raises(StatisticsError, match="at least two levels of channel"):
        compare_at_same_mix(people.cells, people.weighting, POOLED, "channel", [])
