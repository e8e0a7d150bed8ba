"""Linearised variances of domains in samples of clusters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
import scipy

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.designs.row_domains import RowDomains
from sipas.stats.designs.row_linearise import RowLinearised
from sipas.stats.designs.row_moments import RowMoments
from sipas.stats.designs.stage_totals import LonelyCluster, centred, cluster_totals, refuse, rescale
from sipas.stats.designs.stages import RowDesign, Stage
from sipas.stats.estimates.variance import Variance
from sipas.stats.options import Lonely

_DOMAIN_BLOCK_VALUES = 20_000_000  # cluster totals held at once, clusters × domains


@dataclass(frozen=True)
class TaylorDesign:
    """A design whose variances come from linearization, stage by stage.

    V = Σ_h (1 − f_h) n_h / (n_h − 1) Σ_c (z_c − z̄_h)² over the clusters c of stratum h, z_c = Σ w u, plus
    f_h times the same inside each cluster, over the clusters of the next stage, and so on (Särndal, Swensson
    and Wretman 1992, chapter 4.3; R's `svyrecvar`). Where the first stage is drawn with replacement (f = 0),
    it alone counts. After calibration the residual u − a'B takes the place of u, with B fitted under the
    design weights (Deville and Särndal 1992). A stratum with a single cluster adds (1 − f) z² with `adjust`
    and nothing with `certainty`.

    Parameters
    ----------
    rows : RowDesign
    is_weighted : bool
        Whether the weights add up to a population; otherwise every response counts 1.
    """

    rows: RowDesign
    is_weighted: bool = True

    @property
    def weight(self) -> FloatArray:
        """float64[rows]"""
        return self.rows.weight

    @cached_property
    def fraction(self) -> FloatArray:
        """float64[rows]: the part of the first-stage clusters of the row's stratum that was drawn."""
        first = self.rows.stages[0]
        return np.asarray(first.fraction[first.group[first.cluster]])

    @property
    def is_clustered(self) -> bool:
        """Whether a first-stage cluster holds two responses or more."""
        return len(self.rows.stages[0].group) < len(self.rows)

    @property
    def has_fpc(self) -> bool:
        """Whether variances have a finite-population factor."""
        return bool((self.rows.stages[0].fraction > 0).any())

    def count_clusters(self, domains: RowDomains, counted: BoolArray) -> FloatArray:
        """Return float64[domains]: the first-stage clusters that each domain's counted responses are in."""
        first = self.rows.stages[0]
        return np.asarray(_present(domains, counted, first.cluster, len(first.group)).sum(axis=1))

    def without_fpc(self) -> TaylorDesign:
        """Return the design as if first-stage clusters had been drawn with replacement."""
        first = self.rows.stages[0]
        with_replacement = replace(first, fraction=np.zeros_like(first.fraction))
        return replace(self, rows=replace(self.rows, stages=(with_replacement,)))

    def variance(
        self,
        moments: RowMoments,
        linearised: RowLinearised,
        domains: RowDomains,
        counted: BoolArray,
        lonely: Lonely,
    ) -> Variance:
        """Return the variance of every domain."""
        value = np.zeros(domains.count)
        block = max(1, _DOMAIN_BLOCK_VALUES // max(len(stage.group) for stage in self.rows.stages))
        for start in range(0, domains.count, block):
            these = np.arange(start, min(start + block, domains.count))
            for totals, scale in self._stages(linearised, domains, these, lonely):
                value[these] += np.einsum("cd,cd,c->d", totals, totals, scale)
        value[~np.isfinite(linearised.estimate)] = np.nan
        clusters, strata, alone = self._presence(domains, counted)
        n = np.rint(domains.total(counted)).astype(np.int64)
        return Variance(value, clusters - strata, n, alone)

    def covariance(self, linearised: RowLinearised, domains: RowDomains, lonely: Lonely) -> FloatArray:
        """Return float64[domains, domains]: the covariance of the estimates; NaN where there is none."""
        covariance = np.zeros((domains.count, domains.count))
        for totals, scale in self._stages(linearised, domains, np.arange(domains.count), lonely):
            covariance += totals.T @ (totals * scale[:, None])
        unknown = ~np.isfinite(linearised.estimate)
        covariance[unknown], covariance[:, unknown] = np.nan, np.nan
        return covariance

    def covariance_with_whole(
        self, parts: RowLinearised, domains: RowDomains, whole: RowLinearised, lonely: Lonely
    ) -> FloatArray:
        """Return float64[domains]: the covariance of each domain's estimate with that of all together."""
        every, everyone = np.arange(domains.count), domains.united()
        covariance = np.zeros(domains.count)
        stages = zip(
            self._stages(parts, domains, every, lonely),
            self._stages(whole, everyone, np.zeros(1, dtype=np.int64), lonely),
            strict=True,
        )
        for (totals, scale), (of_all, _) in stages:
            covariance += totals.T @ (of_all[:, 0] * scale)
        return covariance

    def union_df(self, domains: RowDomains, counted: BoolArray) -> IntArray:
        """Return int64[domains, domains]: clusters in two domains together less the strata they are in."""
        first = self.rows.stages[0]
        in_cluster = _present(domains, counted, first.cluster, len(first.group))
        in_stratum = _present(domains, counted, first.group[first.cluster], len(first.size))
        return np.asarray(_union(in_cluster) - _union(in_stratum))

    def _presence(self, domains: RowDomains, counted: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return int64[domains] thrice: the clusters, strata and lonely strata that each domain is in."""
        first = self.rows.stages[0]
        in_cluster = _present(domains, counted, first.cluster, len(first.group))
        in_stratum = _present(domains, counted, first.group[first.cluster], len(first.size))
        lonely = ((first.size == 1) & (first.fraction < 1)).astype(np.float64)
        sums = in_cluster.sum(axis=1), in_stratum.sum(axis=1), in_stratum @ lonely
        return cast(tuple[IntArray, IntArray, IntArray], tuple(np.rint(s).astype(np.int64) for s in sums))

    def _stages(
        self, linearised: RowLinearised, domains: RowDomains, these: IntArray, lonely: Lonely
    ) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Yield per stage float64[clusters, domains], centred totals, and float64[clusters], their scale."""
        treatment = _treatment(lonely)
        part = np.ones(len(self.rows.stages[0].size))
        for stage in self.rows.stages:
            alone = (stage.size == 1) & (stage.fraction < 1) & (part > 0)
            if treatment == "fail" and alone.any():
                refuse(stage, alone)
            scale = part * (1 - stage.fraction) * rescale(stage.size)
            if treatment == "certainty":
                scale = np.where(alone, 0.0, scale)
            yield centred(stage, self._totals(stage, linearised, domains, these)), scale[stage.group]
            part = (part * stage.fraction)[stage.group]

    def _totals(
        self, stage: Stage, linearised: RowLinearised, domains: RowDomains, these: IntArray
    ) -> FloatArray:
        """Return float64[clusters, domains]: Σ w u by cluster, of residuals after calibration."""
        place = np.full(domains.count + 1, -1)
        place[these] = np.arange(len(these))
        code = place[domains.code]
        inside = np.flatnonzero(code >= 0)
        values = self.weight[inside] * linearised.influence[inside]
        shape = (len(stage.group), len(these))
        totals = scipy.sparse.coo_array(
            (values, (stage.cluster[inside], code[inside])), shape=shape
        ).toarray()
        if self._regression is None:
            return np.asarray(totals)
        auxiliaries, inverse = self._regression
        shape = (len(self.weight), len(these))
        influence = scipy.sparse.csr_array(
            (self._root[inside] * linearised.influence[inside], (inside, code[inside])), shape=shape
        )
        slopes = inverse @ influence.toarray() if len(these) == 1 else (influence.T @ inverse.T).T
        weighted = cluster_totals(stage.cluster, len(stage.group), self.weight[:, None] * auxiliaries)
        return np.asarray(totals - weighted @ slopes)

    @cached_property
    def _root(self) -> FloatArray:
        calibrated = self.rows.calibrated
        return np.ones(0) if calibrated is None else np.sqrt(calibrated.weight)

    @cached_property
    def _regression(self) -> tuple[FloatArray, FloatArray] | None:
        """The auxiliaries, and the pseudo-inverse that gives slopes from √d u (d the design weights)."""
        calibrated = self.rows.calibrated
        if calibrated is None:
            return None
        inverse = np.linalg.pinv(self._root[:, None] * calibrated.auxiliaries)
        return calibrated.auxiliaries, np.asarray(inverse, dtype=np.float64)


def _treatment(lonely: Lonely) -> LonelyCluster:
    if lonely == "average":
        raise StatisticsError(
            "lonely='average' is not available with clusters; choose adjust, certainty, remove or fail"
        )
    return "certainty" if lonely == "remove" else lonely


def _present(domains: RowDomains, counted: BoolArray, group: IntArray, groups: int) -> scipy.sparse.csr_array:
    """Return sparse float64[domains, groups]: 1 where a domain has a counted response of the group."""
    rows = np.flatnonzero(counted & (domains.code >= 0))
    shape = (domains.count, groups)
    present = scipy.sparse.csr_array((np.ones(len(rows)), (domains.code[rows], group[rows])), shape=shape)
    present.sum_duplicates()
    present.data[:] = 1.0
    return present


def _union(present: scipy.sparse.csr_array) -> IntArray:
    """Return int64[domains, domains]: how many groups are in either of two domains."""
    each = np.asarray(present.sum(axis=1))
    both = (present @ present.T).toarray()
    return np.asarray(np.rint(each[:, None] + each - both), dtype=np.int64)
