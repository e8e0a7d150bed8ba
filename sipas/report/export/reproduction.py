"""Inputs of a bundle's scripts: the frame, the definition of each measure, and the expected figures."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
import numpy as np

from sipas.report.export.export_table import ExportTable
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import index_table
from sipas.report.request import EstimateRequest
from sipas.report.sources.snapshot import Snapshot, frame_of, round_source
from sipas.stats import Measure, choose_measures
from sipas.stats.cells.columns import cross
from sipas.stats.grouping import added
from sipas.stats.notes import ITEMS_OF_NODE_NOT_ANSWERED
from sipas.survey.instruments.instrument import Instrument
from sipas.tables.writer import csv_bytes

FRAME_COUNT = "transactions"
DIGITS = 4  # of percentages that scripts print


class Settings(msgspec.Struct, frozen=True):
    """index: empty for a questionnaire that has none. weights: of the file, made anew from the frame;
    `given`: taken as they are.

    errors: whether standard errors follow from strata alone, which those after calibration do not.
    """

    instrument: str
    index: str
    satisfied: int
    weights: Literal["post-stratify", "none", "given"]
    strata: tuple[str, ...]
    collapse: str
    errors: Literal["yes", "no"]
    filtered: bool

    def as_csv(self) -> bytes:
        """Return a name and a value a row."""
        given = msgspec.structs.asdict(self) | {
            "strata": ",".join(self.strata),
            "filtered": str(self.filtered).lower(),
        }
        return csv_bytes(["name", "value"], given.items())


def read_settings(snapshot: Snapshot, request: EstimateRequest, table: ExportTable) -> Settings:
    header = table.facts.header
    assert header is not None  # of responses
    method = header.weights.method
    plain = request.trim is None and request.weight_column is None and method in ("post-stratify", "none")
    return Settings(
        snapshot.instrument.name,
        header.definition.id or "",
        snapshot.instrument.scale.satisfied,
        "given" if not plain else "none" if method == "none" else "post-stratify",
        tuple(header.weights.strata),
        request.collapse,
        "yes" if plain else "no",
        is_filtered(request),
    )


def is_filtered(request: EstimateRequest) -> bool:
    return bool(request.where) or request.period is not None


def frame_csv(snapshot: Snapshot, strata: Sequence[str]) -> bytes | None:
    """Return the frame by the strata columns; None for a round without one."""
    frame = frame_of(snapshot, set(strata))
    if frame is None or not set(strata) <= frame.columns.keys():
        return None
    columns = [frame.columns[name] for name in strata]
    crossed = cross(columns, len(frame))
    counts = added(crossed.code, frame.counts, crossed.count)
    labels = [
        [column.levels[code] if code >= 0 else "" for code in codes.tolist()]
        for column, codes in zip(columns, crossed.keys, strict=True)
    ]
    return csv_bytes([*strata, FRAME_COUNT], zip(*labels, counts.tolist(), strict=True))


def measures_of(instrument: Instrument, index: str) -> list[Measure]:
    """Return the headline, then the factors."""
    scoring, definition = instrument.scoring(), instrument.index(index)
    found = [*choose_measures(scoring, definition, "overall")]
    if scoring.factors or definition.kind == "tree":
        found += choose_measures(scoring, definition, "factors")
    return found


def measures_csv(instrument: Instrument, index: str) -> bytes:
    """Return the ratios that each measure is made of: their items, and what each counts."""
    scoring = instrument.scoring()
    rows = [
        [measure.name, number, repr(ratio.share), scoring.items[item]]
        for measure in measures_of(instrument, index)
        for number, ratio in enumerate(measure.ratios, 1)
        for item in ratio.places(scoring)
    ]
    return csv_bytes(["measure", "ratio", "coefficient", "item"], rows)


def asking_csv(instrument: Instrument) -> bytes:
    """Return the probability with which each form asks each rated item; 0: never."""
    rows = [
        [form.id, item, repr(float(chances.get(item, 0)))]
        for form in instrument.all_forms()
        for chances in [instrument.probabilities(form)]
        for item in instrument.rated
    ]
    return csv_bytes(["form", "item", "probability"], rows)


def expected_csv(snapshot: Snapshot, request: EstimateRequest, settings: Settings) -> bytes:
    """Return the round's figures as the scripts print them."""
    rows = sorted(_expected_rows(snapshot, request), key=lambda row: row.by.get("unit") or "")
    lines = [
        [row.measure, row.by.get("unit") or "", row.n, _percent(row.estimate), _error(row, settings)]
        for row in rows
        if row.estimate is not None and None not in row.by.values() and not _is_partly_answered(row)
    ]
    return csv_bytes(["measure", "unit", "n", "estimate", "se"], lines)


def _expected_rows(snapshot: Snapshot, request: EstimateRequest) -> Iterator[IndexRow]:
    """Yield the headline, the factors, then the headline by unit."""
    for measure, by in (("overall", ()), ("factors", ()), ("overall", ("unit",))):
        if measure == "factors" and not _has_factors(snapshot, request):
            continue
        asked = msgspec.structs.replace(request, measure=measure, by=(by,))
        yield from index_table(asked, round_source(snapshot, asked)).rows


def _has_factors(snapshot: Snapshot, request: EstimateRequest) -> bool:
    instrument = snapshot.instrument
    definition = instrument.index(request.index or snapshot.round.index_code)
    return bool(instrument.scoring().factors) or definition.kind == "tree"


def _is_partly_answered(row: IndexRow) -> bool:
    """An index without answers to some of its questions is made of the others; scripts do not do that."""
    return any(note.code == ITEMS_OF_NODE_NOT_ANSWERED.code for note in row.notes)


def _percent(value: float) -> str:
    return f"{100 * value:.{DIGITS}f}"


def _error(row: IndexRow, settings: Settings) -> str:
    return "" if row.se is None or settings.errors == "no" or np.isnan(row.se) else _percent(row.se)
