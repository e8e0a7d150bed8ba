"""The household survey of tests/reference/designs under every design that R's numbers are for."""

from collections.abc import Callable

import pandas as pd

from sipas.stats import Clusters, IndexDefinition, Replicates, SurveyDesign
from sipas.stats.designs.replicates import ReplicateType
from tests.stats.goldens import REFERENCE

FOLDER = REFERENCE / "designs"
ITEMS = {"a": ["q1", "q2", "q3"], "b": ["q4", "q5", "q6"]}
FACTORS = IndexDefinition("factors", "factors", {"a": 0.4, "b": 0.6})
SEX = {"F": 5200.0, "M": 4700.0}
AGE = {"18-34": 3300.0, "35-59": 4100.0, "60+": 2500.0}

Design = Callable[[], SurveyDesign]


def people() -> pd.DataFrame:
    answers, replicates = pd.read_csv(FOLDER / "responses.csv"), pd.read_csv(FOLDER / "replicates.csv")
    return answers.merge(replicates, on="response_id")


def households(clusters: Clusters | None, strata: str | tuple[str, ...] = "district") -> SurveyDesign:
    return SurveyDesign.from_frame(people(), items=ITEMS, strata=strata, weights="weight", clusters=clusters)


def replicated(kind: ReplicateType, rho: float | None = None) -> SurveyDesign:
    sample = Replicates(f"{kind}_", kind, rho)
    return SurveyDesign.from_frame(people(), items=ITEMS, weights="weight", replicates=sample)


VILLAGES = Clusters("village", nest=True)
TWO_STAGES = Clusters(["village", "household"], nest=True, populations=["villages", "households"])

DESIGNS: dict[str, Design] = {
    "clusters_with_replacement": lambda: households(VILLAGES),
    "two_stages": lambda: households(TWO_STAGES),
    "one_stage_fpc": lambda: households(Clusters("village", nest=True, populations=["villages"])),
    "weights_alone": lambda: households(None, ()),
    "strata_and_weights": lambda: households(None),
    "raked": lambda: households(VILLAGES).rake({"sex": SEX, "age": AGE}),
    "post_stratified": lambda: households(VILLAGES).calibrate({"sex": SEX}),
    "brr": lambda: replicated("brr"),
    "fay": lambda: replicated("fay", 0.3),
    "jkn": lambda: replicated("jkn"),
    "bootstrap": lambda: replicated("bootstrap"),
}
