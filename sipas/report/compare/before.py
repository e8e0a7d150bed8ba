"""An earlier round beside the one asked for, and what became of its units since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import numpy as np

from sipas.queries.units import list_successions
from sipas.report.compare.compare_request import CompareRequest
from sipas.report.request import EstimateRequest
from sipas.report.sources.dimensions import unit_labels
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.rounds import Rounds
from sipas.report.sources.snapshot import Snapshot
from sipas.report.sources.source import Source
from sipas.stats import Column
from sipas.stats.contrasts import UnitCrosswalk
from sipas.tables import TableRow, read_table
from sipas.tables.cells import parse_number


@dataclass(frozen=True)
class Before:
    """request: the same as that of the round asked for, of this one."""

    request: EstimateRequest
    source: Source
    succession: UnitCrosswalk


async def read_before(rounds: Rounds, asked: CompareRequest, index: str | None) -> Before | None:
    """index: the definition of the round asked for, which both are measured by."""
    if asked.against_round is None:
        return None
    request = _earlier_request(asked, index)
    now = await rounds.snapshot(asked.estimate.round)
    before = await rounds.snapshot(asked.against_round)
    return Before(request, await rounds.source(request), await _read_succession(rounds, now, before))


def _earlier_request(asked: CompareRequest, index: str | None) -> EstimateRequest:
    """Units had other names: which of them to show is chosen among today's."""
    return msgspec.structs.replace(
        asked.estimate,
        round=asked.against_round,
        index=asked.estimate.index or index,
        where=tuple((name, level) for name, level in asked.estimate.where if name != "unit"),
    )


@dataclass(frozen=True)
class FilesBefore:
    """succession: a file; None where no unit merged or split."""

    files: Files
    succession: Path | None


def read_files_before(before: FilesBefore, asked: CompareRequest, now: Source) -> Before:
    request = _earlier_request(asked, now.index)
    table = None if before.succession is None else read_table(before.succession, ("old_code", "new_code"))
    return Before(request, file_source(before.files, request), succession_of(table.rows if table else ()))


def succession_of(rows: Sequence[TableRow]) -> UnitCrosswalk:
    shares = [row.find_as("share", parse_number) for row in rows]
    return UnitCrosswalk(
        Column.of([row.get("old_code") for row in rows]),
        Column.of([row.get("new_code") for row in rows]),
        np.array([np.nan if share is None else share for share in shares], dtype=np.float64),
    )


async def _read_succession(rounds: Rounds, now: Snapshot, before: Snapshot) -> UnitCrosswalk:
    """From what units are called in one round to what they, or those after them, are called in the other.

    A code that another unit bears today is another unit's: who ended without successors keeps to itself.
    """
    async with rounds.pool.acquire() as conn:
        known = await list_successions(conn)
    old, new = unit_names(before), unit_names(now)
    units = now.catalogue.units
    flows: list[tuple[str, str, float | None]] = []
    for unit, name in old.items():
        after = [(one.new_unit_id, one.share) for one in known if one.old_unit_id == unit]
        if unit in new or not after:
            ended = None if unit in new else units[unit].valid_to
            flows.append((name, new.get(unit) or _name_of(units[unit].code, ended), 1.0))
        else:
            flows += [(name, new.get(one) or units[one].code, share) for one, share in after]
    shares = np.array([np.nan if share is None else share for *_, share in flows], dtype=np.float64)
    return UnitCrosswalk(
        Column.of(one for one, *_ in flows), Column.of(other for _, other, _ in flows), shares
    )


def _name_of(code: str, ended: date | None) -> str:
    return code if ended is None else f"{code} (to {ended})"


def unit_names(snapshot: Snapshot) -> dict[int, str]:
    """By id, those of a round that answered or were counted."""
    return unit_labels((unit.id for unit in snapshot.units()), snapshot.catalogue)
