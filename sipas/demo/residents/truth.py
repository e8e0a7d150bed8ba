"""The true values of the 51 indicators, beside what the answers give.

True is the share of answers that are satisfied ones, each commune asked over the answer channels in the split
by which the weights let them speak for it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from sipas.demo.frame import FloatArray, IntArray
from sipas.demo.residents.model import ANSWER_CHANNELS, ResidentModel, draw_residents_model
from sipas.demo.residents.places import Places, read_places
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import Prepared, rows
from sipas.stats.cells.scoring import IndexNode
from sipas.tables.writer import csv_bytes


class IndicatorTruth(msgspec.Struct, frozen=True):
    """covered: None without an interval."""

    measure: str
    truth: float
    n: int
    estimate: float | None
    low: float | None
    high: float | None
    covered: bool | None


def residents_truths(prepared: Prepared) -> Iterator[IndicatorTruth]:
    """Yield the indicators of all residents, in the order of the form."""
    places, definition = read_places(), prepared.definition
    assert definition.tree is not None  # of the shipped instrument
    model = draw_residents_model(len(places.communes), prepared.source.instrument)
    share = weight_shares(prepared, places)
    yield from indicator_truths(model, share, list(rows(prepared, ())), definition.tree, definition.id)


def indicator_truths(
    model: ResidentModel, share: FloatArray, found: Sequence[IndexRow], tree: IndexNode, index: str
) -> Iterator[IndicatorTruth]:
    """found: of all indicators, of one domain. share: [communes, channels], of its weight."""
    truths = _true_values(model, model.truth(share), tree, index)
    for row in found:
        truth = truths[row.measure]
        covered = None if row.low is None or row.high is None else row.low <= truth <= row.high
        yield IndicatorTruth(row.measure, truth, row.n, row.estimate, row.low, row.high, covered)


def _true_values(model: ResidentModel, of_items: FloatArray, tree: IndexNode, index: str) -> dict[str, float]:
    items = dict(zip(model.items, of_items.tolist(), strict=True))
    nodes = {f"factor:{node.id}": _value(node, items) for node in tree.nodes()}
    own = {f"item:{item}": value for item, value in items.items()}
    return {**nodes, **own, f"overall:{index}": _value(tree, items)}


def _value(node: IndexNode, items: dict[str, float]) -> float:
    parts = [items[child] if isinstance(child, str) else _value(child, items) for child in node.children]
    return float(np.dot(node.shares(), parts))


def weight_shares(
    prepared: Prepared, places: Places, channels: Sequence[str] = ANSWER_CHANNELS
) -> FloatArray:
    """Return [communes, channels]: the weight of the answers of these channels; 0 for others."""
    cells, weighting = prepared.source.cells, prepared.weighting
    counted = weighting.stratum >= 0
    unit = _places(cells.column("unit").labels(), [one.code for one in places.communes])
    channel = _places(cells.column("channel").labels(), ANSWER_CHANNELS)
    counted &= np.isin(channel, [ANSWER_CHANNELS.index(name) for name in channels])
    found = np.zeros((len(places.communes), len(ANSWER_CHANNELS)))
    np.add.at(found, (unit[counted], channel[counted]), (weighting.weight * cells.n)[counted])
    return found


def _places(labels: Sequence[object], known: Sequence[str]) -> IntArray:
    return np.array([known.index(str(label)) for label in labels], dtype=np.int64)


def write_indicators(file: Path, truths: Sequence[IndicatorTruth]) -> None:
    written = [
        ["" if value is None else _text(value) for value in msgspec.structs.astuple(one)] for one in truths
    ]
    file.write_bytes(csv_bytes(IndicatorTruth.__struct_fields__, written))


def _text(value: str | float) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6f}"
    return str(value)
