import numpy as np
import pytest

from sipas.stats import notes
from sipas.stats.arrays import FloatArray
from sipas.stats.estimates.intervals import Uncertain, korn_graubard
from sipas.stats.estimates.reliability import (
    RELATIVE_WIDTH_ERROR,
    judge_means,
    judge_shares,
    nearly,
    too_wide,
    widths,
)


def judged(
    share: float,
    n: int,
    effective: float | None = None,
    df: int | None = None,
    level: float = 0.95,
    robust: float | None = None,
) -> tuple[bool, set[notes.Note]]:
    u = Uncertain(
        share=np.array([share]),
        variance=np.array([share * (1 - share) / n]),
        n_effective=np.array([float(n)]),
        n=np.array([n]),
        answered=np.array([n]),
        df=np.array([n - 1 if df is None else df]),
        level=level,
    )
    found = judge_shares(u, np.array([float(effective or n)]), np.array([float(robust or effective or n)]))
    return bool(found.reliable[0]), {text for text, where in found.reasons if where[0]}


@pytest.mark.parametrize(
    ("share", "n", "effective", "reliable", "reasons"),
    [
        (0.8, 100, None, True, set()),
        (0.8, 29, None, False, {notes.FEW}),
        (0.8, 100, 29.0, False, {notes.FEW}),
        (0.5, 35, None, False, {notes.WIDE}),
        # 0.9 of 60 has an interval of about 0.17: narrow beside 0.9, wide beside 0.1.
        (0.9, 60, None, True, {notes.DISSATISFIED_UNRELIABLE}),
        (0.1, 60, None, False, {notes.WIDE}),
        (0.01, 1000, None, True, set()),
        (1.0, 100, None, False, {notes.REVIEW_EXTREME}),
        (0.0, 100, None, False, {notes.REVIEW_EXTREME}),
        (0.0, 50, None, False, {notes.WIDE, notes.REVIEW_EXTREME}),
    ],
)
def test_the_standards_for_proportions(
    share: float, n: int, effective: float | None, reliable: bool, reasons: set[notes.Note]
) -> None:
    assert judged(share, n, effective) == (reliable, reasons)


def test_few_degrees_of_freedom_call_for_review() -> None:
    assert judged(0.8, 2000, df=7)[1] == {notes.REVIEW_FREEDOM}
    assert judged(0.8, 2000, df=8)[1] == set()


def test_a_large_design_size_by_luck_makes_nothing_reliable_whose_robust_size_is_small() -> None:
    # 27.0 % (9–58) of 60 responses that are worth 90 by their variance, but 10 by their weights
    assert judged(0.27, 60, effective=90.0, robust=10.0) == (False, {notes.FEW})
    assert judged(0.27, 90, effective=90.0, robust=30.0)[0]
    assert judged(0.27, 90, effective=90.0, robust=29.9) == (False, {notes.FEW})


def test_an_effective_size_above_n_counts_as_n() -> None:
    assert judged(0.5, 45, effective=1000.0) == judged(0.5, 45)


def test_the_verdict_is_at_95_percent_whatever_level_was_asked_for() -> None:
    assert judged(0.5, 45, level=0.5) == judged(0.5, 45, level=0.999)


def test_means_need_thirty_responses_worth_thirty() -> None:
    found = judge_means(
        np.array([29, 30, 30, 300, 90]),
        np.array([90.0, 90.0, 29.0, 90.0, 90.0]),
        np.array([90.0, 30.0, 29.0, 90.0, 10.0]),
        np.array([20, 20, 20, 5, 20]),
    )
    assert found.reliable.tolist() == [False, True, False, False, False]
    assert found.reasons[1][1].tolist() == [False, False, False, True, False]


def many_shares() -> tuple[Uncertain, FloatArray]:
    """Shares from 0 to 1, many of them near the ends, on sizes from a hundredth to ten million."""
    near_the_ends = 1 / (1 + np.exp(np.linspace(-14, 14, 97)))
    share, size = map(
        np.ravel,
        np.meshgrid(np.concatenate([np.linspace(0, 1, 101), near_the_ends]), np.geomspace(0.01, 1e7, 151)),
    )
    n = np.ceil(size).astype(np.int64)
    return Uncertain(share, share * (1 - share) / size, size, n, n, np.maximum(n - 1, 1), 0.95), size


def test_widths_are_near_what_stands_for_them() -> None:
    u, size = many_shares()
    low, high = korn_graubard(u, size)
    width, enough = high - low, size >= 5
    np.testing.assert_allclose(nearly(u.share, size)[enough], width[enough], rtol=0.9 * RELATIVE_WIDTH_ERROR)
    assert min(width[~enough].min(), nearly(u.share, size)[~enough].min()) > 0.5


def test_most_inversions_are_spared_and_no_verdict_changes() -> None:
    u, size = many_shares()
    low, high = korn_graubard(u, size)
    width = widths(u, size, np.zeros(len(size), dtype=np.bool_))
    for share in (u.share, 1 - u.share):
        np.testing.assert_array_equal(too_wide(width, share), too_wide(high - low, share))
    assert (width == nearly(u.share, size)).mean() > 0.98
