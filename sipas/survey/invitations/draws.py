"""Draws: each transaction has a permanent random number, and each stratum a sampling rate."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sipas.queries.invitations import Invitation, StratumRate
from sipas.stats.planning.drawing import permanent_numbers
from sipas.survey.columns import SERVICE_CHANNELS

_Stratum = tuple[int | None, int | None, int | None]  # unit, procedure, number of the service channel
_BITS = 53  # that a float holds exactly


def random_numbers(transaction_ids: Sequence[str], seed: int) -> NDArray[np.float64]:
    """Return numbers in [0, 1): the first 53 bits of those that `sipas plan draw` gives the same ids and
    seed.
    """
    upper = permanent_numbers(transaction_ids, str(seed))[:, 0]
    return np.float64(2.0**-_BITS) * (upper >> np.uint64(64 - _BITS)).astype(np.float64)


class SamplingRates:
    """Sampling rates of a round's strata. A stratum that the plan does not name has the round's rate."""

    def __init__(self, invitation: Invitation, strata: Sequence[StratumRate]) -> None:
        self.invitation = invitation
        self.strata: dict[_Stratum, float] = {
            (
                one.unit_id,
                one.procedure_id,
                channel_place(one.service_channel) if one.service_channel else None,
            ): one.rate
            for one in strata
        }
        self.named = {tuple(value is not None for value in stratum) for stratum in self.strata}
        self.found: dict[_Stratum, float] = {}

    def of_all(self, strata: Iterable[_Stratum], number: int) -> NDArray[np.float64]:
        if not self.strata:
            return np.full(number, self.invitation.rate)
        return np.fromiter(map(self.of, strata), np.float64, number)

    def of(self, stratum: _Stratum) -> float:
        rate = self.found.get(stratum)
        if rate is None:
            rate = self.found[stratum] = self.find(stratum)
        return rate

    def find(self, stratum: _Stratum) -> float:
        """Return the rate that matches most of the stratum's columns."""
        for named in sorted(self.named, key=sum, reverse=True):
            unit_id, procedure_id, channel = stratum
            key = (
                unit_id if named[0] else None,
                procedure_id if named[1] else None,
                channel if named[2] else None,
            )
            if key in self.strata:
                return self.strata[key]
        return self.invitation.rate


def channel_place(word: str) -> int:
    """Return the channel's number, from 1, as rows of transactions have it."""
    return SERVICE_CHANNELS.index(word) + 1
