"""How estimates are made: what is averaged, which interval, and the treatment of the design's edges."""

from dataclasses import dataclass
from typing import Literal

from sipas.errors import StatisticsError
from sipas.stats.choices import refuse_unknown

Statistic = Literal["share", "mean"]
IntervalKind = Literal["wilson", "beta", "logit", "wald"]
EffectiveN = Literal["robust", "design"]
Lonely = Literal["adjust", "average", "certainty", "remove", "fail"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How estimates are made. The values are checked once, when the object is made.

    Parameters
    ----------
    statistic : {"share", "mean"}
        Satisfied answers over answers, or points over answers.
    ci : {"wilson", "beta", "logit", "wald"}, optional
        `wilson` for shares if not given; `wald`, the only one, for means.
    effective_n : {"robust", "design"}
        What `wilson` and `beta` are computed from; see `sipas.stats.estimates.effective.effective_sizes`.
    level : float
        Confidence level, in (0, 1).
    lonely : {"adjust", "average", "certainty", "remove", "fail"}
        Treatment of strata with one response; see `sipas.stats.estimates.variance.stratified_variance`.
    fpc : bool
        Whether finite-population factors apply.

    Raises
    ------
    StatisticsError
        A value that is not in these lists, a level outside (0, 1), or a mean with an interval of shares.
    """

    statistic: Statistic = "share"
    ci: IntervalKind | None = None
    effective_n: EffectiveN = "robust"
    level: float = 0.95
    lonely: Lonely = "adjust"
    fpc: bool = True

    def __post_init__(self) -> None:
        self.check()

    @property
    def interval(self) -> IntervalKind:
        """The interval asked for, or that of the statistic."""
        if self.ci is not None:
            return self.ci
        return "wilson" if self.statistic == "share" else "wald"

    def check(self) -> None:
        """Raise a StatisticsError where values are unknown or do not go together."""
        refuse_unknown("statistic", self.statistic, Statistic)
        refuse_unknown("interval", self.interval, IntervalKind)
        refuse_unknown("effective n", self.effective_n, EffectiveN)
        refuse_unknown("treatment of lonely strata", self.lonely, Lonely)
        if not 0 < self.level < 1:
            raise StatisticsError(f"the level must lie between 0 and 1, not {self.level:g}")
        if self.statistic == "mean" and self.interval != "wald":
            raise StatisticsError(f"a mean has no {self.interval} interval; ask for wald")


DEFAULT_OPTIONS = Options()
OPTIONS_WITHOUT_FPC = Options(fpc=False)  # of comparisons, ranks and targets
