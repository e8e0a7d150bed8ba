"""How many must we ask? Sample sizes, their allocation to strata, and the draw of whom to invite."""

from sipas.stats.planning.allocation import AllocationMethod, allocate
from sipas.stats.planning.design import Conditions, reach_margin, stratified_margins
from sipas.stats.planning.drawing import Drawn, draw, permanent_numbers
from sipas.stats.planning.sizes import invitations, margins, sample_sizes, slovin

__all__ = [
    "AllocationMethod",
    "Conditions",
    "Drawn",
    "allocate",
    "draw",
    "invitations",
    "margins",
    "permanent_numbers",
    "reach_margin",
    "sample_sizes",
    "slovin",
    "stratified_margins",
]
