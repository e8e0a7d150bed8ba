"""How many must we ask? Sample sizes, their allocation, and draws of transactions and households."""

from sipas.stats.planning.allocation import AllocationMethod, allocate
from sipas.stats.planning.cluster_sizes import (
    ClusterConditions,
    ClusterSample,
    clusters_for_margin,
    margin_of_clusters,
    nested_design_effect,
    optimal_cluster_size,
)
from sipas.stats.planning.clusters import ClusterOrder, DrawnClusters, certain_clusters, draw_clusters
from sipas.stats.planning.design import Conditions, reach_margin, stratified_margins
from sipas.stats.planning.drawing import Drawn, draw, permanent_numbers
from sipas.stats.planning.households import (
    base_weights,
    kish_grid,
    person_weights,
    response_factors,
)
from sipas.stats.planning.sizes import invitations, margins, sample_sizes, slovin

__all__ = [
    "AllocationMethod",
    "ClusterConditions",
    "ClusterOrder",
    "ClusterSample",
    "Conditions",
    "Drawn",
    "DrawnClusters",
    "allocate",
    "base_weights",
    "certain_clusters",
    "clusters_for_margin",
    "draw",
    "draw_clusters",
    "invitations",
    "kish_grid",
    "margin_of_clusters",
    "margins",
    "nested_design_effect",
    "optimal_cluster_size",
    "permanent_numbers",
    "person_weights",
    "reach_margin",
    "response_factors",
    "sample_sizes",
    "slovin",
    "stratified_margins",
]
