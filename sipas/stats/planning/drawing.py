"""Draw a stratified random sample of transactions to invite. The list and the seed repeat the draw."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from sipas.errors import StatisticsError
from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.listing import listing
from sipas.stats.planning import given

_DIGEST_BYTES = 16  # bytes: two equal numbers are out of the question


@dataclass(frozen=True)
class Drawn:
    """Whom to invite.

    Parameters
    ----------
    rows : int64[invited]
        By stratum, and in each in the order of their random numbers: the first k of a stratum are
        what a draw of k would have been.
    probability : float64[invited]
        Of being invited, n_h / N_h.
    """

    rows: IntArray
    probability: FloatArray


def permanent_numbers(identifiers: Sequence[str], seed: str) -> NDArray[np.uint64]:
    """The random number that each transaction keeps whatever list it stands in (Ohlsson 1995).

    BLAKE2b (RFC 7693) of 16 bytes over the identifier in UTF-8; its key is BLAKE2b of 64 bytes over the
    seed in UTF-8.

    Parameters
    ----------
    identifiers : sequence of str
    seed : str

    Returns
    -------
    uint64[transactions, 2]
        The upper and the lower half of each number.
    """
    keyed = blake2b(key=blake2b(seed.encode()).digest(), digest_size=_DIGEST_BYTES)
    digests = bytearray()
    for identifier in identifiers:
        one = keyed.copy()
        one.update(identifier.encode())
        digests += one.digest()
    return np.frombuffer(bytes(digests), ">u8").astype(np.uint64).reshape(-1, 2)


def draw(
    identifiers: Sequence[str],
    stratum: IntArray,
    size: IntArray,
    seed: str,
    label: Callable[[int], str] = str,
) -> Drawn:
    """Draws the n_h transactions of each stratum that have the smallest permanent random numbers.

    Every set of n_h is equally likely over seeds (sequential simple random sampling; Ohlsson 1995). The
    result depends on the identifiers, strata, sizes and seed alone: not on the order of the list, nor on a
    library's generator.

    Parameters
    ----------
    identifiers : sequence of str
        Of the transactions, all different.
    stratum : int64[transactions]
    size : int64[strata]
        n_h, how many of each to invite.
    seed : str
        Any text. It repeats the draw, so keep it secret until the draw is made.
    label : callable
        What a stratum is called in errors.

    Returns
    -------
    Drawn

    Raises
    ------
    StatisticsError
        Identifiers that stand twice, strata with fewer transactions than are to be invited or not
        among the sizes, or an empty seed.
    """
    size = given.counts("the number to invite", size)
    given.require("the stratum", stratum, (stratum >= 0) & (stratum < len(size)), "must be one of the sizes'")
    if len(stratum) != len(identifiers):
        raise StatisticsError(f"{len(identifiers)} transactions have {len(stratum)} strata")
    if not seed:
        raise StatisticsError("the seed is empty; choose any text, and write it down")
    _refuse_repeats(identifiers)
    there = np.bincount(stratum, minlength=len(size)).astype(np.int64)
    _refuse_shortage(there, size, label)
    number = permanent_numbers(identifiers, seed)
    order = np.lexsort((number[:, 1], number[:, 0], stratum)).astype(np.int64)
    of = stratum[order]
    place = np.arange(len(order)) - (np.cumsum(there) - there)[of]
    rows = order[place < size[of]]
    return Drawn(rows, size[stratum[rows]] / there[stratum[rows]])


def _refuse_repeats(identifiers: Sequence[str]) -> None:
    if len(set(identifiers)) < len(identifiers):
        repeated = [name for name, times in Counter(identifiers).items() if times > 1]
        raise StatisticsError(f"transactions that stand in the list more than once: {listing(repeated)}")


def _refuse_shortage(there: IntArray, size: IntArray, label: Callable[[int], str]) -> None:
    short = np.flatnonzero(size > there).tolist()
    if short:
        strata = listing([f"{label(h)} ({size[h]} of {there[h]})" for h in short])
        raise StatisticsError(f"more are to be invited than there are transactions: {strata}")
