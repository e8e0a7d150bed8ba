"""Parts of a batch: the valid event of each transaction, and counts of transactions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sipas.queries.transaction_events import (
    EVENT_RECORD,
    POSTGRES_EPOCH_MICROSECONDS,
    TALLY_RECORD,
    TransactionEvents,
    new_rows,
)
from sipas.survey.invitations.event_reader import DAY_MICROSECONDS, LOCAL_OFFSET_MICROSECONDS, EventRows
from sipas.survey.invitations.places import Int64Array

_TALLY_KEY = ("round_id", "unit_id", "procedure_id", "channel", "month", "on_time", "cancelled", "drawn")
_CONTENT = ("completed_at", "unit_id", "procedure_id", "channel", "on_time")
_KEY_MINIMUM = np.array([0, 0, 0, 0, 0, -1, 0, -1], np.int64)[:, None]


def join_events(events: Sequence[TransactionEvents]) -> TransactionEvents:
    """Return one event for each transaction: the last change; of simultaneous ones a cancellation, else the
    later one.

    Events are in the order of their hashes, in which the database stores them fastest.
    """
    rows = np.concatenate([new_rows(EVENT_RECORD, 0), *(one.rows for one in events)], dtype=EVENT_RECORD)
    upper, lower = _halves(rows["id_hash"])
    order = np.argsort(upper)
    contradictions: tuple[tuple[int, int], ...] = ()
    if (upper[order[1:]] == upper[order[:-1]]).any():
        changed_at = rows["changed_at"].astype(np.int64)
        order = np.lexsort((rows["place"], rows["cancelled"], changed_at, lower, upper))
        following = order[1:]
        last = (upper[following] != upper[order[:-1]]) | (lower[following] != lower[order[:-1]])
        contradictions = _contradictions(rows[order[:-1]], rows[following], ~last)
        order = order[np.append(last, True)]
    phones = [phone for one in events for phone in one.phones]
    return TransactionEvents(rows[order], phones, contradictions)


def _contradictions(
    earlier: EventRows, later: EventRows, same: NDArray[np.bool_]
) -> tuple[tuple[int, int], ...]:
    """Return the places of events about the same transaction that differ and were changed at one time.

    A cancellation follows its transaction and contradicts nothing.
    """
    differ = np.zeros(len(same), bool)
    for name in _CONTENT:
        differ |= earlier[name] != later[name]
    at_once = same & (earlier["changed_at"] == later["changed_at"]) & ~later["cancelled"]
    found = np.flatnonzero(at_once & differ)
    return tuple(zip(earlier["place"][found].tolist(), later["place"][found].tolist(), strict=True))


def _halves(hashes: EventRows) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return hashes of 16 bytes as two columns of numbers, in the order of the bytes."""
    upper, lower = np.ascontiguousarray(hashes).view(">u8").astype(np.uint64).reshape(-1, 2).T
    return upper, lower


class EventTally:
    """Counts of additional transactions by stratum and month, as if every event were new."""

    def __init__(self) -> None:
        self.key, self.n = np.empty((len(_TALLY_KEY), 0), np.int64), np.empty(0, np.int64)

    def add(self, events: TransactionEvents) -> None:
        rows = events.rows
        here = {name: rows[name] for name in _TALLY_KEY if name != "month"} | {
            "month": _months(rows["completed_at"])
        }
        key = np.concatenate(
            [self.key, np.stack([here[name].astype(np.int64) for name in _TALLY_KEY])], axis=1
        )
        n = np.concatenate([self.n, np.ones(len(rows), np.int64)])
        self.key, self.n = _summed(key, n)

    def rows(self) -> EventRows:
        rows = new_rows(TALLY_RECORD, len(self.n))
        for name, values in zip(_TALLY_KEY, self.key, strict=True):
            rows[name] = values
        rows["month"] = _first_days(self.key[_TALLY_KEY.index("month")])
        rows["n"] = self.n
        return rows


def _summed(key: Int64Array, n: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Return each key once, with its sum."""
    shape = tuple((key - _KEY_MINIMUM).max(axis=1, initial=0) + 1)
    code, place = np.unique(np.ravel_multi_index(tuple(key - _KEY_MINIMUM), shape), return_inverse=True)
    return np.stack(np.unravel_index(code, shape)) + _KEY_MINIMUM, np.bincount(place, weights=n).astype(
        np.int64
    )


def _months(moments: EventRows) -> Int64Array:
    """Return months of Vietnam's calendar, counted from January 1970. moments: as the database has them."""
    days = (
        moments.astype(np.int64) + POSTGRES_EPOCH_MICROSECONDS + LOCAL_OFFSET_MICROSECONDS
    ) // DAY_MICROSECONDS
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_days(months: Int64Array) -> Int64Array:
    """Return the first days of months as the database has them, counted from January 2000."""
    return (
        months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        - POSTGRES_EPOCH_MICROSECONDS // DAY_MICROSECONDS
    )
