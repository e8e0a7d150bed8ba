"""Days of responses, coarsened until enough responses of a unit share them."""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sipas.report.export.export_table import Codes
from sipas.survey.links.coarsening import TIME_LEVELS, TimeKept, first_day
from sipas.survey.segments.keyed import Keyed
from sipas.survey.segments.response_columns import ResponseColumns

_COARSER: tuple[TimeKept, ...] = ("week", "month")


class CoarseDates(NamedTuple):
    """dates: the first day of what is kept; none where only the round is. kept: places in TIME_LEVELS.

    coarsened: rows that keep less than the database.
    """

    dates: Keyed[date]
    kept: Codes
    coarsened: int


def coarsen_dates(responses: ResponseColumns, fewest: int) -> CoarseDates:
    """Keep a day if that many responses of the unit share it, else its week, else its month.

    Days that were coarsened when they were stored stay as they are.
    """
    days, unit = responses.keys["day"], responses.keys["unit"].codes
    stored = _stored_levels(responses.keys["time_kept"])
    kept = stored.copy()
    exact = stored == TIME_LEVELS.index("day")
    lacking = exact & ~_shared(unit, days.codes, exact, fewest)
    dates = np.array([*days.values, date.min], "datetime64[D]")[days.codes]
    for level in _COARSER:
        firsts = [first_day(day, level) for day in days.values]
        values, places = np.unique(np.array([*firsts, date.min], "datetime64[D]"), return_inverse=True)
        codes = places[days.codes]
        dates[lacking] = values[codes[lacking]]
        kept[lacking] = TIME_LEVELS.index(level)
        lacking &= ~_shared(unit, codes, exact, fewest)
    return CoarseDates(_known_dates(dates, kept), kept, int((kept != stored).sum()))


def _stored_levels(kept: Keyed[str]) -> Codes:
    """Return for each response the place in TIME_LEVELS of what is stored: the day by default."""
    places = {str(level): place for place, level in enumerate(TIME_LEVELS)}
    return np.array([*(places[value] for value in kept.values), 0], np.int8)[kept.codes]


def _shared(unit: Codes, times: Codes, counted: NDArray[np.bool_], fewest: int) -> NDArray[np.bool_]:
    """Whether as many counted responses of the unit have the same time."""
    width = int(times.max(initial=0)) + 2
    key = (unit.astype(np.int64) + 1) * width + times + 1
    _, place = np.unique(key, return_inverse=True)
    return np.asarray((np.bincount(place, counted) >= fewest)[place])


def _known_dates(dates: NDArray[np.datetime64], kept: Codes) -> Keyed[date]:
    values, codes = np.unique(dates, return_inverse=True)
    known: list[date] = values.astype(object).tolist()
    return Keyed(codes.astype(np.int32), tuple(known)).without(kept == TIME_LEVELS.index("round"))
