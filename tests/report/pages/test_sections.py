"""Where the small plots of a table begin, and which way the target's label has room."""

import pytest

from sipas.report.indices.index_table import IndexRow
from sipas.report.pages.sections import PLOT, axis, small_scale


def row(low: float, high: float, *, reliable: bool = True) -> IndexRow:
    return IndexRow(
        by={},
        measure="overall:overall",
        statistic="share",
        estimate=(low + high) / 2,
        se=0.01,
        low=low,
        high=high,
        level=0.95,
        ci="wilson",
        df=99,
        n=100,
        n_answered=100,
        n_effective=100.0,
        deff=1.0,
        population=1000,
        coverage=1.0,
        pooled_share=0.0,
        reliable=reliable,
        notes=[],
    )


@pytest.mark.parametrize(
    ("low", "high", "target"),
    [(0.852, 0.908, 0.85), (0.861, 0.912, 0.85), (0.79, 0.849, 0.85), (0.4, 0.6, 0.55), (0.2, 0.99, 0.85)],
)
def test_the_target_stands_inside_and_never_on_an_end(low: float, high: float, target: float) -> None:
    scale = small_scale([row(low, high)], target)
    assert scale.low <= low
    assert high <= scale.high
    assert scale.low + scale.step / 2 - 1e-9 <= target <= scale.high - scale.step / 2 + 1e-9


def test_the_label_of_the_target_turns_to_where_there_is_room() -> None:
    for low, high, anchor in ((0.86, 0.91, "start"), (0.8, 0.9, "middle"), (0.76, 0.84, "end")):
        shown = axis(small_scale([row(low, high)], 0.85), 0.85, "vi")
        assert (shown.target, shown.anchor) == ("85", anchor)


def test_a_table_without_a_target_is_as_wide_as_its_intervals() -> None:
    scale = small_scale([row(0.86, 0.91), row(0.2, 1.0, reliable=False)], None)
    assert scale.low == pytest.approx(0.86)
    assert scale.high == pytest.approx(0.91)
    assert (scale.left, scale.right) == PLOT
    assert axis(scale, None, "vi").target_at is None
