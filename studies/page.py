"""docs/explanation/coverage.md from its template: what was simulated, what holds, what falls short."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from studies.coverage import ENOUGH, INTERVALS, Coverage
from studies.limits import HIGH, LEAST, LEAST_RARE, LOW, error, failures, judged, points
from studies.ranks import UNITS as RANKED
from studies.ranks import RankCoverage, least_together
from studies.settings import MEASURES, SAMPLES, SIZES, Sample, sizes
from studies.small_rounds import SHARES, UNITS, SmallRound
from studies.thin_strata import ThinStrata

TEMPLATE = Path(__file__).parent / "coverage.md"
WORST = 3  # named of each sort


def write_page(
    found: Sequence[Coverage],
    differing: Sequence[Coverage],
    rounds: Sequence[SmallRound],
    ranks: Sequence[RankCoverage],
    thin: Sequence[ThinStrata],
) -> str:
    return TEMPLATE.read_text(encoding="utf-8").format(
        **introduce(found),
        **judge_default(found),
        **compare(found),
        differing=show_differing(differing),
        highest=three(max(one.mean[0] for one in differing if not one.setting.is_pooled)),
        biased=lowest_pooled(differing),
        **show_small_rounds(rounds),
        **show_ranks(ranks),
        **show_thin(thin),
    )


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"


def listed(lines: Iterable[object]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def three(number: float) -> str:
    return f"{number:.3f}"


def span(values: Iterable[float], digits: int = 3) -> str:
    """Such as 0.951–0.963."""
    every = [f"{value:.{digits}f}" for value in sorted(values)]
    return "–".join(dict.fromkeys((every[0], every[-1])))


def introduce(found: Sequence[Coverage]) -> dict[str, object]:
    surveys, shares = found[0].surveys, len(found[0].shares)
    return {
        "surveys": surveys,
        "shares": shares,
        "sizes": ", ".join(map(str, SIZES[:-1])) + f" or {SIZES[-1]:,}",
        "samples": "".join(describe(sample) for sample in SAMPLES),
        "enough": ENOUGH,
        "low": LOW,
        "high": HIGH,
        "least": LEAST,
        "rare": LEAST_RARE,
        "error": error(0.95, surveys),
        "mean_error": error(0.95, surveys * shares),
    }


def describe(sample: Sample) -> str:
    mixes = (" · ".join(f"{100 * part:g}" for part in mix) for mix in (sample.transactions, sample.responses))
    n, groups = sizes(sample, SIZES[-1]), len(sample.groups)
    part = np.repeat(np.array(sample.transactions) / groups, groups)
    return row(sample.name, *mixes, f"{n.sum() * (part**2 / n).sum():.2f}")


def judge_default(found: Sequence[Coverage]) -> dict[str, object]:
    broken = list(failures(found))
    worst = [point for rare in (False, True) for point in points(found, 0, rare=rare)[:WORST]]
    return {
        "verdict": "Beyond the limits:\n" + listed(broken) if broken else "Within the limits everywhere.",
        "default": "".join(
            row(measure.name, sample.name, *summary(chosen, 0))
            for measure in MEASURES
            for sample in SAMPLES
            if (chosen := [c for c in judged(found) if c.setting.is_of(measure, sample)])
        ),
        "worst": listed(worst),
    }


def summary(found: Sequence[Coverage], interval: int) -> list[str]:
    """Means, the lowest points of both sorts, and widths."""
    lowest = [points(found, interval, rare=rare)[:1] for rare in (False, True)]
    return [
        span(one.mean[interval] for one in judged(found)),
        *(three(point[0].covered) if point else "" for point in lowest),
        span((one.excess[interval] for one in judged(found)), 2),
    ]


def compare(found: Sequence[Coverage]) -> dict[str, object]:
    every = range(len(INTERVALS))
    broken = [broken_by(found, interval) for interval in every]
    widths = [float(np.mean([one.excess[interval] for one in judged(found)])) for interval in every]
    kept = sorted(
        (widths[interval], INTERVALS[interval].name) for interval in every if not any(broken[interval])
    )
    return {
        "intervals": "".join(row(INTERVALS[i].name, *broken[i], *summary(found, i)) for i in every),
        "settings": len(judged(found)),
        "points": sum(len(one.shares) for one in judged(found)),
        "best": "The limits are kept by "
        + (", ".join(f"{name} (mean width {width:.2f})" for width, name in kept) or "none")
        + (" alone." if len(kept) == 1 else "."),
    }


def broken_by(found: Sequence[Coverage], interval: int) -> tuple[int, int]:
    """Return how many settings and how many points are beyond the limits."""
    means = [float(one.mean[interval]) for one in judged(found)]
    few, rare = (points(found, interval, rare=rare) for rare in (False, True))
    low = [*(p.covered < LEAST for p in few), *(p.covered < LEAST_RARE for p in rare)]
    return sum(not LOW <= mean <= HIGH for mean in means), sum(low)


def show_differing(found: Sequence[Coverage]) -> str:
    return "".join(
        row(
            one.setting.answers.name,
            f"{100 * one.setting.sample.transactions[0]:g} / {100 * one.setting.sample.responses[0]:g}",
            "worse" if one.setting.sample.relative[0] > 1 else "better",
            one.setting.n,
            "yes" if one.setting.is_pooled else "no",
            three(one.mean[0]),
            three(one.covered[:, 0].min()),
            f"{one.excess[0]:.2f}",
        )
        for one in found
    )


def lowest_pooled(found: Sequence[Coverage]) -> str:
    return three(min(one.covered[:, 0].min() for one in found if one.setting.is_pooled))


def show_thin(found: Sequence[ThinStrata]) -> dict[str, object]:
    ruled, left_alone = ([one for one in found if one.is_pooled_by_rule is rule] for rule in (True, False))
    return {
        "thin_shares": span(ruled[0].others + ruled[-1].others, 2),
        "thin": "".join(
            row(
                one.setting.answers.name,
                f"{one.held:.0%}",
                one.setting.sample.thin_strata,
                "worse" if one.gap > 0 else "better",
                "auto" if one.is_pooled_by_rule else "none",
                span(one.covered.tolist()),
                f"{100 * one.bias[np.argmax(np.abs(one.bias))]:+.1f}",
                f"{one.width.mean():.2f}",
                span(one.reliable.tolist(), 2),
                three(one.sure_and_wrong.max()),
            )
            for one in found
        ),
        "thin_lowest": three(min(float(one.covered.min()) for one in ruled)),
        "thin_lowest_none": three(min(float(one.covered.min()) for one in left_alone)),
        "thin_wrong": three(max(float(one.sure_and_wrong.max()) for one in ruled)),
        "thin_bias": f"{100 * max(float(np.abs(one.bias).max()) for one in ruled):.1f}",
    }


def show_small_rounds(found: Sequence[SmallRound]) -> dict[str, object]:
    lowest = [min(min(one.covered[place]) for one in found) for place in range(len(UNITS))]
    return {
        "small_surveys": found[0].surveys,
        "small_shares": " | ".join(f"p = {share:g}" for share in SHARES),
        "small_dashes": "---|" * len(SHARES),
        "small_rounds": "".join(
            row(one.setting.answers.name, one.setting.sample.name, one.setting.n, units, *map(three, covered))
            for one in found
            for units, covered in zip(UNITS, one.covered, strict=True)
        ),
        "small_lowest": ", ".join(
            f"{three(low)} with {units} unit{'s' * (units > 1)}"
            for units, low in zip(UNITS, lowest, strict=True)
        ),
    }


def show_ranks(found: Sequence[RankCoverage]) -> dict[str, object]:
    by_city: dict[tuple[str, ...], list[RankCoverage]] = {}
    for one in found:
        city = one.city
        by_city.setdefault((city.answers.name, city.sample.name, city.span, city.truth), []).append(one)
    worst, least = min(one.together for one in found), least_together(found[0].rounds)
    return {
        "rounds": found[0].rounds,
        "rank_least": least,
        "rank_units": " | ".join(f"{units} units" for units in RANKED),
        "rank_dashes": "---|" * len(RANKED),
        "ranks": "".join(
            row(
                *named,
                *(three(one.together) for one in alike),
                three(min(one.joint for one in alike)),
                three(min(one.alone for one in alike)),
                f"{alike[-1].width:.2f}",
                f"{min(one.ranked for one in alike):.2f}",
            )
            for named, alike in by_city.items()
        ),
        "rank_lowest": f"{three(worst)}, {'enough' if worst >= least else 'too low'}",
        "rank_most": RANKED[-1],
    }
