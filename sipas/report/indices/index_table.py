"""A table of indices, as it is written to JSON."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from sipas import __version__
from sipas.report.sources.source import LINEARIZATION
from sipas.stats.notes import Note

SOFTWARE = f"sipas {__version__}"
Number = int | float
Limits = tuple[float | None, float | None]


class Definition(msgspec.Struct, frozen=True):
    """id None: the instrument has no index."""

    id: str | None
    instrument: str


class PooledStrata(msgspec.Struct, frozen=True):
    """by: what all its strata share. strata: how many they are."""

    by: dict[str, str | None]
    strata: int
    n: int
    population: int


class WeightsUsed(msgspec.Struct, frozen=True):
    """unplaced: responses that belong to no stratum and were left out.

    walk_up: what walk-up answers count in a stratum beside invited ones. margins, bounds, iterations: of
    calibration. trim: in transactions a response, None for no limit; trimmed: responses beyond.
    column: of the base weights that came with the responses.
    """

    method: str
    strata: list[str]
    pooled: list[PooledStrata]
    unplaced: int
    notes: list[Note]
    walk_up: float | None = None
    margins: list[str] = []
    bounds: Limits | None = None
    iterations: int | None = None
    trim: Limits | None = None
    trimmed: int = 0
    column: str | None = None


class Intervals(msgspec.Struct, frozen=True):
    """effective_n: what `wilson` and `beta` stand on. fpc: whether they have the finite-population factor.

    replicates: what `se_replicates` is by. variance: how standard errors were estimated.
    """

    level: float
    ci: str
    effective_n: str
    fpc: bool
    replicates: str | None = None
    variance: str = LINEARIZATION


class IndexRow(msgspec.Struct, frozen=True):
    """by: the domain. None where a number cannot be had; the notes say why.

    coverage, pooled_share: of the domain's own population, the shares that the weights stand for and that
    lie in pools of strata. reliable: no note has the severity `review`.
    deff_replace: the design effect over a sample with replacement; kish: that of weighting alone. rescaled:
    of a mean and its interval, on 0 to 100. se_replicates: the second opinion on se, where it was asked for.
    clusters: of samples of clusters, the first-stage clusters that the n are in; roh: the intraclass
    correlation, (deff − 1) / (n / clusters − 1).
    """

    by: dict[str, str | None]
    measure: str
    statistic: str
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    level: float
    ci: str
    df: int | None
    n: int
    n_answered: int
    n_effective: float | None
    deff: float | None
    population: Number | None
    coverage: float | None
    pooled_share: float | None
    reliable: bool
    notes: list[Note]
    deff_replace: float | None = None
    kish: float | None = None
    rescaled: float | None = None
    rescaled_low: float | None = None
    rescaled_high: float | None = None
    se_replicates: float | None = None
    clusters: int | None = None
    roh: float | None = None


class TableHeader(msgspec.Struct, frozen=True, kw_only=True):
    """How the figures of a table were made.

    responses: those that the weights are for. where, period, channels, flagged: what the rows are
    limited to.
    """

    definition: Definition
    weights: WeightsUsed
    intervals: Intervals
    coverage: float | None
    software: str = SOFTWARE
    source: str
    target: float | None
    provisional: bool
    where: list[str]
    period: str | None
    channels: str
    flagged: str
    responses: int
    notes: list[Note]


class IndexTable(msgspec.Struct, frozen=True, kw_only=True):
    header: TableHeader
    rows: Sequence[IndexRow]


class TableOfIndices(Protocol):
    """Any table whose rows are indices, with further columns or without."""

    @property
    def header(self) -> TableHeader: ...

    @property
    def rows(self) -> Sequence[IndexRow]: ...
