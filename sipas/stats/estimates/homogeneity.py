"""How alike the responses of one cluster are."""

import numpy as np

from sipas.stats.arrays import FloatArray


def intraclass_correlation(deff: FloatArray, n: FloatArray, clusters: FloatArray) -> FloatArray:
    """Return roh, the rate of homogeneity: (deff − 1) / (b̄ − 1), b̄ = n / clusters.

    Kish 1965, chapter 5.4; of a ratio, deff is that of its linearised variable (Kish and Frankel 1974), and
    of a domain b̄ counts its own members (Kish, Groves and Krotki 1976). It holds all that makes the
    sample differ from a simple random one, unequal weights too. Below 0 where a cluster is as mixed as the
    whole or more.

    Parameters
    ----------
    deff : float64[...]
        Of the estimate, with its clusters.
    n : float64[...]
        Responses that the estimate is of.
    clusters : float64[...]
        First-stage clusters that they are in.

    Returns
    -------
    float64[...]
        NaN where no cluster has two responses, and where deff is not known.
    """
    several = clusters > 0
    size = np.divide(n, clusters, out=np.zeros_like(deff), where=several)
    return np.asarray(np.divide(deff - 1, size - 1, out=np.full_like(deff, np.nan), where=size > 1))
