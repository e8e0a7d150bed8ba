"""Margins of a frame, and the weights to start from."""

import numpy as np
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Cells, Column, Frame, WalkUp, frame_margins, rake
from sipas.stats.notes import UNPLACED
from tests.stats.calibration.towns import STRATA, TownSurvey, town_survey


@pytest.fixture(scope="module")
def town() -> TownSurvey:
    return town_survey()


def test_margins_are_those_of_the_frame(town: TownSurvey) -> None:
    base, margins = frame_margins(town.cells, town.frame(), STRATA)
    assert margins.counts == {"unit": {"A": 300, "B": 255, "C": 45}, "channel": {"x": 315, "y": 285}}
    assert base.weight == pytest.approx(1.0)
    assert base.coverage == 1
    assert base.unplaced == 0
    assert base.fraction[base.stratum].tolist() == town.design().fraction[town.design().stratum].tolist()


def test_units_that_nobody_answered_for_lower_the_coverage(town: TownSurvey) -> None:
    frame = town.frame()
    units = Column(np.append(frame.columns["unit"].codes, 3), (*frame.columns["unit"].levels, "D"))
    channels = Column(np.append(frame.columns["channel"].codes, 0), frame.columns["channel"].levels)
    wider = Frame({"unit": units, "channel": channels}, np.append(frame.counts, 200))
    base, margins = frame_margins(town.cells, wider, STRATA)
    assert base.coverage == 0.75
    assert margins.total == 600
    assert "D" not in margins.counts["unit"]


def test_answers_without_a_value_in_a_strata_column_are_left_out(town: TownSurvey) -> None:
    channel = town.cells.columns["channel"]
    unknown = Column(np.where(np.arange(len(town.cells)) < 3, -1, channel.codes), channel.levels)
    cells = with_column(town.cells, "channel", unknown)
    base, margins = frame_margins(cells, town.frame(), STRATA)
    left_out = int(cells.n[:3].sum())
    assert base.unplaced == left_out
    assert base.notes == (UNPLACED(n=left_out),)
    weighting = rake(cells, margins, base)
    assert weighting.weight[:3].tolist() == [0, 0, 0]
    assert cells.n @ weighting.weight == pytest.approx(600)


def with_column(cells: Cells, name: str, column: Column) -> Cells:
    return Cells(cells.scoring, {**cells.columns, name: column}, cells.n, cells.sums)


def test_walk_up_answers_keep_their_share_of_every_stratum(town: TownSurvey) -> None:
    walk_up = town.cells.columns["form"].equals("kiosk")
    base, margins = frame_margins(town.cells, town.frame(), STRATA, walk_up=WalkUp(walk_up, 0.3))
    weighting = rake(town.cells, margins, base)
    pool = weighting.pool[weighting.stratum]
    weight = town.cells.n * weighting.weight
    for stratum in np.unique(pool):
        here = pool == stratum
        if walk_up[here].any() and not walk_up[here].all():
            assert weight[here & walk_up].sum() / weight[here].sum() == pytest.approx(0.3)


def test_without_a_placed_response_there_is_nothing_to_weight(town: TownSurvey) -> None:
    nobody = with_column(town.cells, "unit", Column(np.full(len(town.cells), -1), ("A",)))
    with pytest.raises(StatisticsError, match="no response whose unit, channel are known"):
        frame_margins(nobody, town.frame(), STRATA)
