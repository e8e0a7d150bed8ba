"""Suppression in hand-made tables: enough is hidden, and what was hidden before stays so."""

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Column
from sipas.stats.disclosure import Counts, Tabulation, audit, protect, tabulate
from tests.stats.disclosure.attacker import possible, spans
from tests.stats.disclosure.small import cell, counted, two_way

TABLE = [
    ("A", "kiosk", 3, 2),
    ("A", "sms", 40, 30),
    ("B", "kiosk", 30, 20),
    ("B", "sms", 50, 40),
    ("C", "kiosk", 60, 50),
    ("C", "sms", 70, 50),
]


def assert_safe(tabulation: Tabulation, releases: list[Counts]) -> None:
    assert not audit(tabulation.membership, releases, ends=True).narrow.any()


def test_a_small_cell_of_a_two_way_table_takes_three_others_with_it() -> None:
    tabulation, counts = two_way(*TABLE)
    found = protect(tabulation.membership, counts)
    assert [dict(tabulation.keys[i]) for i in np.flatnonzero(found.primary)] == [
        {"unit": "A", "channel": "kiosk"}
    ]
    assert [dict(tabulation.keys[i]) for i in np.flatnonzero(found.secondary)] == [
        {"unit": "A", "channel": "sms"},
        {"unit": "B", "channel": "kiosk"},
        {"unit": "B", "channel": "sms"},
    ]
    assert_safe(tabulation, [counts.hide(found.hidden)])
    assert audit(tabulation.membership, [counts.hide(found.primary)]).narrow.sum() == 1


def test_the_attacker_who_tries_everything_is_left_with_five_of_each_count() -> None:
    rows = [("A", "kiosk", 2, 2), ("A", "sms", 6, 5), ("B", "kiosk", 6, 5), ("B", "sms", 6, 5)]
    tabulation, counts = two_way(*rows)
    release = counts.hide(protect(tabulation.membership, counts).hidden)
    assert not np.isnan(release.n[0])
    for place, pairs in enumerate(possible(tabulation.membership, [release])[0]):
        if np.isnan(release.n[place]):
            (low, high), (fewest, most) = spans(pairs)
            assert high - low >= 5
            assert most > fewest
            assert max(n for n, _ in pairs) - min(n for n, _ in pairs) >= 5


def test_a_small_unit_is_not_worked_out_from_what_it_belongs_to() -> None:
    rows = {"unit": Column.of("ABCDE"), "district": Column.of(["north"] * 3 + ["south"] * 2)}
    tabulation = tabulate([(), ("district",), ("unit",)], rows, 5)
    counts = counted(tabulation, [4, 20, 30, 50, 60], [3, 15, 20, 40, 40])
    found = protect(tabulation.membership, counts)
    assert [dict(tabulation.keys[i]) for i in np.flatnonzero(found.hidden)] == [{"unit": "A"}, {"unit": "B"}]
    assert_safe(tabulation, [counts.hide(found.hidden)])


def test_a_field_that_one_unit_alone_serves_is_hidden_with_it() -> None:
    rows = {"unit": Column.of("ABBCC"), "field": Column.of(["atoms", "land", "births", "land", "births"])}
    tabulation = tabulate([(), ("unit",), ("field",)], rows, 5, rows)
    counts = counted(tabulation, [4, 20, 20, 20, 20], [3, 15, 15, 15, 15])
    hidden = protect(tabulation.membership, counts).hidden
    assert hidden[cell(tabulation, unit="A")]
    assert hidden[cell(tabulation, field="atoms")]


def test_what_agrees_is_kept_in_doubt() -> None:
    """All hidden answers satisfied: with the total shown, nobody in the small cell could have been else."""
    rows = [("A", "kiosk", 6, 6), ("A", "sms", 30, 30), ("B", "kiosk", 40, 40), ("B", "sms", 50, 30)]
    tabulation, counts = two_way(*rows)
    found = protect(tabulation.membership, counts)
    part = np.array([found.audit.low[1, 0], found.audit.high[1, 0]])[:, found.hidden]
    assert (part[1] - part[0] >= 1 - 1e-6).all()
    assert_safe(tabulation, [counts.hide(found.hidden)])


def test_two_releases_do_not_tell_by_their_difference() -> None:
    tabulation, before = two_way(*TABLE)
    first = before.hide(protect(tabulation.membership, before).hidden)
    now = counted(tabulation, [12, 49, 41, 60, 60, 72], [9, 36, 29, 47, 50, 51])
    alone = now.hide(protect(tabulation.membership, now).hidden)
    found = protect(tabulation.membership, now, [first])
    assert_safe(tabulation, [first, now.hide(found.hidden)])
    assert not np.isnan(alone.n).any()
    waiting = cell(tabulation, unit="C", channel="sms")
    assert found.primary[waiting]
    assert audit(tabulation.membership, [first, now.hide(found.primary)]).narrow[1, waiting]


def test_a_cell_hidden_before_is_not_bared_by_what_is_shown_later() -> None:
    """Of three satisfied answers now there were at most three then."""
    tabulation, before = two_way(*TABLE)
    first = before.hide(protect(tabulation.membership, before).hidden)
    now = counted(tabulation, [20, 60, 50, 70, 80, 90], [3, 45, 30, 50, 60, 60])
    alone = now.hide(protect(tabulation.membership, now).hidden)
    assert audit(tabulation.membership, [first, alone]).narrow[0].any()
    assert_safe(tabulation, [first, now.hide(protect(tabulation.membership, now, [first]).hidden)])


def test_nothing_is_hidden_where_nothing_must_be() -> None:
    tabulation, counts = two_way(*TABLE[1:], ("A", "kiosk", 30, 20))
    assert not protect(tabulation.membership, counts).hidden.any()


def test_everything_is_hidden_where_hardly_anybody_answered() -> None:
    tabulation, counts = two_way(("A", "kiosk", 1, 1), ("B", "sms", 2, 1))
    assert protect(tabulation.membership, counts).primary.all()


def test_an_earlier_release_without_protection_cannot_be_mended() -> None:
    tabulation, counts = two_way(*TABLE)
    hidden = np.arange(len(counts)) == cell(tabulation, unit="A", channel="kiosk")
    with pytest.raises(StatisticsError, match=r"release 1 gives away cell .* start a new series"):
        protect(tabulation.membership, counts, [counts.hide(hidden)])


@pytest.mark.parametrize("seed", range(3))
def test_random_tables_stay_safe_release_after_release(seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows = [(unit, channel, 0, 0) for unit in "ABCDEF" for channel in ("kiosk", "sms", "web")]
    tabulation, _ = two_way(*rows)
    n, satisfied, releases = np.zeros(18, np.int64), np.zeros(18, np.int64), list[Counts]()
    for _ in range(3):
        more = generator.poisson(generator.lognormal(2, 0.8, 18))
        n, satisfied = n + more, satisfied + generator.binomial(more, 0.85)
        counts = counted(tabulation, n.tolist(), satisfied.tolist())
        releases.append(counts.hide(protect(tabulation.membership, counts, releases).hidden))
    assert_safe(tabulation, releases)
