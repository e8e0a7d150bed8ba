"""Files with clusters or replicate weights, which are estimated row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from sipas.errors import InputError, StatisticsError, TableError
from sipas.report.request import EstimateRequest, Weights
from sipas.report.sources.source import LINEARIZATION
from sipas.stats import Clusters, Frame, Margins, Replicates
from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.distances import DistanceName
from sipas.stats.designs.build_design import calibrated_rows, row_engine, strata_margin
from sipas.stats.designs.responses import Responses
from sipas.stats.designs.row_engine import RowEngine
from sipas.tables import AnswerTable
from sipas.tables.cells import may_be_thousands, parse_number

# Beside whole numbers from here up, 3.200 may be the next after 999; beside smaller ones it is a decimal.
_WHOLE_LIKE_HUNDREDS = 100

SampleDesign = Clusters | Replicates


@dataclass(frozen=True)
class AnswerNumbers:
    """The columns of a file of responses as numbers."""

    table: AnswerTable

    @property
    def names(self) -> Sequence[str]:
        return list(self.table.columns)

    def numbers(self, name: str) -> FloatArray:
        """Return float64[rows]; an empty cell, or one that is no number, is an error with its row."""
        if name not in self.table.columns:
            raise TableError(self.table.file, f"has no column {name}", row=self.table.header_row)
        coded = self.table.get(name)
        return np.array(parse_weights(self.table, name), dtype=np.float64)[coded.codes]


def parse_weights(table: AnswerTable, name: str) -> list[float]:
    """Read the levels of a column of weights or counts. 3.200 beside 800 may be 3200, and is refused."""
    levels = table.columns[name].levels
    whole = any(level.isdecimal() and int(level) >= _WHOLE_LIKE_HUNDREDS for level in levels)
    decimal = any(set(".,") & set(level) and not may_be_thousands(level) for level in levels)

    def weight(text: str) -> float:
        if whole and not decimal and may_be_thousands(text):
            plain = text.replace(".", "").replace(",", "")
            raise ValueError(
                f"{text!r} may be {plain} or a decimal number; write {plain}, or {text}0 if it is a decimal"
            )
        return base_weight(text)

    return table.parsed(name, weight)


def base_weight(text: str) -> float:
    """Read a weight; ValueError where it is negative or no number."""
    value = parse_number(text)
    if value < 0:
        raise ValueError(f"{text} is negative; a weight is 0 or more")
    return value


def sample_columns(sample: SampleDesign | None) -> set[str]:
    """Return the columns that tell clusters apart."""
    return set(sample.names) if isinstance(sample, Clusters) else set()


def sampled_rows(
    sample: SampleDesign,
    request: EstimateRequest,
    table: AnswerTable,
    responses: Responses,
    strata: Sequence[str],
    frame: Frame | None,
) -> RowEngine:
    """Return the engine of a file's responses, calibrated to the frame and margins of the request."""
    if isinstance(sample, Replicates) and request.weight_column is None:
        raise InputError("--replicates needs --weight-column COLUMN, the base weights they were made from")
    try:
        engine = row_engine(responses, AnswerNumbers(table), strata, request.weight_column, sample)
    except StatisticsError as error:
        raise InputError(f"{table.file}: {error}") from error
    method = request.weights or ("none" if frame is None else "post-stratify")
    if method == "none":
        return engine
    if frame is None and (method == "post-stratify" or request.margins is None):
        raise InputError(
            "clusters and replicate weights are weighted by --weight-column, or calibrated with --frame FILE,"
            " or --weights rake, linear, raking or logit and --margins FILE"
        )
    try:
        return _calibrated(engine, method, request, strata, frame)
    except StatisticsError as error:
        raise InputError(f"{table.file}: {error}") from error


def _calibrated(
    engine: RowEngine, method: Weights, request: EstimateRequest, strata: Sequence[str], frame: Frame | None
) -> RowEngine:
    """To all totals at once, so that residuals from all of them make the variance."""
    if method == "post-stratify":
        assert frame is not None
        return calibrated_rows(engine, strata_margin(frame, strata), "linear", None)
    margins = _known_totals(engine, request.margins, strata, frame)
    distance = "raking" if method == "rake" else cast(DistanceName, method)
    return calibrated_rows(engine, margins, distance, request.bounds)


def _known_totals(
    engine: RowEngine, margins: Margins | None, strata: Sequence[str], frame: Frame | None
) -> Margins:
    """The frame's strata and the margins; of the frame alone, each of its columns."""
    if margins is None:
        assert frame is not None
        return Margins(
            {
                name: counts
                for column in strata
                for name, counts in strata_margin(frame, (column,)).counts.items()
            }
        )
    if frame is None:
        return margins.scaled_to(float(engine.design.weight.sum())) if margins.relative else margins
    counted = strata_margin(frame, strata)
    brought = margins.scaled_to(counted.total) if margins.relative else margins
    for name in counted.counts.keys() & brought.counts.keys():
        raise StatisticsError(f"margin {name} is in the frame already; leave it out of --margins")
    return Margins({**counted.counts, **brought.counts}, rescaled=brought.rescaled)


def describe_variance(sample: SampleDesign) -> str:
    """Return how variances are estimated, for the table's description."""
    if isinstance(sample, Replicates):
        return f"replicate weights {sample.columns} ({sample.kind})"
    nested = ", nested in strata" if sample.nest else ""
    return f"{LINEARIZATION}, clusters {', '.join(sample.names)}{nested}"
