"""Ranks of domains, each with the range of ranks that the estimates allow."""

from sipas.stats.ranking.joint import rank_joint
from sipas.stats.ranking.pairs import overlap_ranks
from sipas.stats.ranking.ranks import RANK_DRAWS, Ranks, rank_domains
from sipas.stats.ranking.scale import soften_shares

__all__ = ["RANK_DRAWS", "Ranks", "overlap_ranks", "rank_domains", "rank_joint", "soften_shares"]
