"""Answer channels at the same mix of strata, against responses weighted by hand."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import (
    Column,
    Measure,
    WalkUp,
    WeightedCells,
    build_cells,
    estimate,
    factor_measure,
    item_measure,
    notes,
    post_stratify,
    unweighted,
)
from sipas.stats.contrasts import compare_standardized, find_differences
from tests.stats.contrasts.townspeople import covariance_by_hand, townspeople
from tests.stats.rowwise import parts
from tests.stats.surveys import ONE, POOLED, QUESTION, SMALL, UNEQUAL, one_item_cells, satisfied

ITEM = item_measure(ONE, "q")


def test_each_channel_is_weighted_to_what_all_responses_of_the_shared_strata_stand_for() -> None:
    people = townspeople()
    found = compare_standardized(people.sample, POOLED, "channel", [("kiosk", "sms")])
    strata, channel = people.labels("h"), people.labels("channel")
    n = Counter(zip(strata, channel, strict=True))
    shared = {h for h in strata if n[h, "kiosk"] and n[h, "sms"]}
    stands_for = {h: people.weight[np.array(strata) == h].sum() for h in shared}
    ((_, _, answered),) = parts(SMALL, POOLED, people.answers, people.labels("form"), mean=False)
    answers: dict[tuple[str, str], float] = defaultdict(float)
    for h, c, x in zip(strata, channel, answered.tolist(), strict=True):
        answers[h, c] += x
    inside = [h in shared and c in ("kiosk", "sms") for h, c in zip(strata, channel, strict=True)]
    weight = np.array(
        [
            stands_for[h] / answers[h, c] if is_in else 0.0
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
        found = compare_standardized(
            WeightedCells(one, unweighted(one, ("h",))), ITEM, "channel", [("kiosk", "sms")]
        )
        assert find_differences(found.pairs).difference[0] == pytest.approx(0, abs=1e-15)
    by_channel = estimate(WeightedCells(mostly, unweighted(mostly, ("h",))), ITEM, ("channel",)).estimate
    assert by_channel[0] - by_channel[1] > 0.15


def test_a_channel_that_answers_more_where_service_is_good_does_not_look_better_for_that() -> None:
    """In both strata both channels are satisfied alike; sms leaves the item out in B more often."""
    cells = one_item_cells(
        {
            "A": "+++-" * 10 + "+++-" * 10,
            "B": "+---" * 10 + "+---" + "." * 36,
        },
        channel=(["kiosk"] * 40 + ["sms"] * 40) * 2,
    )
    found = compare_standardized(
        WeightedCells(cells, unweighted(cells, ("h",))), ITEM, "channel", [("kiosk", "sms")]
    )
    assert found.pairs.first.estimate[0] == pytest.approx(0.5)
    assert find_differences(found.pairs).difference[0] == pytest.approx(0, abs=1e-15)
    assert found.covered[0] == 1


def test_who_answered_is_a_sample_of_its_own_in_each_stratum_and_channel() -> None:
    """Σ W² s² / n over those who answered, each stratum's spread about the channel's own share."""
    answered = one_item_cells({"A": "+++-" * 5 + "++--" * 5}, channel=["kiosk"] * 20 + ["sms"] * 20)
    silent = one_item_cells(
        {"A": "+++-" * 5 + "++--" * 5 + "." * 30}, channel=["kiosk"] * 20 + ["sms"] * 20 + ["kiosk"] * 30
    )
    se = [
        find_differences(
            compare_standardized(
                WeightedCells(one, unweighted(one, ("h",))), ITEM, "channel", [("kiosk", "sms")]
            ).pairs
        ).se[0]
        for one in (answered, silent)
    ]
    assert se == pytest.approx([np.sqrt(0.75 * 0.25 / 19 + 0.25 / 19)] * 2)


@pytest.mark.parametrize("lonely_form", ["short", "kiosk"])
def test_a_form_that_asks_an_item_rarely_or_never_does_not_shift_the_mix(lonely_form: str) -> None:
    """Kiosks in B have a form that asks a1 of half or none, or of all; a1 is satisfied alike everywhere."""
    never = lonely_form == "short"
    rows = []
    for h, signs in {"A": "+++-", "B": "+---"}.items():
        for channel in ("kiosk", "sms"):
            for form in ("full", lonely_form) if (h, channel) == ("B", "kiosk") else ("full",):
                for sign in signs * 8:
                    rows.append((h, channel, form, "." if never and form == "short" else sign))
    *named, a1 = zip(*rows, strict=True)
    answers = satisfied(*(f"+{sign}...." for sign in a1))
    columns = dict(zip(("h", "channel", "form"), named, strict=True))
    cells = build_cells(SMALL, answers, {name: Column.of(values) for name, values in columns.items()})
    measure = item_measure(SMALL, "a1")
    found = compare_standardized(
        WeightedCells(cells, unweighted(cells, ("h",))), measure, "channel", [("kiosk", "sms")]
    )
    assert find_differences(found.pairs).difference[0] == pytest.approx(0, abs=1e-15)
    assert found.covered[0] == 1
    short = ~((cells.column("h").equals("B")) & (cells.column("form").equals("full")))
    kept = WeightedCells(cells, unweighted(cells, ("h",))).keep(short | cells.column("channel").equals("sms"))
    left = compare_standardized(kept, measure, "channel", [("kiosk", "sms")])
    assert find_differences(left.pairs).difference[0] == pytest.approx(0, abs=1e-15)
    assert (left.covered[0] < 1) == never


@pytest.mark.parametrize("measure", [POOLED, UNEQUAL], ids=str)
def test_indices_are_at_the_same_mix_too_where_whole_forms_are_left_empty(measure: Measure) -> None:
    rows = [
        (h, channel, sign * 6 if channel == "kiosk" or h == "A" or n < 4 else "......")
        for h, signs in {"A": "+++-" * 8, "B": "+---" * 8}.items()
        for channel in ("kiosk", "sms")
        for n, sign in enumerate(signs)
    ]
    h, channel, signs = zip(*rows, strict=True)
    columns = {"h": Column.of(h), "channel": Column.of(channel)}
    cells = build_cells(SMALL, satisfied(*signs), columns)
    found = compare_standardized(
        WeightedCells(cells, unweighted(cells, ("h",))), measure, "channel", [("kiosk", "sms")]
    )
    assert find_differences(found.pairs).difference[0] == pytest.approx(0, abs=1e-15)


def test_invited_and_walk_up_groups_of_a_stratum_are_compared_in_it() -> None:
    people = townspeople()
    walk_up = ~people.cells.column("channel").equals("sms")
    grouped = post_stratify(people.cells, people.frame, ("h",), walk_up=WalkUp(walk_up), collapse="none")
    of_groups, of_strata = (
        compare_standardized(WeightedCells(people.cells, weighting), POOLED, "channel", [("kiosk", "sms")])
        for weighting in (grouped, people.weighting)
    )
    np.testing.assert_allclose(
        find_differences(of_groups.pairs).difference, find_differences(of_strata.pairs).difference, rtol=1e-9
    )
    assert of_groups.covered == pytest.approx(of_strata.covered)


def test_channels_that_share_no_stratum_cannot_be_compared() -> None:
    cells = one_item_cells({"A": "+-+-", "B": "++--"}, channel=["kiosk"] * 4 + ["sms"] * 4)
    found = compare_standardized(
        WeightedCells(cells, unweighted(cells, ("h",))),
        ITEM,
        "channel",
        [("kiosk", "sms"), ("kiosk", "paper")],
    )
    assert np.isnan(find_differences(found.pairs).difference).all()
    assert found.covered.tolist() == [0, 0]
    assert found.notes == ((notes.NO_STRATUM_SHARED,),) * 2


def test_factors_are_compared_only_where_forms_ask_them_alike() -> None:
    people = townspeople("full", "kiosk")
    pair = [("kiosk", "sms")]
    for measure in (POOLED, factor_measure(SMALL, "a")):
        found = compare_standardized(people.sample, measure, "channel", pair)
        assert np.isnan(find_differences(found.pairs).difference[0])
        assert found.notes == ((notes.FORMS_DIFFER,),)
        full = people.cells.column("form").equals("full")
        alike = compare_standardized(people.sample.keep(full), measure, "channel", pair)
        assert np.isfinite(find_differences(alike.pairs).difference[0])
    for measure in (QUESTION, item_measure(SMALL, "b2")):
        found = compare_standardized(people.sample, measure, "channel", pair)
        assert np.isfinite(find_differences(found.pairs).p[0])


def test_what_cannot_be_asked_is_refused() -> None:
    people = townspeople()
    with pytest.raises(StatisticsError, match="h is a stratum"):
        compare_standardized(people.sample, POOLED, "h", [("A", "B")])
    with pytest.raises(StatisticsError, match="at least two levels of channel"):
        compare_standardized(people.sample, POOLED, "channel", [])
