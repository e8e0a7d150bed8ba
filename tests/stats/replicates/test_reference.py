"""JKn and the bootstrap: against R's `as.svrepdesign`, and against linearisation."""

from typing import Any

import numpy as np
import pytest

from sipas.stats import (
    Cells,
    Column,
    Measure,
    Options,
    WeightedCells,
    Weighting,
    build_cells,
    estimate,
    factor_measure,
    item_measure,
    post_stratify,
)
from sipas.stats.replicates import bootstrap, jackknife
from sipas.stats.replicates.bootstrap import standard_errors
from sipas.stats.replicates.respondents import find_respondents
from tests.stats.surveys import Survey, read_json, read_rows, read_survey, sipas_frame

STRATA = ("unit", "procedure_group", "channel")
INDICES = ("factor1", "factor2", "factor3", "factor4", "factor5", "overall")


@pytest.fixture(scope="module")
def survey() -> Survey:
    return read_survey("sipas")


@pytest.fixture(scope="module")
def respondents(survey: Survey) -> Cells:
    """Every respondent a cell of one."""
    ids = [row["response_id"] for row in read_rows("sipas/responses.csv")]
    columns = {name: survey.columns[name] for name in (*STRATA, "sex")}
    one_each = Column(np.arange(len(ids), dtype=np.int32), tuple(ids))
    return build_cells(survey.scoring, survey.answers, {"response": one_each, **columns})


@pytest.fixture(scope="module")
def weighting(respondents: Cells) -> Weighting:
    return post_stratify(respondents, sipas_frame(), STRATA, collapse="none")


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = read_json("sipas/expected.json")
    return found


def same(ours: object, theirs: object) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=1e-9)


def index(survey: Survey, name: str) -> Measure:
    return survey.overall("pooled") if name == "overall" else factor_measure(survey.scoring, name)


@pytest.mark.parametrize("name", INDICES)
def test_the_jackknife_is_that_of_r(
    survey: Survey, respondents: Cells, weighting: Weighting, expected: dict[str, Any], name: str
) -> None:
    ours, theirs = (
        jackknife(WeightedCells(respondents, weighting), index(survey, name)),
        expected["jkn"]["overall"][name],
    )
    same((ours.estimate[0], ours.se[0]), (theirs["index"], theirs["se"]))
    same(ours.df[0], expected["jkn"]["degf"])
    assert ours.replicates == 3835


def test_the_jackknife_of_an_item_is_that_of_r_from_cells_of_several_too(
    survey: Survey, respondents: Cells, weighting: Weighting, expected: dict[str, Any]
) -> None:
    measure, theirs = item_measure(survey.scoring, "f1q1"), expected["jkn"]["item_f1q1"]
    of_many = survey.cells.regroup(STRATA)
    assert len(of_many) < len(respondents) / 20
    for cells in (respondents, of_many):
        ours = jackknife(
            WeightedCells(cells, post_stratify(cells, sipas_frame(), STRATA, collapse="none")), measure
        )
        same((ours.estimate[0], ours.se[0]), (theirs["top2"], theirs["se"]))


@pytest.mark.parametrize("name", INDICES)
def test_the_bootstrap_is_that_of_r_when_it_draws_the_same(
    survey: Survey, respondents: Cells, weighting: Weighting, expected: dict[str, Any], name: str
) -> None:
    rows, theirs = read_rows("sipas/bootstrap_counts.csv"), expected["bootstrap"]
    assert [row["response_id"] for row in rows] == list(respondents.columns["response"].levels)
    found = find_respondents(
        WeightedCells(respondents, weighting),
        index(survey, name),
        (),
        options=Options(fpc=False),
    )
    codes = respondents.columns["response"].codes
    drawn = (np.array([int(row[f"count_r{r}"]) for row in rows])[codes] for r in range(1, 41))
    same(1 / 39, theirs["scale"])
    same(standard_errors(found, drawn)[0], theirs["overall"][name]["se"])
    same(found.estimate()[0], theirs["overall"][name]["index"])


@pytest.mark.parametrize("by", [(), ("unit",), ("channel", "sex"), ("unit", "channel")])
@pytest.mark.parametrize("statistic", ["share", "mean"])
def test_replicates_are_within_a_twentieth_of_linearisation(
    survey: Survey, respondents: Cells, weighting: Weighting, by: tuple[str, ...], statistic: Any
) -> None:
    for measure in (
        item_measure(survey.scoring, "f3q2"),
        survey.overall("pooled"),
        survey.overall("weighted-factors"),
    ):
        linear = estimate(
            WeightedCells(respondents, weighting),
            measure,
            by,
            options=Options(statistic=statistic, fpc=False),
        )
        options = Options(statistic=statistic, fpc=False)
        left_out = jackknife(WeightedCells(respondents, weighting), measure, by, options)
        enough = linear.n_effective >= 100
        assert enough.any()
        np.testing.assert_allclose(left_out.estimate, linear.estimate, rtol=1e-12)
        np.testing.assert_array_equal(left_out.df, linear.df)
        np.testing.assert_allclose(left_out.se[enough], linear.se[enough], rtol=0.01)


def test_the_bootstrap_is_within_a_twentieth_of_linearisation(
    survey: Survey, respondents: Cells, weighting: Weighting
) -> None:
    for by in ((), ("channel", "sex")):
        linear = estimate(
            WeightedCells(respondents, weighting), survey.overall("pooled"), by, options=Options(fpc=False)
        )
        drawn = bootstrap(
            WeightedCells(respondents, weighting),
            survey.overall("pooled"),
            by,
            options=Options(fpc=False),
            seed=1,
        )
        enough = linear.n_effective >= 100
        np.testing.assert_allclose(drawn.se[enough], linear.se[enough], rtol=0.05)
