"""The frame of a plan: completed transactions by stratum, from a file or a round."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sipas.errors import InputError
from sipas.report.plan.plan_request import PlanRequest
from sipas.report.sources.files import read_frame
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.snapshot import frame_of
from sipas.stats import Column, Frame
from sipas.stats.cells.columns import cross
from sipas.stats.grouping import added
from sipas.stats.weights.strata import frame_column


@dataclass(frozen=True)
class PlanFrame:
    """columns: of each stratum, those of the domains first. population: its completed transactions."""

    source: str
    by: tuple[str, ...]
    columns: dict[str, Column]
    population: NDArray[np.int64]

    def groups(self, names: Sequence[str]) -> tuple[NDArray[np.int64], list[dict[str, str | None]]]:
        """The group of each stratum by these columns, and what each group is called."""
        crossed = cross([self.columns[name] for name in names], len(self.population))
        parts = [
            Column(codes, self.columns[name].levels).labels()
            for name, codes in zip(names, crossed.keys, strict=True)
        ]
        return crossed.code, [
            dict(zip(names, (part[group] for part in parts), strict=True)) for group in range(crossed.count)
        ]


def _plan_frame(source: str, frame: Frame, strata: Sequence[str], by: Sequence[str]) -> PlanFrame:
    """Strata are the combinations of both: a domain is planned for as it is invited."""
    names = list(dict.fromkeys((*by, *strata)))
    if not names:
        raise InputError(
            "strata: name the columns that form the strata, such as unit,procedure,service_channel"
        )
    columns = {name: frame_column(frame, name) for name in names}
    crossed = cross(list(columns.values()), len(frame))
    of_strata = {
        name: Column(codes, columns[name].levels) for name, codes in zip(names, crossed.keys, strict=True)
    }
    return PlanFrame(source, tuple(by), of_strata, added(crossed.code, frame.counts, crossed.count))


def read_file_frame(
    path: Path, count_column: str, strata: Sequence[str], by: Sequence[str] | None
) -> PlanFrame:
    by = strata[:1] if by is None else by
    names = tuple(dict.fromkeys((*by, *strata)))
    return _plan_frame(path.name, read_frame(path, count_column, names, set(names)), strata, by)


async def read_round_frame(rounds: Rounds, request: PlanRequest) -> PlanFrame:
    snapshot = await rounds.snapshot(request.round)
    strata = snapshot.round.strata
    by = strata[:1] if request.by is None else request.by
    frame = frame_of(snapshot, {*strata, *by})
    if frame is None:
        raise InputError(
            f"round {snapshot.round.code} has no frame; `sipas import frame` brings one in,"
            " or plan from a file with --frame"
        )
    return _plan_frame(snapshot.round.code, frame, strata, by)
