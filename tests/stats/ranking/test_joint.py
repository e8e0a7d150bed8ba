import numpy as np
import pytest

from sipas.stats import Cells, Column, Options, WeightedCells, build_cells, item_measure, unweighted
from sipas.stats.contrasts import Joint, estimate_jointly
from sipas.stats.options import Statistic
from sipas.stats.ranking import rank_joint
from tests.stats.surveys import SMALL


def answers(*units: tuple[str | None, int, int]) -> Cells:
    """Of each unit its name, and how many of how many are satisfied with item a1."""
    scores = [score for _, k, n in units for score in [5] * k + [1] * (n - k)]
    table = np.full((len(scores), 6), -1, dtype=np.int16)
    table[:, 1] = scores
    return build_cells(SMALL, table, {"unit": Column.of([name for name, _, n in units for _ in range(n)])})


def joint(cells: Cells, statistic: Statistic = "share") -> Joint:
    return estimate_jointly(
        WeightedCells(cells, unweighted(cells, [])),
        item_measure(SMALL, "a1"),
        ["unit"],
        options=Options(statistic=statistic, fpc=False),
    )


def test_a_nearly_unanimous_unit_ranks_first_but_is_not_sure_of_it() -> None:
    found = rank_joint(joint(answers(("A", 40, 41), ("B", 385, 400), ("C", 150, 300))))
    assert found.rank.tolist() == [1, 2, 3]
    assert found.high_simultaneous.tolist() == [2, 2, 3]
    assert found.low.tolist() == [1, 1, 3]


def test_a_unanimous_unit_needs_review_and_has_no_rank() -> None:
    found = rank_joint(joint(answers(("A", 400, 400), ("B", 380, 400), ("C", 150, 300))))
    np.testing.assert_array_equal(found.rank, [np.nan, 1, 2])


def test_units_worth_less_than_thirty_answers_and_what_has_no_name_are_not_ranked() -> None:
    found = rank_joint(joint(answers(("A", 60, 80), ("B", 20, 29), (None, 90, 100), ("C", 70, 80))))
    assert found.count == 2
    np.testing.assert_array_equal(found.rank, [2, np.nan, 1, np.nan])
    np.testing.assert_array_equal(np.isfinite(found.low_joint), found.ranked)


def test_a_rank_lies_in_its_range_where_softening_turns_the_order() -> None:
    cells = answers(("A", 400, 401), ("B", 1990, 2000), ("C", 1989, 2000))
    found = rank_joint(joint(cells))
    assert found.rank.tolist() == [1, 2, 3]
    for low, high in ((found.low, found.high), (found.low_joint, found.high_joint)):
        assert ((low <= found.rank) & (found.rank <= high)).all()


def test_without_respondents_nobody_ranks() -> None:
    cells = answers(("A", 60, 80))
    found = rank_joint(
        estimate_jointly(
            WeightedCells(cells, unweighted(cells, [])).keep(np.zeros(len(cells), bool)),
            item_measure(SMALL, "a1"),
            ["unit"],
        )
    )
    assert found.count == 0


def test_means_rank_by_their_own_variances() -> None:
    found = rank_joint(joint(answers(("A", 70, 80), ("B", 40, 80), ("C", 42, 80)), "mean"))
    assert found.rank.tolist() == [1, 3, 2]
    assert found.high.tolist() == [1, 3, 3]


@pytest.mark.parametrize("seed", [1, 2])
def test_equal_units_may_each_have_any_rank(seed: int) -> None:
    found = rank_joint(joint(answers(*((name, 50, 60) for name in "ABCD"))), seed=seed)
    assert found.rank.tolist() == [1] * 4
    assert found.low_simultaneous.tolist() == [1] * 4
    assert found.high.tolist() == [4] * 4
