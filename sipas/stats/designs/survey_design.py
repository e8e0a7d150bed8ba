"""A survey's design, from which every question starts: responses, weights, strata, clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from sipas.errors import StatisticsError
from sipas.stats.areas.area_shares import SmallAreas, model_shares
from sipas.stats.calibration.distances import Bounds, DistanceName
from sipas.stats.calibration.margins import Margins
from sipas.stats.cells.scoring import IndexDefinition
from sipas.stats.contrasts.complement import Against
from sipas.stats.contrasts.difference import Differences, find_differences
from sipas.stats.contrasts.domain_unions import Joint
from sipas.stats.contrasts.estimate_sets import Pairs
from sipas.stats.contrasts.family import Adjustment, adjust, findings
from sipas.stats.designs.build_design import (
    Reweigh,
    calibrated_rows,
    cell_engine,
    frame_margin,
    read_responses,
    reweighted,
    row_engine,
)
from sipas.stats.designs.cell_engine import CellEngine
from sipas.stats.designs.column_names import By, domain_pairs, names_of, numeric_columns, sample_design
from sipas.stats.designs.engine import Engine
from sipas.stats.designs.frames import read_table
from sipas.stats.designs.parts import POOLED_INDEX, Clusters, CountedFrame, Items, Questionnaire, Replicates
from sipas.stats.designs.result_columns import (
    distribution_columns,
    domain_names,
    estimates_columns,
    number_columns,
    values,
    whole_numbers,
)
from sipas.stats.designs.results import ResultTable
from sipas.stats.designs.row_engine import RowEngine
from sipas.stats.estimates.distribution import Distribution
from sipas.stats.estimates.estimate import Estimates
from sipas.stats.estimates.measures import Measure, choose_measures
from sipas.stats.estimates.targets import Targets, judge_target
from sipas.stats.options import DEFAULT_OPTIONS, Options
from sipas.stats.ranking.joint import rank_joint
from sipas.stats.ranking.ranks import Ranks
from sipas.stats.weights.calibrate import calibrate, rake

Where = Mapping[str, str | Sequence[str]]
MarginCounts = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class SurveyDesign:
    """Responses and how they were sampled; make one with `from_frame`.

    Parameters
    ----------
    engine : Engine
        Cells for single responses in strata; rows for clusters, replicate weights and a column of weights.
    index : IndexDefinition
        What `overall` means.
    backend : object
        The library of data frames that results are returned in.
    """

    engine: Engine
    index: IndexDefinition = POOLED_INDEX
    backend: Any = field(default=None, repr=False)

    @classmethod
    def from_frame(
        cls,
        data: object,
        *,
        items: Items | Questionnaire,
        strata: By = (),
        frame: object | None = None,
        weights: str | None = None,
        clusters: By | Clusters | None = None,
        replicates: Replicates | None = None,
    ) -> "SurveyDesign":
        """Return the design of the responses in a data frame of pandas, polars or Arrow.

        Parameters
        ----------
        data : data frame
            One row a response. Columns that are neither items nor numbers of the design can be domains.
        items : sequence of str, mapping of str to sequence of str, or Questionnaire
            The item columns, or those of each factor. Answers are points of the scale, 0 and 1, booleans or
            ordered categories (their first is 1); missing values are not answered.
        strata : str or sequence of str
            Columns whose combinations are the strata.
        frame : data frame, tuple of data frame and str, or CountedFrame, optional
            Completed transactions: the strata columns and a column `count`, or of the given name. Responses
            are post-stratified to it.
        weights : str, optional
            The column of design weights, 1 / P(sampled).
        clusters : str, sequence of str, or Clusters, optional
            The columns of clusters, first stage first.
        replicates : Replicates, optional
            Columns of replicate weights.

        Raises
        ------
        StatisticsError
            Columns that do not exist or hold values that make no sense, or parts that do not go together.
        """
        table, strata, counts = read_table(data), names_of(strata), CountedFrame.of(frame)
        asked = items if isinstance(items, Questionnaire) else Questionnaire(items)
        sample = sample_design(clusters, replicates)
        responses = read_responses(table, asked, numeric_columns(table.names, weights, sample))
        if sample is None and weights is None:
            return cls(cell_engine(responses, strata, counts), asked.index, table.backend)
        engine = row_engine(responses, table, strata, weights, sample)
        if counts is not None:
            engine = calibrated_rows(engine, frame_margin(counts, strata), "linear", None)
        return cls(engine, asked.index, table.backend)

    def rake(self, margins: MarginCounts, bounds: Bounds | None = None) -> "SurveyDesign":
        """Return the design with weights raked to margins; see `sipas.stats.rake`.

        Parameters
        ----------
        margins : mapping of str to mapping of str to float
            For each margin the count of each level; see `sipas.stats.Margins`.
        bounds : (float, float), optional

        Raises
        ------
        StatisticsError
            As `sipas.stats.rake`.
        """
        known = Margins(margins)
        if isinstance(self.engine, RowEngine):
            return replace(self, engine=calibrated_rows(self.engine, known, "raking", bounds))
        return self._reweighted(known, lambda cells, base: rake(cells, known, base, bounds))

    def calibrate(
        self,
        margins: MarginCounts,
        distance: DistanceName = "linear",
        bounds: Bounds | None = None,
    ) -> "SurveyDesign":
        """Return the design with weights calibrated to margins; see `sipas.stats.calibrate`.

        Parameters
        ----------
        margins : mapping of str to mapping of str to float
        distance : {"linear", "raking", "logit"}
        bounds : (float, float), optional

        Raises
        ------
        StatisticsError
            As `sipas.stats.calibrate`.
        """
        known = Margins(margins)
        if isinstance(self.engine, RowEngine):
            return replace(self, engine=calibrated_rows(self.engine, known, distance, bounds))
        return self._reweighted(
            known, lambda cells, base: calibrate(cells, known, base, distance=distance, bounds=bounds)
        )

    def estimate(
        self,
        measure: str = "overall",
        by: By = (),
        where: Where | None = None,
        options: Options = DEFAULT_OPTIONS,
    ) -> ResultTable[tuple[Estimates, ...]]:
        """Return measures by domain with standard errors and intervals; see `sipas.stats.estimates.estimate`.

        Parameters
        ----------
        measure : str
            `overall`, `factors`, `items`, `all`, `factor:ID` or `item:ID`.
        by : str or sequence of str
        where : mapping of str to str or sequence of str, optional
            Only domains with these levels; weights and strata stay those of all responses.
        options : Options

        Raises
        ------
        StatisticsError
            An unknown column, level or measure, or options that do not go together.
        """
        engine = self.engine.where(where or {})
        found = engine.estimate(self._measures(measure), names_of(by), options)
        return ResultTable(lambda: estimates_columns(found), found, self.backend)

    def distribution(
        self,
        measure: str = "overall",
        by: By = (),
        where: Where | None = None,
        options: Options = DEFAULT_OPTIONS,
    ) -> ResultTable[Distribution]:
        """Return the share of each point of the scale by domain, a row a point; see `Distribution`.

        Parameters
        ----------
        measure : str
            One measure.
        by, where, options
            As in `estimate`.

        Raises
        ------
        StatisticsError
            As `estimate`.
        """
        engine = self.engine.where(where or {})
        found = engine.distribution(self._measure(measure), names_of(by), options)
        return ResultTable(lambda: distribution_columns(found), found, self.backend)

    def compare(
        self,
        measure: str = "overall",
        by: By = (),
        against: str | None = None,
        adjustment: Adjustment = "holm",
        where: Where | None = None,
        options: Options = DEFAULT_OPTIONS,
    ) -> ResultTable[Differences]:
        """Return the differences of every two domains, or of each with one; see `find_differences`.

        Parameters
        ----------
        measure : str
            One measure.
        by : str or sequence of str
        against : str, optional
            The level, or levels joined by `|`, that all others are compared with; or `rest` or `whole`: all
            other domains together, or all domains.
        adjustment : {"holm", "bh"}
            How p-values are adjusted for the number of comparisons.
        where, options
            As in `estimate`. No finite-population factor applies.

        Raises
        ------
        StatisticsError
            As `estimate`, or no domain to compare with.
        """
        first, second, pairs = self._compared(measure, by, against, where, options)
        found = find_differences(pairs, options)
        adjusted = adjust(found.p, adjustment)
        columns: dict[str, list[Any]] = {
            "first": first,
            "second": second,
            **number_columns(found, "difference", "se", "low", "high", "df", "p"),
            "p_adjusted": values(adjusted),
            "finding": list(findings(found, adjusted)),
            "detectable": values(found.detectable),
            "reliable": found.reliable.tolist(),
            "notes": [tuple(note.code for note in notes) for notes in found.notes],
        }
        return ResultTable(lambda: columns, found, self.backend)

    def ranks(
        self,
        measure: str = "overall",
        by: By = (),
        where: Where | None = None,
        options: Options = DEFAULT_OPTIONS,
    ) -> ResultTable[Ranks]:
        """Return ranks with their ranges, 1 the highest; see `sipas.stats.rank_joint`.

        Parameters
        ----------
        measure, by, where, options
            As in `compare`.

        Raises
        ------
        StatisticsError
            As `estimate`.
        """
        joint = self._joint(measure, by, where, options)
        found = rank_joint(joint, options.level)
        columns: dict[str, list[Any]] = {
            **{name: column.labels() for name, column in joint.by.items()},
            "estimate": values(joint.estimate),
            **number_columns(
                found, "rank", "low", "high", "low_simultaneous", "high_simultaneous", whole=True
            ),
        }
        return ResultTable(lambda: columns, found, self.backend)

    def targets(
        self,
        target: float,
        measure: str = "overall",
        by: By = (),
        where: Where | None = None,
        options: Options = DEFAULT_OPTIONS,
    ) -> ResultTable[Targets]:
        """Return whether each domain meets a target; see `sipas.stats.judge_target`.

        Parameters
        ----------
        target : float
        measure, by, where, options
            As in `compare`.

        Raises
        ------
        StatisticsError
            As `estimate`, or a target out of range.
        """
        estimates = self._one(measure, by, where, replace(options, fpc=False))
        found = judge_target(estimates, target)
        columns: dict[str, list[Any]] = {
            **{name: column.labels() for name, column in estimates.by.items()},
            "estimate": values(estimates.estimate),
            **number_columns(found, "low", "high", "p"),
            "verdict": list(found.verdict),
            "still_needed": whole_numbers(found.still_needed),
        }
        return ResultTable(lambda: columns, found, self.backend)

    def small_areas(
        self,
        measure: str = "overall",
        by: By = (),
        where: Where | None = None,
        options: Options = DEFAULT_OPTIONS,
    ) -> ResultTable[SmallAreas]:
        """Return model-based shares beside the direct ones; see `sipas.stats.model_shares`.

        Parameters
        ----------
        measure, by, where, options
            As in `estimate`; `by` names the areas.

        Raises
        ------
        StatisticsError
            As `estimate`, or too few areas.
        """
        estimates = self._one(measure, by, where, options)
        found = model_shares(estimates.estimate, estimates.n_effective, estimates.population)
        columns: dict[str, list[Any]] = {
            **{name: column.labels() for name, column in estimates.by.items()},
            "n": estimates.n.tolist(),
            "direct": values(estimates.estimate),
            **number_columns(found, "estimate", "se", "low", "high"),
        }
        return ResultTable(lambda: columns, found, self.backend)

    def _reweighted(self, margins: Margins, change: Reweigh) -> "SurveyDesign":
        assert isinstance(self.engine, CellEngine)
        return replace(self, engine=reweighted(self.engine, margins.columns(), change))

    def _measures(self, measure: str) -> tuple[Measure, ...]:
        return choose_measures(self.engine.scoring, self.index, measure)

    def _measure(self, measure: str) -> Measure:
        measures = self._measures(measure)
        if len(measures) != 1:
            raise StatisticsError(f"{measure} names {len(measures)} measures; ask for one, such as overall")
        return measures[0]

    def _one(self, measure: str, by: By, where: Where | None, options: Options) -> Estimates:
        engine = self.engine.where(where or {})
        return engine.estimate((self._measure(measure),), names_of(by), options)[0]

    def _compared(
        self, measure: str, by: By, against: str | None, where: Where | None, options: Options
    ) -> tuple[list[str], list[str], Pairs]:
        """Return the names of what is compared with what, and the comparisons."""
        for everyone in get_args(Against):
            if against == everyone:
                engine, options = self.engine.where(where or {}), replace(options, fpc=False)
                joint, pairs = engine.against_all(self._measure(measure), names_of(by), everyone, options)
                return domain_names(joint), [everyone] * len(joint), pairs
        joint = self._joint(measure, by, where, options)
        names = domain_names(joint)
        first, second = domain_pairs(names, against)
        return [names[k] for k in first], [names[k] for k in second], joint.pairs(first, second)

    def _joint(self, measure: str, by: By, where: Where | None, options: Options) -> Joint:
        engine = self.engine.where(where or {})
        return engine.joint(self._measure(measure), names_of(by), replace(options, fpc=False))
