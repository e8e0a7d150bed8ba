"""Data frames of every library mean the same, and what an R user expects."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from sipas.errors import NotFound, StatisticsError
from sipas.stats import Options, Questionnaire, Scale, SurveyDesign

ROWS = {
    "district": ["10", "9", "9", "10", "9", "10"],
    "sex": ["F", "M", None, "F", "M", "F"],
    "q1": [5, 4, None, 2, 1, 4],
    "q2": [3, 4, 4, None, 5, 5],
}
LIBRARIES = [pd.DataFrame, pl.DataFrame, pa.table]


@pytest.mark.parametrize("library", LIBRARIES)
def test_every_library_gives_the_same_and_takes_its_own_back(library: Any) -> None:
    design = SurveyDesign.from_frame(library(ROWS), items=["q1", "q2"], strata="district")
    result = design.estimate("items", by="sex")
    assert result["sex"] == ["F", "M", None] * 2
    assert result["estimate"][:3] == [pytest.approx(2 / 3), 0.5, None]
    assert type(result.to_frame()) is type(library(ROWS))


def test_zeros_and_ones_and_booleans_are_shares() -> None:
    numbers = pd.DataFrame({"solved": [1, 0, 1, 1, None], "unit": ["a", "a", "b", "b", "b"]})
    truths = numbers.assign(solved=pd.array([True, False, True, True, None], dtype="boolean"))
    for frame in (numbers, truths):
        result = SurveyDesign.from_frame(frame, items=["solved"]).estimate("item:solved", by="unit")
        assert result["estimate"] == [0.5, 1.0]
        assert result["n"] == [2, 2]


def test_ordered_categories_are_points_and_keep_their_order_as_domains() -> None:
    words = pd.Categorical(["bad", "good", "fair"], categories=["bad", "fair", "good"], ordered=True)
    frame = pd.DataFrame({"answer": words, "group": words})
    design = SurveyDesign.from_frame(frame, items=Questionnaire(["answer"], Scale((1, 2, 3), 3)))
    result = design.estimate("item:answer", by="group", options=Options(statistic="mean"))
    assert result["group"] == ["bad", "fair", "good"]
    assert result["estimate"] == [1.0, 2.0, 3.0]


def test_numbers_are_domains_in_their_order_and_whole_floats_lose_their_point() -> None:
    frame = pd.DataFrame({"q": [4, 5, 3], "age": [10.0, 9.0, np.nan]})
    assert SurveyDesign.from_frame(frame, items=["q"]).estimate(by="age")["age"] == ["9", "10", None]


def test_zero_and_false_are_levels_and_missing_values_are_one() -> None:
    frame = pd.DataFrame({"q": [4, 5, 3, 2], "online": [0.0, 1.0, np.nan, np.nan]})
    result = SurveyDesign.from_frame(frame, items=["q"]).estimate(by="online")
    assert result["online"] == ["0", "1", None]
    assert result["n"] == [1, 1, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"q1": [9, 4, 3, 2, 1, 4]}, "row 1, column q1: 9 is not a point of the scale 1, 2, 3, 4, 5"),
        ({"q1": ["5", "x", "3", "2", "1", "4"]}, "column q1: could not convert"),
        ({"q1": [1.5, 4, 3, 2, 1, 4]}, "row 1, column q1: 1.5 is not a point"),
    ],
)
def test_an_answer_outside_the_scale_is_named(change: dict[str, list[object]], message: str) -> None:
    with pytest.raises(StatisticsError, match=message):
        SurveyDesign.from_frame(pd.DataFrame(ROWS | change), items=["q1", "q2"])


def test_what_is_missing_or_no_data_frame_is_named() -> None:
    with pytest.raises(NotFound, match="no column 'q9'; its columns are district, sex, q1, q2"):
        SurveyDesign.from_frame(pd.DataFrame(ROWS), items=["q9"])
    with pytest.raises(StatisticsError, match="list is not a data frame; give one of pandas"):
        SurveyDesign.from_frame([1, 2], items=["q1"])
    design = SurveyDesign.from_frame(pd.DataFrame(ROWS), items=["q1"])
    with pytest.raises(NotFound, match="no column 'age'"):
        design.estimate(by="age")
    with pytest.raises(NotFound, match="column sex has no level 'X'; its levels are F, M"):
        design.estimate(where={"sex": "X"})
