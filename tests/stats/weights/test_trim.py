"""Trimmed weights, beside R's recursion written out."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats import Cells, Margins, Weighting, post_stratify, rake, trim
from sipas.stats.notes import MARGIN_MISSED
from tests.stats.surveys import one_column_frame, one_item_cells

Rows = NDArray[np.float64]


def weighted(**counts: int) -> tuple[Cells, Weighting]:
    """Ten responses a stratum, which stand for these counts."""
    cells = one_item_cells(dict.fromkeys(counts, "+++++-----"))
    return cells, post_stratify(cells, one_column_frame(**counts), ("h",))


def r_trim_weights(pw: Rows, lower: float, upper: float) -> Rows:
    """`trimWeights(…, strict = TRUE)` of R's survey 4.1, on a respondent's weight each.

    pwnew <- pmax(lower, pmin(pw, upper)); trimmings <- pw - pwnew
    pwnew[!outside] <- pwnew[!outside] + sum(trimmings)/sum(!outside)     and again, while any is outside
    """
    for _ in range(10_000):
        outside = (pw < lower) | (pw > upper * (1 + 1e-14))
        if not outside.any():
            return pw
        new = np.clip(pw, lower, upper)
        new[~outside] += (pw - new).sum() / (~outside).sum()
        pw = new
    raise AssertionError("no end")


@pytest.mark.parametrize(
    ("lower", "upper"), [(0.0, 30.0), (0.0, 17.0), (2.0, 30.0), (2.0, 20.0), (4.0, 100.0), (-np.inf, 25.0)]
)
def test_what_is_cut_off_is_spread_as_r_does(lower: float, upper: float) -> None:
    cells, weighting = weighted(A=10, B=30, C=160, D=170, E=400)
    trimmed = trim(cells, weighting, lower, upper)
    r = r_trim_weights(np.repeat(weighting.weight, cells.n), lower, upper)
    np.testing.assert_allclose(np.repeat(trimmed.weight, cells.n), r, rtol=1e-9)
    assert cells.n @ trimmed.weight == pytest.approx(770)


def test_the_number_trimmed_is_of_the_responses_that_lay_outside() -> None:
    cells, weighting = weighted(A=10, B=160, C=400)
    trimmed = trim(cells, weighting, 2, 30)
    assert trimmed.trimming is not None
    assert (trimmed.trimming.lower, trimmed.trimming.upper, trimmed.trimming.responses) == (2, 30, 20)
    assert trimmed.method == "post-stratify"


def test_weights_within_the_limits_stay_as_they_are() -> None:
    cells, weighting = weighted(A=10, B=160)
    trimmed = trim(cells, weighting, 1, 16)
    assert trimmed.weight.tolist() == weighting.weight.tolist()
    assert trimmed.trimming is not None
    assert trimmed.trimming.responses == 0


def test_after_trimming_the_margin_that_is_missed_most_is_told() -> None:
    cells, _ = weighted(A=10, B=160)
    margins = Margins({"h": {"A": 100.0, "B": 300.0}})
    raked = rake(cells, margins)
    assert raked.regression is not None
    trimmed = trim(cells, raked, upper=25)
    assert trimmed.notes == (MARGIN_MISSED(margin="margin h, level A", share=0.5),)
    assert trimmed.regression is None
    assert trim(cells, raked, upper=30).regression is not None


@pytest.mark.parametrize(
    ("lower", "upper", "message"),
    [
        (30.0, 2.0, "give the lower limit first"),
        (0.0, 5.0, "trimmed at 5 the 20 responses cannot stand for 170 transactions, 8.5 each: 70 are left"),
        (9.0, 40.0, "trimmed at 9 the 20 responses cannot stand for 170 transactions, 8.5 each: 10 are left"),
        (2.0, 12.0, "leaves no weight between 2 and 12 to take the 30 transactions"),
        (float("nan"), 12.0, "give the lower limit first"),
    ],
)
def test_limits_that_cannot_hold_are_refused(lower: float, upper: float, message: str) -> None:
    cells, weighting = weighted(A=10, B=160)
    with pytest.raises(StatisticsError, match=message):
        trim(cells, weighting, lower, upper)
