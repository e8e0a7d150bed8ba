"""Audits of hand-made tables, against an attacker who tries everything out."""

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats.disclosure import Counts, Tabulation, audit
from tests.stats.disclosure.attacker import possible, spans
from tests.stats.disclosure.small import cell, counted, two_way

ROWS = [("A", "kiosk", 2, 1), ("A", "sms", 4, 2), ("B", "kiosk", 3, 1), ("B", "sms", 3, 3)]


def hide(counts: Counts, *cells: int) -> Counts:
    return counts.hide(np.isin(np.arange(len(counts)), cells))


def assert_as_tried_out(tabulation: Tabulation, releases: list[Counts]) -> None:
    """The programs' intervals have whole ends here, so that they are those of whole numbers."""
    found = audit(tabulation.membership, releases, ends=True)
    for release, cells in enumerate(possible(tabulation.membership, releases)):
        for place, pairs in enumerate(cells):
            if np.isnan(releases[release].n[place]):
                satisfied, others = (
                    (round(found.low[part, release, place], 6), round(found.high[part, release, place], 6))
                    for part in (0, 1)
                )
                assert (satisfied, others) == spans(pairs), (release, tabulation.keys[place])
            else:
                assert np.isnan(found.low[:, release, place]).all()


def test_a_single_hidden_cell_is_worked_out() -> None:
    tabulation, counts = two_way(*ROWS)
    hidden = cell(tabulation, unit="A", channel="kiosk")
    found = audit(tabulation.membership, [hide(counts, hidden)], ends=True)
    assert found.low[:, 0, hidden].tolist() == found.high[:, 0, hidden].tolist() == [1, 1]
    assert np.flatnonzero(found.narrow[0]).tolist() == [hidden]


def test_intervals_in_a_table_with_margins_are_those_tried_out() -> None:
    tabulation, counts = two_way(*ROWS)
    inner = [place for place, key in enumerate(tabulation.keys) if len(key) == 2]
    assert_as_tried_out(tabulation, [hide(counts, *inner)])
    assert_as_tried_out(tabulation, [hide(counts, cell(tabulation, unit="A"), *inner)])
    assert_as_tried_out(
        tabulation, [hide(counts, cell(tabulation, unit="A"), cell(tabulation, unit="B"), *inner)]
    )


def test_intervals_over_two_releases_are_those_tried_out() -> None:
    tabulation, before = two_way(*ROWS)
    now = counted(tabulation, [2, 5, 4, 4], [1, 2, 2, 3])
    inner = [place for place, key in enumerate(tabulation.keys) if len(key) == 2]
    assert_as_tried_out(tabulation, [hide(before, *inner), hide(now, *inner)])
    assert_as_tried_out(tabulation, [hide(before, *inner), now])
    assert_as_tried_out(tabulation, [hide(before, *inner), hide(now, *inner[:2], cell(tabulation, unit="A"))])


def test_without_ends_the_verdict_is_the_same() -> None:
    tabulation, counts = two_way(*ROWS)
    for hidden in ([4], [3, 4], [3, 4, 5, 6], [1, 3, 4, 5], [0, 1, 2]):
        release = hide(counts, *hidden)
        quick, exact = (audit(tabulation.membership, [release], ends=ends) for ends in (False, True))
        assert quick.narrow.tolist() == exact.narrow.tolist()


def test_what_nothing_limits_is_infinite() -> None:
    tabulation, counts = two_way(*ROWS)
    found = audit(tabulation.membership, [hide(counts, *range(len(counts)))], ends=True)
    assert np.isinf(found.high).all()
    assert (found.low == 0).all()


def test_tables_that_contradict_each_other_are_refused() -> None:
    tabulation, counts = two_way(*ROWS)
    more = Counts(counts.n + 1, counts.satisfied, counts.answers + 1)
    with pytest.raises(StatisticsError, match="contradict each other"):
        audit(tabulation.membership, [hide(more, 4)])
    with pytest.raises(StatisticsError, match="hold answers that are gone"):
        audit(
            tabulation.membership, [hide(counts, 4), hide(counted(tabulation, [1, 1, 1, 1], [1, 1, 1, 1]), 4)]
        )
