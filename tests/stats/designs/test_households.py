"""Household samples in stages against R's `survey`; commands in tests/reference/households."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Clusters, IndexDefinition, Options, SurveyDesign
from sipas.stats.cells.scoring import IndexNode
from sipas.stats.estimates.homogeneity import intraclass_correlation
from tests.stats.designs.expected import Place, read_expected
from tests.stats.designs.made import ITEMS, Design
from tests.stats.goldens import REFERENCE

FOLDER = REFERENCE / "households"
STAGES = Clusters(["psu", "hh"], nest=True)
COUNTED = Clusters(["psu", "hh"], nest=True, populations=["villages", "households"])
# R's weights of raking and logit calibration are as near to the margins as epsilon = 1e-12 says.
ITERATIVE = {"stages_fpc_raking", "stages_logit", "person_raking"}
QUANTITIES = ("estimate", "se", "df", "deff", "deff_replace", "n", "clusters", "roh")


def margins() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    with (FOLDER / "margins.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["margin"]][row["level"]] = float(row["count"])
    return found


def sample(clusters: Clusters = STAGES, *, frame: bool = False) -> SurveyDesign:
    return made("all_adults.csv", "weight", clusters, frame=frame)


def person(*, frame: bool = False) -> SurveyDesign:
    return made("one_adult.csv", "person_weight", STAGES, frame=frame)


def made(file: str, weight: str, clusters: Clusters, *, frame: bool) -> SurveyDesign:
    return SurveyDesign.from_frame(
        pd.read_csv(FOLDER / file),
        items=ITEMS,
        strata="district",
        weights=weight,
        clusters=clusters,
        frame=pd.read_csv(FOLDER / "frame.csv") if frame else None,
    )


DESIGNS: dict[str, Design] = {
    "stages": sample,
    "stages_fpc": lambda: sample(COUNTED),
    "stages_post_stratified": lambda: sample(frame=True),
    "stages_linear": lambda: sample().calibrate(margins()),
    "stages_fpc_linear": lambda: sample(COUNTED).calibrate(margins()),
    "stages_fpc_raking": lambda: sample(COUNTED).rake(margins()),
    "stages_logit": lambda: sample().calibrate(margins(), "logit", (0.3, 3.0)),
    "person": person,
    "person_post_stratified": lambda: person(frame=True),
    "person_raking": lambda: person().rake(margins()),
}


def ours(design: SurveyDesign) -> Iterator[tuple[Place, float]]:
    for options in (Options(), Options(statistic="mean", ci="wald")):
        prefix = "mean:" if options.statistic == "mean" else ""
        for by in ((), ("sex",), ("district",), ("sex", "age")):
            for found in design.estimate("all", by, options=options).figures:
                for domain in range(len(found)):
                    name = ",".join(f"{column}={level}" for column, level in found.key(domain).items())
                    for quantity in QUANTITIES:
                        place = (prefix + found.measure, name, quantity)
                        yield place, float(getattr(found, quantity)[domain])


@pytest.mark.parametrize("name", DESIGNS)
def test_every_number_of_a_household_sample_is_that_of_r(name: str) -> None:
    found, theirs = dict(ours(DESIGNS[name]())), read_expected(FOLDER)[name]
    assert len(theirs) == 336
    for place, value in theirs.items():
        np.testing.assert_allclose(
            found[place], value, rtol=1e-6 if name in ITERATIVE else 1e-9, atol=1e-12, err_msg=str(place)
        )


def test_every_design_of_r_is_compared() -> None:
    assert set(read_expected(FOLDER)) == set(DESIGNS)


def test_the_points_of_the_scale_have_the_shares_and_intervals_of_r() -> None:
    """R's interval of a share of 0 has no width; ours has."""
    compared = 0
    for name in ("stages", "stages_fpc_linear", "person_raking"):
        tolerance = 1e-6 if name in ITERATIVE else 1e-9
        found = dict(points_of(DESIGNS[name]()))
        for row in POINTS:
            if row["design"] != name:
                continue
            ours_here = found[row["measure"], row["domain"], int(row["point"])]
            assert ours_here[0] == pytest.approx(float(row["share"]), rel=tolerance, abs=1e-12)
            if float(row["share"]) > 0:
                assert ours_here[1:] == pytest.approx((float(row["low"]), float(row["high"])), rel=tolerance)
                compared += 1
    assert compared > 70


with (FOLDER / "expected_points.csv").open(encoding="utf-8", newline="") as points_file:
    POINTS = list(csv.DictReader(points_file))


def points_of(design: SurveyDesign) -> Iterator[tuple[tuple[str, str, int], tuple[float, ...]]]:
    for measure in ("item:q6", "factor:a"):
        for by in ((), ("sex",)):
            table = design.distribution(measure, by, options=Options(ci="wald")).columns
            for row, point in enumerate(table["point"]):
                domain = f"sex={table['sex'][row]}" if by else ""
                yield (measure, domain, point), tuple(table[name][row] for name in ("share", "low", "high"))


def test_points_add_up_to_the_estimates_of_any_index() -> None:
    design = sample().calibrate(margins())
    for measure in ("overall", "factor:b", "item:q1"):
        shares = np.array(design.distribution(measure, "sex").figures.share)
        (estimates,) = design.estimate(measure, "sex").figures
        np.testing.assert_allclose(shares[:, 3:].sum(axis=1), estimates.estimate, rtol=1e-12)
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)


def test_single_responses_have_no_clusters() -> None:
    single = SurveyDesign.from_frame(
        pd.read_csv(FOLDER / "one_adult.csv"), items=ITEMS, strata="district", weights="person_weight"
    )
    (estimates,) = single.estimate("overall").figures
    assert estimates.clusters is None
    assert "roh" not in single.estimate("overall").columns
    assert sample().estimate("overall")["clusters"] == [21]


def test_the_intraclass_correlation_is_that_of_kish_s_formula() -> None:
    """Clusters of 10 with deff 1.9 have roh 0.1; single responses, and no deff, have none."""
    found = intraclass_correlation(
        np.array([1.9, 0.55, 1.9, np.nan]), np.array([200.0, 200, 20, 200]), np.array([20.0, 20, 20, 20])
    )
    np.testing.assert_allclose(found, [0.1, -0.05, np.nan, np.nan])


def test_a_stratum_of_the_frame_without_responses_is_named() -> None:
    frame = pd.DataFrame({"district": ["D1", "D2", "D3", "D4", "D5", "D9"], "count": [5200] * 6})
    with pytest.raises(StatisticsError, match="margin district: level D9 has no responses"):
        SurveyDesign.from_frame(
            pd.read_csv(FOLDER / "all_adults.csv"),
            items=ITEMS,
            strata="district",
            weights="weight",
            clusters=STAGES,
            frame=frame,
        )


def test_the_points_of_an_index_tree_add_up_to_its_estimate() -> None:
    tree = IndexDefinition("tree", "tree", tree=IndexNode("root", ("q1", IndexNode("b", ("q4", "q5", "q6")))))
    design = replace(sample(), index=tree)
    (estimates,) = design.estimate("overall", "sex").figures
    shares = design.distribution("overall", "sex").figures.share
    np.testing.assert_allclose(shares[:, 3:].sum(axis=1), estimates.estimate, rtol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)
