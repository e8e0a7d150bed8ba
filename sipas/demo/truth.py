"""The true indices that the intervals of the demonstration's units should cover.

`given`: the share of a unit's transactions that would be called satisfactory, each stratum asked over the
answer channels in the split by which the weights let them speak for it. `private`: the share that citizens
think so of. docs/explanation/demo.md says more.
"""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from sipas.demo.frame import FloatArray
from sipas.demo.model import KIOSK, SMS, Model
from sipas.errors import SipasError
from sipas.report.indices.index_table import IndexRow
from sipas.report.indices.indices import Prepared
from sipas.report.sources.source import Mask
from sipas.stats import Cells, Frame, Weighting
from sipas.tables.writer import csv_bytes

_STRATA = ("unit", "procedure", "service_channel")


class UnitTruth(msgspec.Struct, frozen=True):
    """given: None for a unit without answers. covered: None without an interval."""

    unit: str
    name: str
    given: float | None
    private: float
    n: int
    transactions: int
    estimate: float | None
    low: float | None
    high: float | None
    covered: bool | None


def unit_truths(model: Model, prepared: Prepared, rows: Iterable[IndexRow]) -> Iterator[UnitTruth]:
    """rows: the index by unit."""
    strata = model.strata
    given = _by_unit(model, _mixed(model.given(), _kiosk_share(model, prepared)))
    private = _by_unit(model, model.private())
    transactions = np.bincount(strata.unit, strata.transactions)
    row_of = {row.by["unit"]: row for row in rows}
    for place, unit in enumerate(strata.city.units):
        row = row_of[unit.code]
        truth = None if math.isnan(given[place]) else float(given[place])
        yield UnitTruth(
            unit=unit.code,
            name=unit.name,
            given=truth,
            private=float(private[place]),
            n=row.n,
            transactions=int(transactions[place]),
            estimate=row.estimate,
            low=row.low,
            high=row.high,
            covered=_covers(row, truth),
        )


def _covers(row: IndexRow, truth: float | None) -> bool | None:
    if row.low is None or row.high is None or truth is None:
        return None
    return row.low <= truth <= row.high


def _by_unit(model: Model, chance: FloatArray) -> FloatArray:
    """Means over each unit's transactions."""
    strata = model.strata
    satisfied = np.bincount(strata.unit, strata.transactions * chance)
    means: FloatArray = satisfied / np.bincount(strata.unit, strata.transactions)
    return means


def _mixed(given: FloatArray, at_kiosks: FloatArray) -> FloatArray:
    both: FloatArray = at_kiosks * given[:, KIOSK] + (1 - at_kiosks) * given[:, SMS]
    return both


def _kiosk_share(model: Model, prepared: Prepared) -> FloatArray:
    """[strata of the model]: how much of what stands for each was said at kiosks."""
    source, walk_up = prepared.source, prepared.source.walk_up()
    if source.frame is None or walk_up is None:
        raise SipasError("the round has no frame any more; start the demonstration in a fresh SIPAS_DATA_DIR")
    share = _walk_up_share(prepared.weighting, source.cells, walk_up)
    place = {model.strata.key(stratum): stratum for stratum in range(len(model.strata))}
    by_stratum = np.full(len(model.strata), np.nan)
    by_stratum[[place[key] for key in _keys(source.frame)]] = share
    return _with_share_of_unit(model, by_stratum)


def _with_share_of_unit(model: Model, by_stratum: FloatArray) -> FloatArray:
    """[strata of the model]: a stratum that nothing stands for has the mean of its unit."""
    strata, unknown = model.strata, np.isnan(by_stratum)
    known = np.where(unknown, 0.0, strata.transactions)
    walked_up = np.bincount(strata.unit, known * np.nan_to_num(by_stratum))
    whole = np.bincount(strata.unit, known)
    of_unit = np.divide(walked_up, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    filled: FloatArray = np.where(unknown, of_unit[strata.unit], by_stratum)
    return filled


def _keys(frame: Frame) -> Iterator[tuple[str, str, str]]:
    unit, procedure, service_channel = (map(str, frame.columns[name].labels()) for name in _STRATA)
    return zip(unit, procedure, service_channel, strict=True)


def _walk_up_share(weighting: Weighting, cells: Cells, walk_up: Mask) -> FloatArray:
    """[rows of the frame]: the walk-up answers' part of the weight in its pool; NaN without answers."""
    counted = weighting.stratum >= 0
    pool = weighting.pool[weighting.stratum[counted]]
    weight = (weighting.weight * cells.n)[counted]
    pools = int(weighting.frame_pool.max()) + 1
    whole = np.bincount(pool, weight, pools)
    walked_up = np.bincount(pool, weight * walk_up[counted], pools)
    share = np.divide(walked_up, whole, out=np.full(pools, np.nan), where=whole > 0)
    by_row: FloatArray = share[weighting.frame_pool]
    return by_row


def write_truths(file: Path, truths: Iterable[UnitTruth]) -> None:
    rows = ([_text(value) for value in msgspec.structs.astuple(truth)] for truth in truths)
    file.write_bytes(csv_bytes(UnitTruth.__struct_fields__, rows))


def _text(value: str | float | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6f}"
    return str(value)
