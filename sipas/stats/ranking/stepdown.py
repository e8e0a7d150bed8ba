"""Which of two domains is surely the higher: step-down tests with the draws that they are judged by.

Domains are in falling order of their estimates, so that of each pair one direction alone can be
rejected: that the first is not the higher. The other direction stays in every maximum.
"""

import numpy as np
from numpy.typing import NDArray

from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.ranking.pairs import RankPairs

Errors = NDArray[np.float32]  # chance has far fewer digits


def draw_errors(pairs: RankPairs, draws: int, seed: int) -> Errors:
    """float32[domains, draws]: errors of the estimates, from the multivariate normal distribution."""
    random = np.random.Generator(np.random.PCG64(seed))
    return (pairs.root @ random.standard_normal((draws, len(pairs))).T).astype(np.float32)


def step_down(pairs: RankPairs, errors: Errors, level: float) -> tuple[BoolArray, BoolArray]:
    """Pairs of domains (row, column) that differ significantly.

    Mogstad, Romano, Shaikh and Wilhelm (2024), algorithm 3.2, as R's `csranks`: all differences in
    both directions are tested against the quantile of their maximum; then, without those rejected,
    against that of the maximum of the rest, until nothing more is rejected (Romano and Wolf 2005).
    Draws cost domains² · draws operations, and domains · draws numbers of memory.

    Parameters
    ----------
    errors : float32[domains, draws]

    Returns
    -------
    alone : bool[domains, domains]
        By a family of tests for each row, which holds for the rank of its domain alone.
    together : bool[domains, domains]
        By one family, which holds for the ranks of all domains at once.
    """
    alone = np.zeros_like(pairs.distance, dtype=np.bool_)
    backward, forward = np.zeros((2, errors.shape[1]), np.float32)
    for domain in range(len(pairs)):
        apart = _signed(pairs, errors, domain)
        here = -apart.min(axis=0)
        alone[domain] = _family(pairs.distance[domain], apart, here, level)
        np.maximum(backward, here, out=backward)
        np.maximum(forward, apart.max(axis=0), out=forward)
    together = np.zeros_like(alone)
    while True:
        found = pairs.distance > np.quantile(np.maximum(backward, forward), level)
        if (found == together).all():
            return alone, together
        together, forward = found, _widest_left(pairs, errors, found)


def _signed(pairs: RankPairs, errors: Errors, domain: int) -> Errors:
    """float32[domains, draws]: studentised differences to a domain, always the higher less the lower."""
    apart: Errors = errors - errors[domain]
    away = pairs.precision[domain].astype(np.float32)
    away[domain:] *= -1
    apart *= away[:, None]
    return apart


def _family(distance: FloatArray, apart: Errors, backward: Errors, level: float) -> BoolArray:
    """bool[domains]: what the differences to one domain alone reject."""
    rejected, forward = np.zeros(len(distance), dtype=np.bool_), apart.max(axis=0)
    while True:
        found: BoolArray = distance > np.quantile(np.maximum(backward, forward), level)
        if (found == rejected).all():
            return found
        rejected, forward = found, apart[~found].max(axis=0)


def _widest_left(pairs: RankPairs, errors: Errors, rejected: BoolArray) -> Errors:
    """float32[draws]: the maximum of the differences, higher less lower, that are not rejected."""
    widest = np.zeros(errors.shape[1], np.float32)
    for domain in range(len(pairs) - 1):
        left = domain + 1 + np.flatnonzero(~rejected[domain, domain + 1 :])
        if len(left):
            apart = (errors[domain] - errors[left]) * pairs.precision[domain, left].astype(np.float32)[
                :, None
            ]
            np.maximum(widest, apart.max(axis=0), out=widest)
    return widest
