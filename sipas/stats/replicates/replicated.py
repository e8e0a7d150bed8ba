"""Results of replicates."""

from collections.abc import Mapping
from dataclasses import dataclass

from sipas.stats.arrays import FloatArray, IntArray
from sipas.stats.cells.columns import Column


@dataclass(frozen=True)
class Replicated:
    """One measure in every domain, with standard errors from replicates.

    Parameters
    ----------
    measure : str
    by : mapping of str to Column
        The key of each domain, as in `sipas.stats.Estimates`.
    estimate : float64[domains]
    se : float64[domains]
        NaN where there is no estimate, or a replicate leaves no answer in the domain.
    df : int64[domains]
        Respondents less variance strata, as for the linearised standard error.
    lonely : int64[domains]
        Variance strata with one response that are no complete counts.
    replicates : int
        How many were made.
    """

    measure: str
    by: Mapping[str, Column]
    estimate: FloatArray
    se: FloatArray
    df: IntArray
    lonely: IntArray
    replicates: int
