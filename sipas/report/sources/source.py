"""The source of an estimate, from a file or a round: cells, frame, instrument, strata."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sipas.errors import InputError
from sipas.report.request import Channels, EstimateRequest, Flagged
from sipas.stats import Cells, Column, Frame, WeightedCells, Weighting
from sipas.stats.designs.cell_engine import CellEngine
from sipas.stats.designs.engine import Engine
from sipas.stats.designs.row_engine import RowEngine
from sipas.stats.notes import CHANNEL_UNKNOWN, ITEMS_WITHOUT_ANSWER, ITEMS_WITHOUT_COLUMN, Note, named
from sipas.stats.weights.strata import OutOfDate
from sipas.survey.columns import FLAG, UNFLAGGED, answer_channel, is_service_channel
from sipas.survey.instruments.instrument import Instrument

LINEARIZATION = "linearization"  # how standard errors are estimated, without clusters and replicates
_WALK_UP = ("kiosk", "web")  # who answers here was not drawn, but chose to
MIXED = ("sms", "web")  # these answers are mixed before they are stored
LINK = "sms"  # who answers here was drawn
PERIOD = "(in period)"  # a column of the cells where a period was asked for
YES, NO, UNDATED = "yes", "no", "not known"

Mask = NDArray[np.bool_]
_Result = TypeVar("_Result")


class Remember(Protocol):
    """Returns the result of a request, computed for it or for an earlier one that was the same."""

    def __call__(self, request: Hashable, compute: Callable[[], _Result]) -> _Result: ...


def compute_anew(request: Hashable, compute: Callable[[], _Result]) -> _Result:
    return compute()


@dataclass(frozen=True)
class MissingItems:
    """Items that should have a column in the file, and columns that are neither items nor known.

    unanswered: items with a column that holds no answer.
    """

    items: tuple[str, ...]
    others: tuple[str, ...]
    unanswered: tuple[str, ...] = ()

    def notes(self, asked: Collection[str]) -> Iterator[Note]:
        """For a measure of these items."""
        if names := [item for item in self.items if item in asked]:
            others = named(self.others) or ("–",)
            yield ITEMS_WITHOUT_COLUMN(items=len(names), names=named(names), others=others)
        if names := [item for item in self.unanswered if item in asked]:
            yield ITEMS_WITHOUT_ANSWER(items=len(names), names=named(names))


@dataclass(frozen=True)
class Source:
    """name: the round's or the file's. strata: from coarse to fine. target, index: the round's.

    provisional: more answers may still come. mixing: answers of links may have come that do not count yet.
    among: all cells of the round, where `cells` are those of some answer channels. missing: of files.
    rows: of files with clusters or replicate weights, which cells cannot hold. variance: its method.
    out_of_date: what is done with more responses than transactions unless a request says otherwise.
    remember: keeps results of a round.
    """

    name: str
    instrument: Instrument
    strata: tuple[str, ...]
    cells: Cells
    frame: Frame | None
    index: str | None = None
    target: float | None = None
    provisional: bool = False
    mixing: bool = False
    among: Cells | None = None
    notes: tuple[Note, ...] = ()
    missing: MissingItems | None = None
    rows: RowEngine | None = None
    variance: str = LINEARIZATION
    out_of_date: OutOfDate = "fail"
    remember: Remember = compute_anew

    def walk_up(self) -> Mask | None:
        """The cells of kiosks and posters; None where the answer channel is not known."""
        channel = self.cells.columns.get("channel")
        if channel is None or "channel" in self.strata:
            return None
        return channel_mask(channel, _WALK_UP)

    def unknown_channels(self) -> Note | None:
        """Note answers whose channel is not known: they count as invited, and may be walk-up answers.

        A column of service channels alone says nothing of how answers came.
        """
        channel = self.cells.columns.get("channel")
        if channel is None or "channel" in self.strata:
            return None
        held = [channel.levels[code] for code in np.unique(channel.codes[channel.codes >= 0]).tolist()]
        unknown = [level for level in held if answer_channel(level) is None]
        if all(map(is_service_channel, held)):
            return None
        mask = level_mask(channel, unknown) | (channel.codes < 0)
        n = int(self.cells.n[mask].sum())
        return CHANNEL_UNKNOWN(n=n, names=named(unknown) or ("–",)) if n else None

    def of_channels(self, channels: Channels) -> "Source":
        """Only what was invited, or only what walked up: the rest is as if it had not been answered."""
        if channels == "all":
            return self
        walk_up = self.walk_up()
        if walk_up is None:
            raise InputError(f"channels: {channels!r} needs a column `channel` that holds the answer channel")
        chosen = self.selected(walk_up if channels == "walk-up" else ~walk_up)
        if self.rows is None:
            return chosen
        walked_up = channel_mask(self.rows.responses.column("channel"), _WALK_UP)
        return replace(chosen, rows=self.rows.keep(walked_up if channels == "walk-up" else ~walked_up))

    def of_flagged(self, flagged: Flagged) -> "Source":
        """Without what was answered too fast to have been read, where that is asked for."""
        if flagged == "include":
            return self
        if self.rows is not None:
            raise InputError(
                "flagged: 'exclude' does not work with clusters or replicate weights; "
                "take the flagged rows out of the file first"
            )
        column = self.cells.columns[FLAG]
        return self.selected(level_mask(column, UNFLAGGED) | (column.codes < 0))

    def selected(self, cells: Mask) -> "Source":
        among = self.cells if self.among is None else self.among
        return replace(self, cells=self.cells.select(cells), among=among)

    def require_cells(self, question: str) -> None:
        """Refuse a question that clusters and replicate weights have no answer to yet."""
        if self.rows is not None:
            raise InputError(f"clusters and replicate weights cannot be compared {question}")

    def where(self, request: EstimateRequest) -> Mask | None:
        """Return the mask of the cells that the request's conditions and period keep."""
        return _kept_by(self.cells.columns, request)

    def engine(self, request: EstimateRequest, weighting: Weighting) -> Engine:
        """Return the engine of estimates for the part that the request's conditions and period keep."""
        if self.rows is None:
            sample = WeightedCells(self.cells, weighting)
            return CellEngine.of(sample.keep(self.where(request), self.where_frame(request)))
        rows = replace(self.rows, relative=weighting.relative)
        kept = _kept_by(rows.responses.columns, request)
        return rows if kept is None else rows.keep(kept)

    def undated(self) -> int:
        """Responses that may lie in the period or outside it: the mix has kept too little of their time."""
        period = self.cells.columns.get(PERIOD)
        return 0 if period is None else int(self.cells.n[period.equals(UNDATED)].sum())

    def where_frame(self, request: EstimateRequest) -> Mask | None:
        """The same of the frame's rows; None where the frame does not know what was asked."""
        if self.frame is None or request.period is not None:
            return None
        if not {name for name, _ in request.where} <= set(self.frame.columns):
            return None
        return _condition_mask(self.frame.columns, request.where)


def _kept_by(columns: Mapping[str, Column], request: EstimateRequest) -> Mask | None:
    """The rows of these columns that the request's conditions and period keep; None for all."""
    kept = _condition_mask(columns, request.where)
    if request.period is None:
        return kept
    in_period = columns[PERIOD].equals(YES)
    return in_period if kept is None else kept & in_period


def _condition_mask(columns: Mapping[str, Column], where: Sequence[tuple[str, str]]) -> Mask | None:
    """Values of one column are alternatives; columns add up. A value that no row has keeps no row."""
    kept: Mask | None = None
    for name in dict.fromkeys(name for name, _ in where):
        mask = level_mask(columns[name], [level for column, level in where if column == name])
        kept = mask if kept is None else kept & mask
    return kept


def level_mask(column: Column, levels: Sequence[str]) -> Mask:
    wanted = [place for place, level in enumerate(column.levels) if level in levels]
    return np.isin(column.codes, wanted)


def channel_mask(column: Column, channels: Sequence[str]) -> Mask:
    """Return the rows of these answer channels, as files write them."""
    return level_mask(column, [level for level in column.levels if answer_channel(level) in channels])


def needed_columns(request: EstimateRequest, strata: Sequence[str]) -> set[str]:
    return {*strata, *request.columns()}
