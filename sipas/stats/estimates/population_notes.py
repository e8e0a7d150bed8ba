"""Notes on rows whose own population is covered in part, pooled far, or stands on raised counts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from sipas.stats import notes
from sipas.stats.arrays import BoolArray, FloatArray
from sipas.stats.estimates.domains import Domains
from sipas.stats.notes import Note, NoteKind

# Digits of a share in a note.
_SHARE_DIGITS = 4
_LEAST_SHARE = 0.5 / 10**_SHARE_DIGITS  # less is rounding


def population_notes(domains: Domains, silent: BoolArray) -> Mapping[int, tuple[Note, ...]]:
    """For each domain that needs some, what there is to say of its population and of responses left out.

    Parameters
    ----------
    domains : Domains
    silent : bool[domains]
        Those without a response, of which that alone is said.
    """
    found: dict[int, tuple[Note, ...]] = defaultdict(tuple)
    for kind, where, share in _facts(domains):
        for domain in np.flatnonzero(where & ~silent).tolist():
            found[domain] += (kind(share=round(float(share[domain]), _SHARE_DIGITS)),)
    for domain in np.flatnonzero((domains.left_out > 0) & ~silent).tolist():
        found[domain] += (notes.UNPLACED(n=int(domains.left_out[domain])),)
    for domain in np.flatnonzero(domains.percent_frame & ~silent).tolist():
        found[domain] += (notes.FRAME_PERCENT,)
    return found


def _facts(domains: Domains) -> Iterator[tuple[NoteKind, BoolArray, FloatArray]]:
    population = domains.population
    pooled = population.share(np.maximum(population.taken, population.joined))
    yield notes.POOLED_FAR, population.much_taken_in, pooled
    some = population.pooled_share
    yield notes.POOLED_SHARE, (some > _LEAST_SHARE) & ~population.much_taken_in, some
    yield notes.NOT_COVERED, population.much_left_out, 1 - population.coverage
    left_out = 1 - population.coverage
    yield notes.PARTLY_COVERED, (left_out > _LEAST_SHARE) & ~population.much_left_out, left_out
    raised = population.share(population.raised)
    yield notes.RAISED_SHARE, population.much_raised, raised
    yield notes.RAISED_LITTLE, population.little_raised, raised
    yield notes.NOT_IN_FRAME_SHARE, domains.many_not_in_frame, domains.not_in_frame
