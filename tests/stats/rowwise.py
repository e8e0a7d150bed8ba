"""A second implementation, respondent by respondent and stratum by stratum, to hold the first against.

It follows the formulas and R's `onestrat` literally, and shares no code with `sipas.stats`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sipas.stats import Measure, Scoring

Rows = NDArray[np.float64]


@dataclass(frozen=True)
class Direct:
    estimate: float
    se: float
    n: int
    df: int
    design: float
    robust: float
    deff: float
    deff_replace: float


def parts(
    scoring: Scoring, measure: Measure, answers: NDArray[np.int16], forms: Sequence[str], mean: bool
) -> list[tuple[float, Rows, Rows]]:
    """For each ratio its share, and every respondent's y and x."""
    chance = np.array(
        [[float(p) for p in scoring.forms.get(f, [Fraction(1)] * len(scoring.items))] for f in forms]
    )
    asked = (answers >= 0) & (chance > 0)
    inverse = np.where(asked, 1 / np.where(chance > 0, chance, 1), 0)
    value = np.asarray(answers if mean else answers >= scoring.satisfied, dtype=np.float64)
    found = []
    for ratio in measure.ratios:
        lists = list(scoring.factors.values())
        items = [ratio.item] if ratio.item is not None else [j for k in ratio.factors for j in lists[k]]
        y, x = (inverse * value)[:, items].sum(axis=1), inverse[:, items].sum(axis=1)
        found.append((ratio.share, y, x))
    return found


def direct(
    scoring: Scoring,
    measure: Measure,
    answers: NDArray[np.int16],
    forms: Sequence[str],
    stratum: Sequence[str],
    weight: Rows,
    fraction: dict[str, float],
    inside: NDArray[np.bool_],
    lonely: str = "adjust",
    mean: bool = False,
) -> Direct:
    ratios = parts(scoring, measure, answers, forms, mean)
    chance = [scoring.forms.get(f, (Fraction(1),) * len(scoring.items)) for f in forms]
    drawn = {h for h, p in zip(stratum, chance, strict=True) if any(p[j] < 1 for j in measure.items(scoring))}
    fraction = {h: 0.0 if h in drawn else f for h, f in fraction.items()}
    answered = np.sum([x for _, _, x in ratios], axis=0) > 0
    present = inside if measure.everybody else inside & answered
    e, estimate = residuals(ratios, weight, inside)
    z = weight * e
    variance, strata, lonely_strata = 0.0, 0, 0
    for h, size in Counter(stratum).items():
        here = np.array(stratum) == h
        if not (here & present).any():
            continue
        strata += 1
        left, zh = 1 - fraction[h], z[here]
        if size > 1:
            variance += left * size / (size - 1) * ((zh - zh.mean()) ** 2).sum()
        elif left > 0:
            lonely_strata += 1
            variance += left * (zh**2).sum() if lonely == "adjust" else 0.0
    if lonely == "average":
        variance *= strata / (strata - lonely_strata)
    n = int(present.sum())
    return Direct(estimate, float(np.sqrt(variance)), n, n - strata, *sizes(
        ratios, weight, fraction, stratum, inside, answered, measure, estimate, variance, mean
    ))  # fmt: skip


def residuals(
    ratios: list[tuple[float, Rows, Rows]], weight: Rows, inside: NDArray[np.bool_]
) -> tuple[Rows, float]:
    e, estimate = np.zeros(len(weight)), 0.0
    for share, y, x in ratios:
        total_y, total_x = (weight * y)[inside].sum(), (weight * x)[inside].sum()
        estimate += share * total_y / total_x
        e += share * np.where(inside, (y - total_y / total_x * x) / total_x, 0.0)
    return e, float(estimate)


def sizes(
    ratios: list[tuple[float, Rows, Rows]],
    weight: Rows,
    fraction: dict[str, float],
    stratum: Sequence[str],
    inside: NDArray[np.bool_],
    answered: NDArray[np.bool_],
    measure: Measure,
    estimate: float,
    variance: float,
    mean: bool,
) -> tuple[float, float, float, float]:
    """Effective n, design and robust; deff without and with replacement."""
    single = measure.item is not None
    base = inside & answered if single else inside
    # For a single item 1 / P(asked), which is its x, belongs to the weight.
    asked = np.where(ratios[0][2] > 0, ratios[0][2], 1.0) if single else np.ones(len(weight))
    w, e = (weight * asked)[base], (residuals(ratios, weight, inside)[0] / asked)[base]
    n, total = len(w), w.sum()
    simple = (w * e**2).sum() * total / (n - 1)
    between = (w * e**2).sum() * total if mean else estimate * (1 - estimate)
    design = between / variance if variance > 0 else float((inside & answered).sum())
    left = np.array([1 - fraction[h] for h in stratum])[base]
    kish = total**2 / (w**2 * left).sum()
    if not single and not mean:
        everyone = np.ones(len(weight), dtype=np.bool_)
        u, overall = residuals(ratios, weight, everyone)
        u = u * weight.sum()
        kish /= np.average(u**2, weights=weight) / (overall * (1 - overall))
    return design, min(design, kish), variance / simple / (1 - n / total), variance / simple
