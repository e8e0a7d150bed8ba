"""The reference survey: 150 strata with unequal weights, against R's `survey`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sipas.stats import (
    Estimates,
    Measure,
    Options,
    WeightedCells,
    Weighting,
    estimate,
    factor_measure,
    item_measure,
)
from tests.stats.surveys import Survey, read_json, read_rows, sipas_frame

STRATA = ("unit", "procedure_group", "channel")
FACTORS = ("factor1", "factor2", "factor3", "factor4", "factor5")


def same(ours: object, theirs: object) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=1e-9, atol=0)


def labels(estimates: Estimates) -> list[str]:
    return ["|".join(str(level) for level in estimates.key(d).values()) for d in range(len(estimates))]


def measures(survey: Survey) -> Iterator[tuple[str, Measure]]:
    for factor in FACTORS:
        yield factor, factor_measure(survey.scoring, factor)
    yield "overall", survey.overall("pooled")


def test_the_weights_are_unequal_and_those_that_r_was_given(survey: Survey, weighting: Weighting) -> None:
    theirs = {tuple(row[name] for name in STRATA): row["weight"] for row in read_rows("sipas/responses.csv")}
    keys = zip(*(survey.cells.columns[name].labels() for name in STRATA), strict=True)
    same(weighting.weight, [theirs[key] for key in keys])
    assert weighting.weight.max() / weighting.weight.min() > 40
    assert weighting.coverage == 1


def item_rows(
    survey: Survey, weighting: Weighting, expected: dict[str, Any], **options: Any
) -> Iterator[tuple[Estimates, list[dict[str, Any]]]]:
    sample = WeightedCells(survey.cells, weighting)
    for item in survey.scoring.items:
        measure = item_measure(survey.scoring, item)
        whole = estimate(sample, measure, options=Options(**options))
        yield whole, [expected["items_overall"][item]]
        by_unit = estimate(sample, measure, ("unit",), Options(**options))
        yield by_unit, [expected["items_by_unit"][unit][item] for unit in labels(by_unit)]
    measure = item_measure(survey.scoring, "f1q1")
    crossed = estimate(sample, measure, ("unit", "channel"), Options(**options))
    yield crossed, [expected["item_f1q1_by_unit_channel"][key] for key in labels(crossed)]


def test_item_shares_and_their_design_effects_are_those_of_svymean(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    for ours, theirs in item_rows(survey, weighting, expected):
        same(ours.n_answered, [row["n_answered"] for row in theirs])
        same(ours.n, ours.n_answered)
        same(ours.df, [row["degf"] for row in theirs])
        same(ours.estimate, [row["top2"] for row in theirs])
        same(ours.se, [row["top2_se"] for row in theirs])
        same(ours.deff, [row["top2_deff"] for row in theirs])
        same(ours.deff_replace, [row["top2_deff_replace"] for row in theirs])


@pytest.mark.parametrize(("ci", "method"), [("logit", "xlogit"), ("beta", "beta"), ("wald", "mean")])
def test_item_intervals_are_those_of_svyciprop(
    survey: Survey, weighting: Weighting, expected: dict[str, Any], ci: str, method: str
) -> None:
    for ours, theirs in item_rows(survey, weighting, expected, ci=ci, effective_n="design"):
        same(np.transpose([ours.low, ours.high]), [row["top2_ci95"][method] for row in theirs])


def test_item_means_are_those_of_svymean(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    for ours, theirs in item_rows(survey, weighting, expected, statistic="mean"):
        same(ours.estimate, [row["score"] for row in theirs])
        same(ours.se, [row["score_se"] for row in theirs])


def test_wilson_intervals_are_those_of_survey_4_5(survey: Survey, weighting: Weighting) -> None:
    theirs = read_json("sipas/expected_wilson_survey45.json")
    for item in survey.scoring.items:
        measure = item_measure(survey.scoring, item)
        whole = estimate(
            WeightedCells(survey.cells, weighting), measure, options=Options(effective_n="design")
        )
        same((whole.low[0], whole.high[0]), theirs["items_overall"][item])
        by_unit = estimate(
            WeightedCells(survey.cells, weighting), measure, ("unit",), options=Options(effective_n="design")
        )
        same(
            np.transpose([by_unit.low, by_unit.high]),
            [theirs["items_by_unit"][unit][item] for unit in labels(by_unit)],
        )
    measure = item_measure(survey.scoring, "f1q1")
    crossed = estimate(
        WeightedCells(survey.cells, weighting),
        measure,
        ("unit", "channel"),
        options=Options(effective_n="design"),
    )
    wanted = [theirs["item_f1q1_by_unit_channel"][key] for key in labels(crossed)]
    same(np.transpose([crossed.low, crossed.high]), wanted)


def test_factors_and_the_pooled_index_are_those_of_svyratio(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    for name, measure in measures(survey):
        theirs = expected["factors_overall"][name]
        logit = estimate(WeightedCells(survey.cells, weighting), measure, options=Options(ci="logit"))
        wald = estimate(WeightedCells(survey.cells, weighting), measure, options=Options(ci="wald"))
        mean = estimate(WeightedCells(survey.cells, weighting), measure, options=Options(statistic="mean"))
        same(logit.estimate[0], theirs["index"])
        same(logit.se[0], theirs["se"])
        same(logit.deff[0], theirs["deff"])
        same((logit.low[0], logit.high[0]), theirs["logit_t_ci95"])
        same((wald.low[0], wald.high[0]), theirs["wald_t_ci95"])
        same((mean.estimate[0], mean.se[0]), (theirs["score"], theirs["score_se"]))


def test_without_finite_population_factor_standard_errors_are_those_of_a_design_without(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    for name, measure in measures(survey):
        ours = estimate(WeightedCells(survey.cells, weighting), measure, options=Options(fpc=False))
        theirs = expected["factors_overall_nofpc"][name]
        same((ours.se[0], ours.deff[0]), (theirs["se"], theirs["deff"]))
    for item, row in expected["items_overall_nofpc"].items():
        ours = estimate(
            WeightedCells(survey.cells, weighting),
            item_measure(survey.scoring, item),
            options=Options(fpc=False),
        )
        same((ours.estimate[0], ours.se[0]), (row["top2"], row["top2_se"]))


DOMAINS = [
    "unit", "district", "procedure_group", "channel", "unit_x_channel", "unit_x_procedure_group",
    "month", "sex", "age_group", "unit_x_month", "channel_x_sex",
]  # fmt: skip


@pytest.mark.parametrize("domains", DOMAINS)
def test_indices_by_domain_are_those_of_svyby(
    survey: Survey, weighting: Weighting, expected: dict[str, Any], domains: str
) -> None:
    theirs, by = expected["factors_by"][domains], domains.split("_x_")
    for name, measure in measures(survey):
        share = estimate(WeightedCells(survey.cells, weighting), measure, by)
        mean = estimate(
            WeightedCells(survey.cells, weighting), measure, by, options=Options(statistic="mean")
        )
        order = [theirs["domain"].index(key) for key in labels(share)]
        assert len(order) == len(theirs["domain"])
        for ours, wanted in (
            (share.n, theirs["n"]),
            (share.df, theirs["degf"]),
            (share.estimate, theirs[name]["index"]),
            (share.se, theirs[name]["se"]),
            (mean.estimate, theirs[name]["score"]),
            (mean.se, theirs[name]["score_se"]),
        ):
            same(ours, np.array(wanted)[order])


def test_design_effects_of_indices_by_unit_are_those_of_svyratio(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    theirs = expected["deff_factor_by_unit"]
    for row, (_, measure) in zip(theirs["deff"], measures(survey), strict=True):
        ours = estimate(WeightedCells(survey.cells, weighting), measure, ("unit",))
        assert labels(ours) == theirs["domain"]
        same(ours.deff, row)


def test_indices_of_factors_are_those_of_svycontrast(
    survey: Survey, weighting: Weighting, expected: dict[str, Any]
) -> None:
    for index, name in (
        ("equal-factors", "overall_mean_of_factor_indices"),
        ("weighted-factors", "overall_weighted_factor_indices"),
    ):
        ours = estimate(WeightedCells(survey.cells, weighting), survey.overall(index))
        same((ours.estimate[0], ours.se[0]), (expected[name]["index"], expected[name]["se"]))
    theirs = expected["mean_of_factor_indices_by_unit"]
    by_unit = estimate(WeightedCells(survey.cells, weighting), survey.overall("equal-factors"), ("unit",))
    assert labels(by_unit) == theirs["domain"]
    same(by_unit.estimate, theirs["index"])
    same(by_unit.se, theirs["se"])


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty", "remove", "fail"])
def test_without_lonely_strata_the_options_for_them_change_nothing(
    survey: Survey, weighting: Weighting, expected: dict[str, Any], lonely: Any
) -> None:
    theirs = expected["lonely_psu"][lonely]
    for name, measure in (
        ("factor1", factor_measure(survey.scoring, "factor1")),
        ("overall", survey.overall("pooled")),
    ):
        ours = estimate(WeightedCells(survey.cells, weighting), measure, options=Options(lonely=lonely))
        same((ours.estimate[0], ours.se[0]), (theirs[name]["index"], theirs[name]["se"]))
        for domains in ("unit", "unit_x_channel"):
            by = estimate(
                WeightedCells(survey.cells, weighting),
                measure,
                domains.split("_x_"),
                options=Options(lonely=lonely),
            )
            order = [theirs[domains]["domain"].index(key) for key in labels(by)]
            same(by.se, np.array(theirs[domains][name]["se"])[order])


def test_population_is_the_frame_count_of_the_domain(survey: Survey, weighting: Weighting) -> None:
    ours = estimate(WeightedCells(survey.cells, weighting), survey.overall("pooled"), ("unit",))
    frame = sipas_frame()
    same(ours.population, np.bincount(frame.columns["unit"].codes, frame.counts))
