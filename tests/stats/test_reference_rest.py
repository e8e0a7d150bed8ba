"""What else R's `survey` says of the reference survey: its own logit, other options, no population factor."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sipas.stats import Measure, Options, WeightedCells, Weighting, estimate, factor_measure, item_measure
from sipas.stats.options import Lonely
from tests.stats.surveys import Survey
from tests.stats.test_reference_sipas import labels, measures, same

STRATA = ("unit", "procedure_group", "channel")


def test_r_s_own_logit_intervals_are_ours_as_far_as_its_iterations_go(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    """svyciprop(method = "logit") fits a model until its deviance changes by less than 1e-8."""
    for by, found in logit_rows(survey, expected):
        for item, theirs in found.items():
            ours = estimate(
                WeightedCells(survey.cells, weighting),
                item_measure(survey.scoring, item),
                by,
                options=Options(ci="logit"),
            )
            rows = [theirs[key] for key in labels(ours)]
            wanted = [row["top2_ci95"]["logit"] for row in rows]
            np.testing.assert_allclose(np.transpose([ours.low, ours.high]), wanted, rtol=1e-6)


def logit_rows(
    survey: Survey, expected: dict[str, Any]
) -> Iterator[tuple[tuple[str, ...], dict[str, dict[str, Any]]]]:
    """By domain columns: for each item what R says of each domain."""
    items = survey.scoring.items
    yield (), {item: {"": expected["items_overall"][item]} for item in items}
    by_unit = expected["items_by_unit"]
    yield ("unit",), {item: {unit: by_unit[unit][item] for unit in by_unit} for item in items}
    yield ("unit", "channel"), {"f1q1": expected["item_f1q1_by_unit_channel"]}


def test_indices_without_finite_population_factor(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    for name, measure in measures(survey):
        theirs = expected["factors_overall_nofpc"][name]
        logit = estimate(
            WeightedCells(survey.cells, weighting), measure, options=Options(ci="logit", fpc=False)
        )
        wald = estimate(
            WeightedCells(survey.cells, weighting), measure, options=Options(ci="wald", fpc=False)
        )
        mean = estimate(
            WeightedCells(survey.cells, weighting), measure, options=Options(statistic="mean", fpc=False)
        )
        same(logit.estimate[0], theirs["index"])
        same((logit.low[0], logit.high[0]), theirs["logit_t_ci95"])
        same((wald.low[0], wald.high[0]), theirs["wald_t_ci95"])
        same((mean.estimate[0], mean.se[0]), (theirs["score"], theirs["score_se"]))


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty", "remove", "fail"])
def test_every_option_for_lonely_strata_by_domain(
    survey: Survey, weighting: Weighting, expected: dict[str, Any], lonely: Lonely
) -> None:
    """Also with survey.adjust.domain.lonely: no domain here holds a part of a stratum."""
    for option in (lonely, f"{lonely}_adjust_domain"):
        theirs = expected["lonely_psu"][option]
        for name, measure in two_indices(survey):
            whole = estimate(WeightedCells(survey.cells, weighting), measure, options=Options(lonely=lonely))
            same((whole.estimate[0], whole.se[0]), (theirs[name]["index"], theirs[name]["se"]))
            for domains in ("unit", "unit_x_channel"):
                by = domains.split("_x_")
                share = estimate(
                    WeightedCells(survey.cells, weighting), measure, by, options=Options(lonely=lonely)
                )
                mean = estimate(
                    WeightedCells(survey.cells, weighting),
                    measure,
                    by,
                    options=Options(statistic="mean", lonely=lonely),
                )
                order = [theirs[domains]["domain"].index(key) for key in labels(share)]
                for ours, wanted in (
                    (share.estimate, "index"),
                    (share.se, "se"),
                    (mean.estimate, "score"),
                    (mean.se, "score_se"),
                ):
                    same(ours, np.array(theirs[domains][name][wanted])[order])


def two_indices(survey: Survey) -> list[tuple[str, Measure]]:
    return [("factor1", factor_measure(survey.scoring, "factor1")), ("overall", survey.overall("pooled"))]


def test_domains_have_as_many_strata_as_r_counts(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    for domains, theirs in expected["factors_by"].items():
        ours = estimate(
            WeightedCells(survey.cells, weighting), survey.overall("pooled"), domains.split("_x_")
        )
        order = [theirs["domain"].index(key) for key in labels(ours)]
        same(ours.n - ours.df, np.array(theirs["strata"])[order])
    whole = estimate(WeightedCells(survey.cells, weighting), survey.overall("pooled"))
    meta = expected["meta"]
    same(
        (whole.n[0], whole.df[0], whole.n[0] - whole.df[0]),
        (meta["n"], meta["degf"], meta["strata_in_sample"]),
    )
