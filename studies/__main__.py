"""Usage: python -m studies [--surveys 3000] [--rounds 300] [--out docs/explanation]."""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, repeat
from pathlib import Path

from studies import tables
from studies.coverage import INTERVALS, Coverage, find_coverage
from studies.page import write_page
from studies.picture import default_picture, intervals_picture
from studies.ranks import RankCoverage, every_city, find_rank_coverage
from studies.settings import SHARES, every_differing, every_pooled, every_setting
from studies.small_rounds import ROUNDS, SmallRound, find_small_rounds
from studies.thin_strata import ThinStrata, every_thin, find_thin


@dataclass(frozen=True)
class Found:
    settings: list[Coverage]
    differing: list[Coverage]
    small_rounds: list[SmallRound]
    ranks: list[RankCoverage]
    thin: list[ThinStrata]


def simulate(surveys: int, rounds: int) -> Found:
    """Every setting has a seed of its own, so that the number of processors changes nothing."""
    seeds = ((1, number) for number in count())
    shares, each, default = repeat(SHARES), repeat(surveys), repeat(INTERVALS[:1])
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        settings = pool.map(find_coverage, every_setting(), shares, each, seeds)
        differing = pool.map(find_coverage, every_differing(), shares, each, seeds, default)
        small_rounds = pool.map(find_small_rounds, ROUNDS, repeat(surveys // 3), seeds)
        ranks = pool.map(find_rank_coverage, every_city(), repeat(rounds), seeds)
        pooled = pool.map(find_coverage, every_pooled(), shares, each, seeds, default)
        thin = pool.map(find_thin, every_thin(), each, seeds)
        return Found([*settings], [*differing, *pooled], [*small_rounds], [*ranks], [*thin])


def keep(found: Found, out: Path) -> None:
    kept = out / "coverage"
    kept.mkdir(parents=True, exist_ok=True)
    tables.write_points(kept / "points.csv", found.settings)
    tables.write_intervals(kept / "intervals.csv", found.settings)
    tables.write_small_rounds(kept / "small_rounds.csv", found.small_rounds)
    tables.write_ranks(kept / "ranks.csv", found.ranks)
    tables.write_thin(kept / "thin_strata.csv", found.thin)
    (kept / "default.svg").write_bytes(default_picture(found.settings))
    (kept / "intervals.svg").write_bytes(intervals_picture(found.settings))
    page = write_page(found.settings, found.differing, found.small_rounds, found.ranks, found.thin)
    (out / "coverage.md").write_text(page, encoding="utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(
        prog="python -m studies", description="How often intervals and ranks hold."
    )
    asked.add_argument("--surveys", type=int, default=3000, help="at each share of each setting")
    asked.add_argument("--rounds", type=int, default=300, help="for each city that is ranked")
    asked.add_argument("--out", type=Path, default=Path("docs/explanation"))
    given = asked.parse_args()
    keep(simulate(given.surveys, given.rounds), given.out)


if __name__ == "__main__":
    main()
