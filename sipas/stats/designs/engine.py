"""The interface of the engines by cells and by rows."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sipas.stats.cells.scoring import Scoring
from sipas.stats.contrasts.complement import Against
from sipas.stats.contrasts.crosswalk import Mapped, UnitCrosswalk
from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.contrasts.estimate_sets import Pairs
from sipas.stats.contrasts.standardized import StandardizedComparison
from sipas.stats.designs.responses import Filter
from sipas.stats.estimates.distribution import Distribution
from sipas.stats.estimates.estimate import Estimates
from sipas.stats.estimates.measures import Measure
from sipas.stats.options import Options
from sipas.stats.replicates.replicated import Replicated

Columns = Sequence[str]


class Engine(Protocol):
    """Estimates of measures by the combinations of some columns, with numbers and covariances as arrays."""

    @property
    def scoring(self) -> Scoring:
        """The meaning of answers."""
        ...

    def where(self, filter_: Filter) -> "Engine":
        """Return the engine for questions about responses with these levels; weights and strata stay."""
        ...

    def estimate(self, measures: Sequence[Measure], by: Columns, options: Options) -> tuple[Estimates, ...]:
        """Return each measure by domain; see `sipas.stats.estimates.estimate`."""
        ...

    def count_domains(self, by: Columns) -> int:
        """Return how many combinations of the columns there are."""
        ...

    def joint(self, measure: Measure, by: Columns, options: Options) -> Joint:
        """Return a measure by domain with all covariances; see `sipas.stats.contrasts.estimate_jointly`."""
        ...

    def against_all(
        self, measure: Measure, by: Columns, against: Against, options: Options
    ) -> tuple[Joint, Pairs]:
        """Compare each domain with the rest or the whole; see `sipas.stats.contrasts.against_all`."""
        ...

    def standardized(
        self, measure: Measure, column: str, levels: Sequence[tuple[str, str]], options: Options
    ) -> StandardizedComparison:
        """Compare levels at one mix of strata; see `sipas.stats.contrasts.compare_standardized`."""
        ...

    def successors(
        self, measure: Measure, by: Columns, unit: str, crosswalk: UnitCrosswalk, options: Options
    ) -> Mapped:
        """Return a measure by the units that followed; see `sipas.stats.contrasts.estimate_successors`."""
        ...

    def distribution(self, measure: Measure, by: Columns, options: Options) -> Distribution:
        """Return the share of each point of the scale; see `sipas.stats.estimates.distribution`."""
        ...

    def jackknife(self, measure: Measure, by: Columns, options: Options) -> Replicated:
        """Return standard errors by leaving out responses; see `sipas.stats.replicates.jackknife`."""
        ...

    def bootstrap(
        self, measure: Measure, by: Columns, options: Options, seed: int, before_each: Callable[[], None]
    ) -> Replicated:
        """Return standard errors by drawing responses anew; see `sipas.stats.replicates.bootstrap`."""
        ...
