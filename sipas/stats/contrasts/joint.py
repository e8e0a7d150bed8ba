"""Estimates with their covariances: of the domains that columns make, and of any masks of cells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, IntArray
from sipas.stats.cells.cells import Cells
from sipas.stats.cells.columns import Column
from sipas.stats.contrasts.domain_unions import DomainUnions, Joint, join_domains, join_parts
from sipas.stats.contrasts.totals import find_totals
from sipas.stats.estimates.domains import Domains, find_domains
from sipas.stats.estimates.measures import Measure
from sipas.stats.options import OPTIONS_WITHOUT_FPC, Options
from sipas.stats.weights.weighted_cells import WeightedCells

_REGION_COLUMN = "(region)"  # the column of cells that tells which masks they are in
_PARTS_MOST = 60  # more masks than bits of a code


@dataclass(frozen=True)
class Part:
    """A domain given by its cells, and what is measured there.

    Parameters
    ----------
    name : str
    measure : Measure
    cells : bool[cells]
    """

    name: str
    measure: Measure
    cells: BoolArray


def estimate_jointly(
    sample: WeightedCells,
    measure: Measure,
    by: Sequence[str],
    options: Options = OPTIONS_WITHOUT_FPC,
) -> Joint:
    """A measure in each combination of some columns, with the covariance of every two.

    For disjoint domains Cov(A, B) = −Σ_h (1 − f_h) / (n_h − 1) z_Ah z_Bh over the strata that both
    are in; on the diagonal stand the variances of `sipas.stats.estimates.estimate` (Särndal, Swensson and
    Wretman 1992, chapters 3.7 and 5.5).

    Parameters
    ----------
    sample, measure, by
        As in `sipas.stats.estimates.estimate`.
    options : Options
        Comparisons leave finite-population factors off: they speak about the service, not about the
        transactions that happen to have been counted.

    Returns
    -------
    Joint
        Domains in the order that `sipas.stats.estimates.estimate` gives them.

    Raises
    ------
    StatisticsError
        Unknown columns, or a lonely stratum with `fail`.
    """
    return join_domains(find_totals(sample, (measure,), find_domains(sample, by), options))


def estimate_parts(
    sample: WeightedCells,
    parts: Sequence[Part],
    options: Options = OPTIONS_WITHOUT_FPC,
) -> Joint:
    """Measures in domains that may overlap, such as a unit and the whole city, with all covariances.

    A respondent of both A and B pulls on their difference by e_i = 1_A (y − R_A x) / X_A −
    1_B (y − R_B x) / X_B. Every combination of the domains is looked at once.

    Parameters
    ----------
    parts : sequence of Part
        At most 60. Their measures may differ where all are of factors: cells hold no products of
        two items.
    options
        As in `estimate_jointly`.

    Returns
    -------
    Joint
        In the order of the parts; its key is the column `part`.

    Raises
    ------
    StatisticsError
        No part or too many, a mask of another length, a name given twice, or measures that cells
        cannot hold against each other.
    """
    _check_parts(sample.cells, parts)
    region = np.zeros(len(sample), dtype=np.int64)
    for bit, part in enumerate(parts):
        region |= part.cells.astype(np.int64) << bit
    domains, codes = _find_regions(sample, region)
    measures = list(dict.fromkeys(part.measure for part in parts))
    totals = find_totals(sample, measures, domains, options)
    inside = np.array([[code >> bit & 1 for code in codes] for bit in range(len(parts))], dtype=np.float64)
    return join_parts(
        totals,
        DomainUnions(
            scipy.sparse.csr_array(inside.reshape(len(parts), len(codes))),
            np.array([measures.index(part.measure) for part in parts]),
            {"part": Column(np.arange(len(parts), dtype=np.int32), tuple(part.name for part in parts))},
        ),
    )


def _check_parts(cells: Cells, parts: Sequence[Part]) -> None:
    if not 0 < len(parts) <= _PARTS_MOST:
        raise StatisticsError(f"give between 1 and {_PARTS_MOST} domains, not {len(parts)}")
    for part in parts:
        if part.cells.shape != (len(cells),):
            raise StatisticsError(
                f"domain {part.name}: which cells it has must be said for all {len(cells)} of them"
            )


def _find_regions(sample: WeightedCells, region: IntArray) -> tuple[Domains, list[int]]:
    """The distinct combinations of masks as domains, and the bits of each; 0, in none of them, is none."""
    codes, place = np.unique(region, return_inverse=True)
    column = Column(place.astype(np.int32), tuple(str(code) for code in codes.tolist()))
    cells = replace(sample.cells, columns={**sample.cells.columns, _REGION_COLUMN: column})
    domains = find_domains(WeightedCells(cells, sample.weighting, region > 0), (_REGION_COLUMN,))
    return domains, [int(codes[code]) for code in domains.by[_REGION_COLUMN].codes.tolist()]
