import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats.disclosure import Counts, latest, refreshable, sensitive


def counts(*cells: tuple[float, float], answers_per_respondent: float = 1.0) -> Counts:
    n, satisfied = np.array(cells, dtype=np.float64).T
    return Counts(n, satisfied, n * answers_per_respondent, answers_per_respondent)


HIDDEN = (np.nan, np.nan)


def test_cells_of_fewer_than_five_are_sensitive_and_so_are_empty_ones() -> None:
    assert sensitive(counts((0, 0), (1, 1), (4, 2), (5, 3), (60, 40))).tolist() == [True] * 3 + [False] * 2


def test_small_cells_that_agree_are_sensitive_large_ones_are_not() -> None:
    found = counts((9, 9), (9, 0), (9, 8), (10, 10), (10, 0))
    assert sensitive(found).tolist() == [True, True, False, False, False]
    assert sensitive(found, unanimous_below=11).tolist() == [True, True, False, True, True]


def test_a_figure_is_renewed_when_unchanged_or_five_respondents_the_richer() -> None:
    before = counts((20, 15), (20, 15), (20, 15), (20, 15), (20, 15), HIDDEN)
    now = counts((20, 15), (20, 16), (24, 18), (25, 18), (30, 14), (1, 1))
    assert refreshable([before], now).tolist() == [True, False, False, True, False, True]


def test_the_figure_last_shown_counts_whichever_release_showed_it() -> None:
    releases = [counts((20, 15), (20, 15)), counts((30, 20), HIDDEN)]
    assert latest(releases, counts((0, 0), (0, 0))).n.tolist() == [30, 20]
    assert refreshable(releases, counts((33, 22), (25, 20))).tolist() == [False, True]


def test_respondents_are_a_part_of_their_own_where_one_gives_several_answers() -> None:
    single, several = counts((6, 4)), counts((6, 4), answers_per_respondent=3.0)
    assert (single.parts.T.tolist(), single.margins.tolist()) == ([[4, 2]], [5, 1])
    assert (several.parts.T.tolist(), several.margins.tolist()) == ([[4, 14, 6]], [15, 3, 5])


@pytest.mark.parametrize("cell", [(-1, 0), (3, -1), (3, 4), (np.inf, 3)])
def test_counts_that_cannot_be_are_refused_with_their_place(cell: tuple[float, float]) -> None:
    with pytest.raises(StatisticsError, match=r"cell 1: n .* cannot be"):
        counts((5, 3), cell)


def test_releases_of_other_tables_are_refused() -> None:
    with pytest.raises(StatisticsError, match="an earlier release has 1 cells and 1 answers a respondent"):
        refreshable([counts((5, 3))], counts((5, 3), (5, 3)))
