"""Ranks of what a survey estimates: only of what is reliable, and shares as they can be told apart."""

from dataclasses import replace

import numpy as np

from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.estimates.reliability import RELIABLE_FROM_RESPONSES
from sipas.stats.ranking.ranks import RANK_DRAWS, Ranks, rank_domains
from sipas.stats.ranking.scale import soften_shares


def rank_joint(joint: Joint, level: float = 0.95, draws: int = RANK_DRAWS, seed: int = 1) -> Ranks:
    """Ranks of jointly estimated domains; those of fewer than 30 effective answers or not reliable have none.

    Nor has what lacks a value of a column: it is no unit.

    Ranks are those of the estimates. For shares the ranges come from differences of softened shares
    (see `soften_shares`): a unanimous domain is not sure of its place.

    Parameters
    ----------
    joint : Joint
        From `estimate_jointly`, without finite-population factor.
    level, draws, seed
        As in `rank_domains`.

    Raises
    ------
    StatisticsError
        A level out of bounds, or too few draws for it.
    """
    estimate, covariance = joint.estimate, joint.covariance
    if joint.statistic == "share":
        estimate, covariance = soften_shares(estimate, covariance, joint.n_effective)
    ranked = joint.reliable & (joint.n_effective >= RELIABLE_FROM_RESPONSES)
    for column in joint.by.values():
        ranked = ranked & (column.codes >= 0)
    found = rank_domains(estimate, covariance, joint.df, ranked, level, draws, seed)
    rank, places = np.full(len(joint), np.nan), np.flatnonzero(found.ranked)
    rank[places] = 1 + (joint.estimate[places][:, None] < joint.estimate[places]).sum(axis=1)
    # Softening may change the order of two that are close; a range always holds the rank it is for.
    return replace(
        found,
        rank=rank,
        low=np.minimum(found.low, rank),
        high=np.maximum(found.high, rank),
        low_simultaneous=np.minimum(found.low_simultaneous, rank),
        high_simultaneous=np.maximum(found.high_simultaneous, rank),
        low_joint=np.minimum(found.low_joint, rank),
        high_joint=np.maximum(found.high_joint, rank),
    )
