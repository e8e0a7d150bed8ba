"""Questions to a design: the two engines agree, results print themselves, bad combinations are refused."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from sipas.errors import StatisticsError
from sipas.stats import Clusters, Options, Replicates, SurveyDesign
from tests.stats.designs.made import ITEMS, VILLAGES, households, people, replicated
from tests.stats.goldens import REFERENCE

STRATA = ["unit", "procedure_group", "channel"]


def citizens() -> tuple[pd.DataFrame, dict[str, list[str]]]:
    frame = pd.read_csv(REFERENCE / "sipas" / "responses.csv")
    return frame, {f"f{k}": [name for name in frame if name.startswith(f"f{k}q")] for k in range(1, 6)}


def test_cells_and_rows_agree() -> None:
    """Equal weights in strata are the same sample, whichever engine holds it."""
    frame, items = citizens()
    cells = SurveyDesign.from_frame(frame, items=items, strata=STRATA)
    rows = SurveyDesign.from_frame(frame.assign(one=1), items=items, strata=STRATA, weights="one")
    for ours, theirs in zip(answers(cells), answers(rows), strict=True):
        same = [column for column in ours if column not in ("population", "deff", "notes")]
        pd.testing.assert_frame_equal(ours[same], theirs[same], rtol=1e-9)


@pytest.mark.parametrize("against", ["rest", "whole"])
def test_each_domain_is_compared_with_the_rest_and_the_whole_by_either_engine(against: str) -> None:
    frame, items = citizens()
    cells = SurveyDesign.from_frame(frame, items=items, strata=STRATA)
    rows = SurveyDesign.from_frame(frame.assign(one=1), items=items, strata=STRATA, weights="one")
    for measure in ("item:f1q1", "factor:f2", "overall"):
        ours, theirs = (d.compare(measure, by="unit", against=against).to_frame() for d in (cells, rows))
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize("design", [households(VILLAGES), replicated("jkn")], ids=["clusters", "jkn"])
def test_the_rest_of_two_is_the_other_one(design: SurveyDesign) -> None:
    rest = design.compare("overall", by="sex", against="rest")
    pair = design.compare("overall", by="sex", against="M")
    for column in ("difference", "se", "low", "high"):
        assert rest[column][0] == pytest.approx(pair[column][0], rel=1e-9)


@pytest.mark.parametrize("design", [households(VILLAGES), replicated("jkn")], ids=["clusters", "jkn"])
def test_a_part_and_the_whole_differ_by_a_share_of_the_difference_from_the_rest(design: SurveyDesign) -> None:
    """Of totals that no weight changes; the share of the whole that is the rest is near a constant."""
    rest, whole = (design.compare("overall", by="sex", against=other) for other in ("rest", "whole"))
    share = whole["difference"][0] / rest["difference"][0]
    assert 0 < share < 1
    assert whole["se"][0] == pytest.approx(share * rest["se"][0], rel=0.1)


def answers(design: SurveyDesign) -> Iterator[pd.DataFrame]:
    yield design.estimate("all", by=["unit"], options=Options(fpc=False)).to_frame()
    yield design.compare("factor:f1", by="unit", against="U03").to_frame()
    yield design.ranks(by="unit").to_frame()
    yield design.targets(0.7, by="unit").to_frame()


def test_a_frame_of_counts_post_stratifies() -> None:
    frame, items = citizens()
    counts = pd.read_csv(REFERENCE / "sipas" / "frame.csv")
    design = SurveyDesign.from_frame(frame, items=items, strata=STRATA, frame=(counts, "N_h"))
    result = design.estimate("overall", by="unit")
    assert sum(result["population"]) == pytest.approx(counts["N_h"].sum())
    assert result["estimate"][0] == pytest.approx(0.7359319153422035, rel=1e-9)


def test_responses_of_clusters_are_post_stratified_to_a_frame() -> None:
    """Clusters of one response are no clusters."""
    frame, items = citizens()
    counts = pd.read_csv(REFERENCE / "sipas" / "frame.csv")
    kept = frame.groupby(STRATA)["response_id"].transform("size") >= 5  # no stratum is pooled
    frame, counts = frame[kept].assign(one=1), counts.merge(frame.loc[kept, STRATA].drop_duplicates())
    plain = SurveyDesign.from_frame(frame, items=items, strata=STRATA, frame=(counts, "N_h"))
    clustered = SurveyDesign.from_frame(
        frame, items=items, strata=STRATA, frame=(counts, "N_h"), clusters="response_id"
    )
    columns = ["unit", "estimate", "se", "df", "n_effective", "population"]
    ours, theirs = (
        design.estimate("overall", by="unit", options=Options(fpc=False)).to_frame()[columns]
        for design in (clustered, plain)
    )
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9)


def test_only_the_named_levels_are_domains_and_weights_stay() -> None:
    frame, items = citizens()
    counts = pd.read_csv(REFERENCE / "sipas" / "frame.csv")
    design = SurveyDesign.from_frame(frame, items=items, strata=STRATA, frame=(counts, "N_h"))
    every = design.estimate(by=["unit", "channel"]).to_frame()
    some = design.estimate(by="channel", where={"unit": "U02"}).to_frame()
    kept = every[every["unit"] == "U02"].reset_index(drop=True).drop(columns="unit")
    pd.testing.assert_frame_equal(some, kept)


def test_a_result_prints_one_line_a_row() -> None:
    result = replicated("brr").estimate("factors", by="sex")
    lines = str(result).splitlines()
    assert lines[0].split()[:6] == ["sex", "measure", "statistic", "estimate", "se", "low"]
    assert lines[1].split()[:4] == ["F", "factor:a", "share", "0.6903"]
    assert len(lines) == len(result) + 1 == 5
    assert repr(result) == str(result)


def test_clusters_that_share_names_need_nest() -> None:
    with pytest.raises(StatisticsError, match="a cluster must lie in one stratum"):
        households(Clusters("village"))


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(StatisticsError, match="frame: name the strata columns"):
        SurveyDesign.from_frame(people(), items=ITEMS, weights="weight", frame=people())
    brr = Replicates("brr_", "brr")
    with pytest.raises(StatisticsError, match="give clusters= or replicates=, not both"):
        SurveyDesign.from_frame(people(), items=ITEMS, weights="weight", clusters="village", replicates=brr)
    with pytest.raises(StatisticsError, match="replicate weights need weights="):
        SurveyDesign.from_frame(people(), items=ITEMS, replicates=Replicates("brr_", "brr"))
    with pytest.raises(StatisticsError, match="two columns or more, and no column begins with 'x_'"):
        SurveyDesign.from_frame(people(), items=ITEMS, weights="weight", replicates=Replicates("x_", "brr"))
    with pytest.raises(StatisticsError, match="Fay's method, and no other, needs its coefficient rho"):
        replicated("brr", 0.3)
    with pytest.raises(StatisticsError, match="replicate 1 is no delete-one jackknife"):
        SurveyDesign.from_frame(people(), items=ITEMS, weights="weight", replicates=Replicates("fay_", "jkn"))
    with pytest.raises(StatisticsError, match="margin sex: level X has no responses"):
        households(Clusters("village", nest=True)).rake({"sex": {"F": 1, "M": 1, "X": 1}})
    with pytest.raises(StatisticsError, match="ask for one, such as overall"):
        replicated("brr").compare("items", by="sex")


def test_a_missing_or_negative_replicate_weight_is_named() -> None:
    frame = people()
    frame.loc[2, "brr_2"] = np.nan
    with pytest.raises(StatisticsError, match="row 3: replicate weight 2 is nan"):
        SurveyDesign.from_frame(frame, items=ITEMS, weights="weight", replicates=Replicates("brr_", "brr"))
