"""Estimates row by row, for what cells cannot hold: clusters, replicate weights, continuous auxiliaries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sipas.stats.arrays import BoolArray, FloatArray, IntArray
from sipas.stats.contrasts.parts import Joint
from sipas.stats.contrasts.sides import side_of
from sipas.stats.designs.replicates import ReplicateDesign
from sipas.stats.designs.responses import Filter, Responses, filter_rows
from sipas.stats.designs.row_domains import RowDomains, row_domains
from sipas.stats.designs.row_linearise import RowLinearised, linearise_rows
from sipas.stats.designs.row_moments import RowMoments, row_moments
from sipas.stats.designs.taylor import TaylorDesign
from sipas.stats.estimates.domains import Domains
from sipas.stats.estimates.effective import Worth, learnt_from_few
from sipas.stats.estimates.estimate import Estimates, Found, judge
from sipas.stats.estimates.measures import Measure
from sipas.stats.estimates.moments import Statistic, limits
from sipas.stats.estimates.variance import Variance
from sipas.stats.estimates.verdict import Options
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
    """

    responses: Responses
    design: TaylorDesign | ReplicateDesign
    kept: BoolArray | None = None

    def keep(self, rows: BoolArray) -> "RowEngine":
        """Return the engine for questions about these responses; weights, strata and clusters stay."""
        return replace(self, kept=rows if self.kept is None else self.kept & rows)

    def estimate(
        self, measures: Sequence[Measure], by: Sequence[str], where: Filter, options: Options
    ) -> tuple[Estimates, ...]:
        """Return each measure in every combination of the `by` columns; see `estimates.estimate`."""
        options.check()
        asked = self._asked(by, where, options)
        found = [asked.found(measure, options) for measure in measures]
        if not found:
            return ()
        within = limits(self.responses.scoring, options.statistic)
        return judge(measures, found, asked.as_domains(), options, within, self.design.is_weighted)

    def joint(self, measure: Measure, by: Sequence[str], where: Filter, options: Options) -> Joint:
        """Return a measure by domain with all covariances; see `sipas.stats.contrasts.estimate_jointly`."""
        options.check()
        return self._asked(by, where, options).joint(measure, options)

    def _asked(self, by: Sequence[str], where: Filter, options: Options) -> "_Asked":
        inside = filter_rows(self.responses.columns, where, len(self.responses)) & (self.design.weight > 0)
        if self.kept is not None:
            inside &= self.kept
        design = self.design if options.fpc else self.design.without_fpc()
        return _Asked(self.responses, design, row_domains(self.responses, by, inside))


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
            self._spread(linearised),
            self.design.variance(moments, linearised, self.domains, self._counted(moments), options.lonely),
            self._base(measure, moments),
            self._worth_of_answers(measure, moments, options.statistic),
        )

    def joint(self, measure: Measure, options: Options) -> Joint:
        moments, linearised = self._linearise(measure, options.statistic)
        counted = self._counted(moments)
        if isinstance(self.design, TaylorDesign):
            covariance = self.design.covariance(linearised, self.domains, options.lonely)
        else:
            covariance = self.design.covariance_of(moments, linearised, self.domains)
        variance = self.design.variance(moments, linearised, self.domains, counted, options.lonely)
        side = side_of(
            options.statistic,
            limits(self.responses.scoring, options.statistic),
            linearised.estimate,
            Variance(np.diag(covariance), variance.df, variance.n, variance.lonely),
            self._spread(linearised),
            self._base(measure, moments),
            self._worth_of_answers(measure, moments, options.statistic),
            np.zeros(self.domains.count, dtype=np.bool_),
        )
        union_df: IntArray = self.design.union_df(self.domains, counted)
        same = np.eye(self.domains.count, dtype=np.bool_)
        return Joint(measure.name, options.statistic, self.domains.by, side, covariance, union_df, same)

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

    def _spread(self, linearised: RowLinearised) -> FloatArray:
        return self.domains.total(self.design.weight * linearised.influence**2)

    def _base(self, measure: Measure, moments: RowMoments) -> Worth:
        weight, counted = self.design.weight, self._counted(moments)
        responses = self.domains.total(np.ones(len(weight)))
        answers = self.domains.total(moments.denominators.sum(axis=1))
        squares = np.where(counted, weight**2, 0.0)
        return Worth(
            n=_whole(self.domains.total(counted)),
            responses=_whole(responses),
            answered=_whole(self.domains.total(moments.answered)),
            skipped=len(measure.items(self.responses.scoring)) * responses - answers,
            weight=self.domains.total(np.where(counted, weight, 0.0)),
            square=self.domains.total(squares),
            uncertain=self.domains.total(squares * (1 - self.design.fraction)),
            population=self.domains.total(weight),
        )

    def _worth_of_answers(self, measure: Measure, moments: RowMoments, statistic: Statistic) -> float:
        """Return d; see `sipas.stats.estimates.effective.worth_of_answers`."""
        if measure.item is not None or statistic == "mean":
            return 1.0
        weight = self.design.weight
        everyone = RowDomains({}, 1, np.where(weight > 0, 0, -1))
        linearised = linearise_rows(moments, everyone, weight)
        share = float(linearised.estimate[0])
        spread = float(weight @ linearised.influence**2)
        if not 0 < share < 1 or spread == 0:
            return 1.0
        kish = weight.sum() ** 2 / (weight @ weight)
        return learnt_from_few(spread * weight.sum() / (share * (1 - share)), float(kish * (1 - share)))


def _whole(numbers: FloatArray) -> IntArray:
    return np.rint(numbers).astype(np.int64)
