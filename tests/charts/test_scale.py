import pytest

from sipas.charts.scale import scale_for

SHARE = (0.0, 1.0)


def test_the_grid_holds_every_value_between_round_numbers() -> None:
    scale = scale_for([0.812, 0.874], SHARE, 0, 100)
    assert scale.lines() == pytest.approx([0.8, 0.82, 0.84, 0.86, 0.88])


def test_values_stand_in_proportion_and_those_beyond_at_the_edge() -> None:
    scale = scale_for([0.8, 0.9], SHARE, 10, 110)
    assert scale.at(0.85) == pytest.approx(60)
    assert scale.at(0.2) == 10
    assert scale.at(1.0) == 110


@pytest.mark.parametrize("values", [[0.0], [1.0], [0.5], [], [0.97, 1.0], [0.0, 1.0]])
def test_a_share_never_leaves_nought_to_one_and_the_scale_is_never_empty(values: list[float]) -> None:
    scale = scale_for(values, SHARE, 0, 100)
    assert 0 <= scale.low < scale.high <= 1
    assert scale.lines()[0] == pytest.approx(scale.low)
    assert scale.lines()[-1] == pytest.approx(scale.high)
