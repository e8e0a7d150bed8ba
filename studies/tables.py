"""The study's numbers, as CSV."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sipas.tables.writer import csv_bytes
from studies.coverage import INTERVALS, Coverage
from studies.ranks import RankCoverage
from studies.settings import Setting
from studies.small_rounds import SHARES, UNITS, SmallRound
from studies.thin_strata import ThinStrata

SETTING = ("measure", "weights", "n")


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    texts = ([f"{v:.4f}" if isinstance(v, float) else v for v in row] for row in rows)
    path.write_bytes(csv_bytes(header, texts))


def named(setting: Setting) -> tuple[str, str, int]:
    return setting.answers.name, setting.sample.name, setting.n


def write_points(path: Path, found: Sequence[Coverage]) -> None:
    """The default's coverage, a row for each setting, a column for each share."""
    header = (*SETTING, "n_K/d", *(f"p={share:g}" for share in found[0].shares))
    write(path, header, ((*named(one.setting), one.size, *one.covered[:, 0].tolist()) for one in found))


def write_intervals(path: Path, found: Sequence[Coverage]) -> None:
    """A row for each setting and interval: coverage over the shares, and width over the ideal."""
    header = (*SETTING, "n_K/d", "interval", "mean", "lowest", "width over ideal")
    write(
        path,
        header,
        (
            (*named(one.setting), one.size, interval.name, *numbers)
            for one in found
            for interval, *numbers in zip(
                INTERVALS,
                one.mean.tolist(),
                one.covered.min(axis=0).tolist(),
                one.excess.tolist(),
                strict=True,
            )
        ),
    )


def write_small_rounds(path: Path, found: Sequence[SmallRound]) -> None:
    header = (*SETTING, "units", *(f"p={share:g}" for share in SHARES))
    rows = (
        (*named(one.setting), units, *row)
        for one in found
        for units, row in zip(UNITS, one.covered, strict=True)
    )
    write(path, header, rows)


def write_thin(path: Path, found: Sequence[ThinStrata]) -> None:
    """A row for each setting and share of the strata that are heard well."""
    header = (
        "measure", "thin strata hold", "thin strata", "points apart", "collapse", "share of the others",
        "covered", "bias", "width", "reliable", "reliable and wrong",
    )  # fmt: skip
    rows = (
        (
            one.setting.answers.name, one.held, one.setting.sample.thin_strata, one.gap,
            one.setting.sample.collapse, *row,
        )
        for one in found
        for row in zip(
            one.others, one.covered.tolist(), one.bias.tolist(), one.width.tolist(),
            one.reliable.tolist(), one.sure_and_wrong.tolist(), strict=True,
        )
    )  # fmt: skip
    write(path, header, rows)


def write_ranks(path: Path, found: Sequence[RankCoverage]) -> None:
    header = (
        "measure", "weights", "n", "truth", "units", "rounds",
        "simultaneous", "joint", "marginal", "width", "ranked",
    )  # fmt: skip
    rows = (
        (
            one.city.answers.name, one.city.sample.name, one.city.span, one.city.truth, one.city.units,
            one.rounds, one.together, one.joint, one.alone, one.width, one.ranked,
        )
        for one in found
    )  # fmt: skip
    write(path, header, rows)
