"""Rao and Scott's tests of independence, made of our shares and covariances, are R's `svychisq`.

The product tests differences instead; that R's tests come out shows that covariances are right.
"""

from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from sipas.stats import Column
from sipas.stats.arrays import FloatArray
from sipas.stats.designs.calibrate_rows import indicators
from sipas.stats.designs.stages import RowDesign
from tests.stats.designs.citizens import citizens
from tests.stats.designs.continuous import row_means, row_totals
from tests.stats.surveys import read_json, read_survey


@pytest.fixture(scope="module")
def expected() -> Any:
    return read_json("sipas/expected.json")["compare_counter_online"]


def table(*, of_points: bool) -> FloatArray:
    """float64[rows, answers, channels]: who gave which answer where; NaN outside the two channels."""
    survey = read_survey("sipas")
    answer = survey.answers[:, 0]
    given = answer - 1 if of_points else (answer >= 4).astype(np.int16)
    levels = tuple(map(str, range(5 if of_points else 2)))
    first = indicators(Column(np.where(answer >= 0, given, -1).astype(np.int32), levels))
    channel = indicators(Column.of(survey.columns["channel"].labels()))
    shown = [survey.columns["channel"].levels.index(name) for name in ("counter", "online")]
    channel[channel[:, shown].sum(axis=1) == 0] = np.nan
    return np.asarray(first[:, :, None] * channel[:, None, shown])


class RaoScott:
    """Rao and Scott (1984): Pearson's statistic, and the eigenvalues that its distribution hangs on."""

    def __init__(self, design: RowDesign, cells: FloatArray) -> None:
        rows, answers, channels = cells.shape
        shares = row_means(design, cells.reshape(rows, -1))
        p = shares.estimate[0]
        cross = p.reshape(answers, channels)
        independent = np.outer(cross.sum(axis=1), cross.sum(axis=0)).ravel()
        n = int(shares.n[0])
        self.statistic = float(n * ((p - independent) ** 2 / independent).sum())
        self.df = int(shares.df[0])
        contrasts = interactions(answers, channels) / p[:, None]
        simple = contrasts.T @ (np.diag(p) / n) @ contrasts
        delta = np.linalg.solve(simple, contrasts.T @ shares.covariance[0] @ contrasts)
        self.eigenvalues = np.linalg.eigvals(delta).real


def interactions(answers: int, channels: int) -> FloatArray:
    """float64[cells, interactions]: what is left of them once main effects are taken out."""
    row, column = np.divmod(np.arange(answers * channels), channels)
    first, second = np.eye(answers)[row], np.eye(channels)[column]
    main = np.column_stack([first, second[:, 1:]])
    product = np.einsum("ij,ik->ijk", first[:, 1:], second[:, 1:]).reshape(len(row), -1)
    return np.asarray(product - main @ np.linalg.lstsq(main, product, rcond=None)[0])


@pytest.mark.parametrize(
    ("block", "of_points"),
    [("item_f1q1_svychisq", False), ("score_f1q1_vs_channel_svychisq_5x2", True)],
)
def test_rao_and_scott_s_statistics(expected: Any, block: str, of_points: bool) -> None:
    found, theirs = RaoScott(citizens(), table(of_points=of_points)), expected[block]
    trace = found.eigenvalues.sum()
    freedom = trace**2 / (found.eigenvalues**2).sum()
    f = found.statistic / trace
    np.testing.assert_allclose(f, theirs["F"]["statistic"], rtol=1e-9)
    np.testing.assert_allclose((freedom, freedom * found.df), theirs["F"]["parameter"], rtol=1e-9)
    np.testing.assert_allclose(stats.f.sf(f, freedom, freedom * found.df), theirs["F"]["p"], rtol=1e-7)
    np.testing.assert_allclose(found.statistic, theirs["Chisq"]["statistic"], rtol=1e-9)
    k = len(found.eigenvalues)
    np.testing.assert_allclose([k], theirs["Chisq"]["parameter"], rtol=0)
    np.testing.assert_allclose(stats.chi2.sf(f * k, k), theirs["Chisq"]["p"], rtol=1e-7)
    if "lincom" in theirs:
        np.testing.assert_allclose(found.statistic, theirs["lincom"]["statistic"], rtol=1e-9)
        np.testing.assert_allclose(saddlepoint(found), theirs["lincom"]["p"], rtol=1e-7)


def saddlepoint(found: RaoScott) -> float:
    """P(Σ λ F > X²), F with degrees of freedom 1 and df, as R's `pFsum` has it.

    That is P(Σ λ χ² − (X²/df) Σ χ² > 0), after Kuonen (1999).
    """
    pulls = np.concatenate([found.eigenvalues, np.full(found.df, -found.statistic / found.df)])
    pulls /= pulls.max()
    ends = 0.5 / pulls[-1], 0.5 / pulls.max()

    def derivative(z: float) -> float:
        return float((pulls / (1 - 2 * z * pulls)).sum())

    z = optimize.brentq(derivative, 0.99999 * ends[0], 0.99999 * ends[1], xtol=1e-14)
    w = np.sign(z) * np.sqrt(np.log1p(-2 * z * pulls).sum())
    v = z * np.sqrt(2 * ((pulls / (1 - 2 * z * pulls)) ** 2).sum())
    return float(stats.norm.sf(w + np.log(v / w) / w))


def test_wald_s_statistic(expected: Any) -> None:
    """Of two by two: how far a cell's total is from what the margins make it, over its standard error."""
    cells = table(of_points=False)
    both = np.column_stack([cells[:, 1, 1], cells[:, 1].sum(axis=1), cells[:, :, 1].sum(axis=1)])
    everyone = np.where(np.isfinite(both[:, 0]), 1.0, np.nan)
    found = row_totals(citizens(), np.column_stack([both, everyone]))
    cell, satisfied, online, total = found.estimate[0]
    slope = np.array([1, -online / total, -satisfied / total, satisfied * online / total**2])
    wald = (cell - satisfied * online / total) ** 2 / (slope @ found.covariance[0] @ slope)
    for name in ("Wald", "adjWald"):
        theirs = expected["item_f1q1_svychisq"][name]
        np.testing.assert_allclose(wald, theirs["statistic"][0][0], rtol=1e-9)
        np.testing.assert_allclose([1, found.df[0]], theirs["parameter"], rtol=0)
        np.testing.assert_allclose(stats.f.sf(wald, 1, found.df[0]), theirs["p"][0][0], rtol=1e-7)
