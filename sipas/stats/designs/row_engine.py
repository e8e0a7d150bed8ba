"""Estimates row by row, for what cells cannot hold: clusters, replicate weights, continuous auxiliaries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.errors import StatisticsError
from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.cells.scoring import Scoring
from sipas.stats.contrasts.complement import Against
from sipas.stats.contrasts.crosswalk import Mapped, UnitCrosswalk
from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.contrasts.estimate_sets import Pairs, concatenated, estimate_set
from sipas.stats.contrasts.standardized import StandardizedComparison
from sipas.stats.designs.replicates import ReplicateDesign
from sipas.stats.designs.responses import Filter, Responses, filter_rows
from sipas.stats.designs.row_distribution import distribute_rows
from sipas.stats.designs.row_domains import RowDomains, row_domains
from sipas.stats.designs.row_linearise import RowLinearised, linearise_rows
from sipas.stats.designs.row_moments import RowMoments, row_moments
from sipas.stats.designs.taylor import TaylorDesign
from sipas.stats.estimates.distribution import Distribution
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.effective import WeightSums, shrink_towards_one
from sipas.stats.estimates.estimate import Estimates, Found, judge, without_population
from sipas.stats.estimates.homogeneity import intraclass_correlation
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import limits
from sipas.stats.options import Options, Statistic
from sipas.stats.replicates.replicated import Replicated
from sipas.stats.weights.row_population import RowPopulation


@dataclass(frozen=True)
class RowEngine:
    """Responses under a design that needs each of them.

    Parameters
    ----------
    responses : Responses
    design : TaylorDesign or ReplicateDesign
    kept : bool[rows], optional
        The responses that questions are about, as R's `subset` of a design; all if not given.
    relative : bool
        Whether weights add up to no population, but only say how responses relate to each other.
    """

    responses: Responses
    design: TaylorDesign | ReplicateDesign
    kept: BoolArray | None = None
    relative: bool = False

    @property
    def scoring(self) -> Scoring:
        return self.responses.scoring

    def keep(self, rows: BoolArray) -> "RowEngine":
        """Return the engine for questions about these responses; weights, strata and clusters stay."""
        return replace(self, kept=rows if self.kept is None else self.kept & rows)

    def where(self, filter_: Filter) -> "RowEngine":
        if not filter_:
            return self
        return self.keep(filter_rows(self.responses.columns, filter_, len(self.responses)))

    def estimate(
        self, measures: Sequence[Measure], by: Sequence[str], options: Options
    ) -> tuple[Estimates, ...]:
        asked = self._asked(by, options)
        found = [asked.found(measure, options) for measure in measures]
        if not found:
            return ()
        within = limits(self.responses.scoring, options.statistic)
        judged = judge(measures, found, asked.as_domains(), options, within, self.design.is_weighted)
        if self.relative:
            judged = tuple(map(without_population, judged))
        return tuple(map(asked.with_clusters, measures, judged, [options.statistic] * len(judged)))

    def count_domains(self, by: Sequence[str]) -> int:
        return self._domains(by).count

    def joint(self, measure: Measure, by: Sequence[str], options: Options) -> Joint:
        return self._asked(by, options).joint(measure, options)

    def against_all(
        self, measure: Measure, by: Sequence[str], against: Against, options: Options
    ) -> tuple[Joint, Pairs]:
        asked = self._asked(by, options)
        compare = asked.against_whole if against == "whole" else asked.against_rest
        return compare(measure, options)

    def standardized(
        self, measure: Measure, column: str, levels: Sequence[tuple[str, str]], options: Options
    ) -> StandardizedComparison:
        raise _not_with_rows("compared at the same mix of strata")

    def successors(
        self, measure: Measure, by: Sequence[str], unit: str, crosswalk: UnitCrosswalk, options: Options
    ) -> Mapped:
        raise _not_with_rows("mapped to successor units")

    def distribution(self, measure: Measure, by: Sequence[str], options: Options) -> Distribution:
        if options.statistic != "share":
            options = replace(options, statistic="share", ci=None)
        return self._asked(by, options).distribution(measure, options)

    def jackknife(self, measure: Measure, by: Sequence[str], options: Options) -> Replicated:
        raise _not_with_rows("checked by a second opinion")

    def bootstrap(
        self,
        measure: Measure,
        by: Sequence[str],
        options: Options,
        seed: int,
        before_each: Callable[[], None] = lambda: None,
    ) -> Replicated:
        raise _not_with_rows("checked by a second opinion")

    def _asked(self, by: Sequence[str], options: Options) -> "_Asked":
        design = self.design if options.fpc else self.design.without_fpc()
        return _Asked(self.responses, design, self._domains(by))

    def _domains(self, by: Sequence[str]) -> RowDomains:
        inside = self.design.weight > 0
        return row_domains(self.responses, by, inside if self.kept is None else inside & self.kept)


@dataclass(frozen=True)
class _Asked:
    """The responses, their design, and the domains of one question."""

    responses: Responses
    design: TaylorDesign | ReplicateDesign
    domains: RowDomains

    def found(self, measure: Measure, options: Options) -> Found:
        moments, linearised = self._linearise(measure, options.statistic)
        return Found(
            linearised.estimate,
            self._sum_of_squares(linearised),
            self.design.variance(moments, linearised, self.domains, self._counted(moments), options.lonely),
            self._base(measure, moments),
            self._variance_ratio(measure, moments, options.statistic),
            linearised.silent,
        )

    def distribution(self, measure: Measure, options: Options) -> Distribution:
        moments = row_moments(self.responses, measure, "share")
        base, counted = self._base(measure, moments), self._counted(moments)
        return distribute_rows(self.responses, self.design, self.domains, base, counted, measure, options)

    def with_clusters(self, measure: Measure, estimates: Estimates, statistic: Statistic) -> Estimates:
        """Add the clusters that each domain is in and the intraclass correlation, in samples of clusters."""
        if not isinstance(self.design, TaylorDesign) or not self.design.is_clustered:
            return estimates
        counted = self._counted(row_moments(self.responses, measure, statistic))
        clusters = self.design.count_clusters(self.domains, counted)
        n = estimates.n.astype(np.float64)
        deff = np.where(np.isfinite(estimates.deff), estimates.deff, estimates.deff_replace)
        return replace(estimates, clusters=clusters, roh=intraclass_correlation(deff, n, clusters))

    def joint(self, measure: Measure, options: Options) -> Joint:
        moments, linearised = self._linearise(measure, options.statistic)
        if isinstance(self.design, TaylorDesign):
            covariance = self.design.covariance(linearised, self.domains, options.lonely)
        else:
            covariance = self.design.covariance_of(moments, linearised, self.domains)
        found = self.found(measure, options)
        found = replace(found, variance=replace(found.variance, value=np.diag(covariance)))
        within = limits(self.responses.scoring, options.statistic)
        side = estimate_set(found, options.statistic, within, np.zeros(self.domains.count, dtype=np.bool_))
        union_df: IntArray = self.design.union_df(self.domains, self._counted(moments))
        same = np.eye(self.domains.count, dtype=np.bool_)
        return Joint(measure.name, options.statistic, self.domains.by, side, covariance, union_df, same)

    def against_rest(self, measure: Measure, options: Options) -> tuple[Joint, Pairs]:
        """Compare each domain with all others taken together."""
        joint = self.joint(measure, options)
        first, second = np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64)
        apart = [
            replace(self, domains=self.domains.apart(domain)).joint(measure, options).pairs(first, second)
            for domain in range(len(joint))
        ]
        pairs = Pairs(
            statistic=options.statistic,
            first=joint.side,
            second=concatenated([one.second for one in apart]),
            covariance=np.concatenate([one.covariance for one in apart]),
            df=np.concatenate([one.df for one in apart]),
            same=np.zeros(len(joint), dtype=np.bool_),
        )
        return joint, pairs

    def against_whole(self, measure: Measure, options: Options) -> tuple[Joint, Pairs]:
        """Compare each domain with all domains together, itself among them."""
        joint, united = self.joint(measure, options), replace(self, domains=self.domains.united())
        moments, parts = self._linearise(measure, options.statistic)
        whole = united.joint(measure, options).side.at(np.zeros(len(joint), dtype=np.int64))
        if isinstance(self.design, TaylorDesign):
            _, linearised = united._linearise(measure, options.statistic)
            covariance = self.design.covariance_with_whole(parts, self.domains, linearised, options.lonely)
        else:
            covariance = self.design.covariance_with_whole(moments, self.domains)
        pairs = Pairs(
            statistic=options.statistic,
            first=joint.side,
            second=whole,
            covariance=np.where(np.isfinite(joint.side.variance), covariance, np.nan),
            df=whole.df,
            same=(joint.n > 0) & (joint.n == whole.n),
        )
        return joint, pairs

    def as_domains(self) -> Domains:
        """Return the domains as the judgement of estimates wants them: no pools, nothing left out."""
        none = np.zeros(0, dtype=np.int64)
        return Domains(
            by=self.domains.by,
            count=self.domains.count,
            rows=none,
            everything=False,
            domain=none,
            pair=None,
            starts=None,
            pair_domain=none,
            pair_stratum=none,
            domain_starts=none,
            left_out=np.zeros(self.domains.count, dtype=np.int64),
            not_in_frame=np.zeros(self.domains.count),
            cut=np.zeros(self.domains.count, dtype=np.bool_),
            population=RowPopulation.unknown(self.domains.count),
        )

    def _linearise(self, measure: Measure, statistic: Statistic) -> tuple[RowMoments, RowLinearised]:
        moments = row_moments(self.responses, measure, statistic)
        return moments, linearise_rows(moments, self.domains, self.design.weight)

    def _counted(self, moments: RowMoments) -> BoolArray:
        return np.asarray(moments.counted & (self.domains.code >= 0))

    def _sum_of_squares(self, linearised: RowLinearised) -> FloatArray:
        return self.domains.total(self.design.weight * linearised.influence**2)

    def _base(self, measure: Measure, moments: RowMoments) -> WeightSums:
        weight, counted = self.design.weight, self._counted(moments)
        responses = self.domains.total(np.ones(len(weight)))
        answers = self.domains.total(moments.denominators.sum(axis=1))
        squares = np.where(counted, weight**2, 0.0)
        return WeightSums(
            n=_whole(self.domains.total(counted)),
            responses=_whole(responses),
            answered=_whole(self.domains.total(moments.answered)),
            skipped=len(measure.items(self.responses.scoring)) * responses - answers,
            weight=self.domains.total(np.where(counted, weight, 0.0)),
            square=self.domains.total(squares),
            uncertain=self.domains.total(squares * (1 - self.design.fraction)),
            population=self.domains.total(weight),
        )

    def _variance_ratio(self, measure: Measure, moments: RowMoments, statistic: Statistic) -> float:
        """Return d; see `sipas.stats.estimates.effective.answers_variance_ratio`."""
        if measure.item is not None or statistic == "mean":
            return 1.0
        weight = self.design.weight
        everyone = RowDomains({}, 1, np.where(weight > 0, 0, -1))
        linearised = linearise_rows(moments, everyone, weight)
        share = float(linearised.estimate[0])
        sum_of_squares = float(weight @ linearised.influence**2)
        if not 0 < share < 1 or sum_of_squares == 0:
            return 1.0
        kish = weight.sum() ** 2 / (weight @ weight)
        return shrink_towards_one(
            sum_of_squares * weight.sum() / (share * (1 - share)), float(kish * (1 - share))
        )


def _not_with_rows(question: str) -> StatisticsError:
    return StatisticsError(f"clusters and replicate weights cannot be {question}")


def _whole(numbers: FloatArray) -> IntArray:
    return np.rint(numbers).astype(np.int64)
