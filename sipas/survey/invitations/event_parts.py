"""A part of what was told: the event that holds of each transaction, and how many transactions that makes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sipas.queries.transaction_events import EPOCH, RECORD, TALLY, Told, new_rows
from sipas.survey.invitations.event_reader import DAY, EAST, Rows
from sipas.survey.invitations.places import Integers

KEY = ("round_id", "unit_id", "procedure_id", "channel", "month", "on_time", "cancelled", "drawn")
LEAST = np.array([0, 0, 0, 0, 0, -1, 0, -1], np.int64)[:, None]


def join_parts(told: Sequence[Told]) -> Told:
    """One event of each transaction: that which changed last; of two that changed at once a cancellation;
    else the one told last. In the order of their hashes: so the database stores them quickest."""
    rows = np.concatenate([new_rows(RECORD, 0), *(one.rows for one in told)], dtype=RECORD)
    upper, lower = halves(rows["id_hash"])
    order = np.argsort(upper)
    if (upper[order[1:]] == upper[order[:-1]]).any():
        changed_at = rows["changed_at"].astype(np.int64)
        order = np.lexsort((rows["place"], rows["cancelled"], changed_at, lower, upper))
        following = order[1:]
        last = (upper[following] != upper[order[:-1]]) | (lower[following] != lower[order[:-1]])
        order = order[np.append(last, True)]
    return Told(rows[order], [phone for one in told for phone in one.phones])


def halves(hashes: Rows) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Of 16 bytes each, as numbers in the order of the bytes."""
    upper, lower = np.ascontiguousarray(hashes).view(">u8").astype(np.uint64).reshape(-1, 2).T
    return upper, lower


class Tally:
    """How many transactions there are more by stratum and month, as if all that is told were new."""

    def __init__(self) -> None:
        self.key, self.n = np.empty((len(KEY), 0), np.int64), np.empty(0, np.int64)

    def add(self, told: Told) -> None:
        rows = told.rows
        here = {name: rows[name] for name in KEY if name != "month"} | {"month": months(rows["completed_at"])}
        key = np.concatenate([self.key, np.stack([here[name].astype(np.int64) for name in KEY])], axis=1)
        n = np.concatenate([self.n, np.ones(len(rows), np.int64)])
        self.key, self.n = summed(key, n)

    def rows(self) -> Rows:
        rows = new_rows(TALLY, len(self.n))
        for name, values in zip(KEY, self.key, strict=True):
            rows[name] = values
        rows["month"] = first_days(self.key[KEY.index("month")])
        rows["n"] = self.n
        return rows


def summed(key: Integers, n: Integers) -> tuple[Integers, Integers]:
    """Each key once."""
    shape = tuple((key - LEAST).max(axis=1, initial=0) + 1)
    code, place = np.unique(np.ravel_multi_index(tuple(key - LEAST), shape), return_inverse=True)
    return np.stack(np.unravel_index(code, shape)) + LEAST, np.bincount(place, weights=n).astype(np.int64)


def months(moments: Rows) -> Integers:
    """Of Vietnam's calendar, from January 1970 on. moments: as the database has them."""
    days = (moments.astype(np.int64) + EPOCH + EAST) // DAY
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def first_days(months: Integers) -> Integers:
    """As the database has them, from January 2000 on."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - EPOCH // DAY
