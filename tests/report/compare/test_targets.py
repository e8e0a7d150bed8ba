from dataclasses import replace

import pytest

from sipas.errors import InputError
from sipas.report.compare.targets import parse_target, target_table, verdict
from sipas.report.indices.indices import Prepared, index_table, prepare
from sipas.report.request import EstimateRequest, without
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.source import Source
from sipas.stats import Options
from sipas.stats.notes import AT_TARGET, BEYOND_POPULATION

BY_UNIT = EstimateRequest(by=(("unit",), ()), collapse="none")


@pytest.fixture
def source(sipas_files: Files) -> Source:
    return file_source(sipas_files, BY_UNIT)


@pytest.fixture
def prepared(source: Source) -> Prepared:
    return prepare(BY_UNIT, source)


def test_a_target_is_held_against_the_one_sided_bounds(prepared: Prepared, source: Source) -> None:
    *_, whole = target_table(BY_UNIT, source, 0.5).rows
    assert whole.by == {}
    assert whole.bound_low is not None
    assert whole.bound_high is not None
    for target, said in (
        (whole.bound_low - 1e-9, "met"),
        (whole.bound_low, "met"),
        (whole.bound_low + 1e-9, "cannot_tell"),
        (whole.bound_high, "cannot_tell"),
        (whole.bound_high + 1e-9, "not_met"),
    ):
        assert verdict(prepared, target).verdict == said


def test_one_sided_bounds_are_the_ends_of_a_wider_interval_without_the_finite_population_factor(
    source: Source,
) -> None:
    """A target speaks about the service, and not about the list."""
    without = EstimateRequest(by=(("unit",),), collapse="none", options=Options(level=0.9, fpc=False))
    two_sided = index_table(without, source).rows
    for row, ends in zip(target_table(BY_UNIT, source, 0.7).rows, two_sided, strict=False):
        assert (row.by, row.bound_low, row.bound_high) == (ends.by, ends.low, ends.high)
        assert row.level == 0.95


def test_a_row_says_what_an_index_says_and_the_verdict(source: Source) -> None:
    rows = target_table(BY_UNIT, source, 0.72).rows
    indices = index_table(
        EstimateRequest(by=BY_UNIT.by, collapse="none", options=Options(fpc=False)), source
    ).rows
    assert [(row.by, row.estimate, row.low, row.n) for row in rows] == [
        (row.by, row.estimate, row.low, row.n) for row in indices
    ]
    told = {row.by.get("unit"): row for row in rows}
    assert (told["U05"].verdict, told["U06"].verdict, told["U01"].verdict) == (
        "met",
        "not_met",
        "cannot_tell",
    )
    assert told["U05"].still_needed == 0
    assert told["U01"].still_needed is not None
    assert told["U01"].still_needed > 0
    assert all(row.p is not None and (row.p <= 0.05) == (row.verdict != "cannot_tell") for row in rows)


def test_what_would_never_tell_or_not_before_all_have_answered_is_noted(source: Source) -> None:
    whole = index_table(EstimateRequest(collapse="none"), source).rows[0]
    assert whole.estimate is not None
    (at,) = target_table(EstimateRequest(collapse="none"), source, whole.estimate).rows
    assert (at.verdict, at.still_needed) == ("cannot_tell", None)
    assert AT_TARGET in at.notes
    (close,) = target_table(EstimateRequest(collapse="none"), source, whole.estimate + 1e-4).rows
    assert BEYOND_POPULATION in close.notes


def test_what_is_not_reliable_decides_nothing(prepared: Prepared) -> None:
    cells = prepared.source.cells
    few = replace(prepared.source, cells=cells.select(cells.columns["unit"].equals("nowhere")))
    assert verdict(prepare(prepared.request, few), 0.01).verdict == "cannot_tell"


def test_the_round_s_target_is_taken_unless_another_is_given(source: Source) -> None:
    with_own = replace(source, target=0.85)
    assert target_table(BY_UNIT, with_own).header.target == 0.85
    assert {row.target for row in target_table(BY_UNIT, with_own, 0.6).rows} == {0.6}


def test_a_target_must_be_there_once_and_on_the_scale(source: Source) -> None:
    with pytest.raises(InputError, match=r"target: there is none; give one, such as 0\.85"):
        target_table(BY_UNIT, source)
    mean = EstimateRequest(options=Options(statistic="mean"))
    with pytest.raises(InputError, match="the round's is a share; give one on the scale"):
        target_table(mean, replace(source, target=0.85))
    for outside in (0.7, 1.0, 5.0, 85.0, float("nan")):
        with pytest.raises(InputError, match="the target of a mean lies between 1 and 5, not at"):
            target_table(mean, source, outside)
    (row,) = target_table(mean, source, 3.0).rows
    assert row.verdict == "met"
    with pytest.raises(InputError, match="lies between 0 and 1, not at 85"):
        target_table(BY_UNIT, source, 85.0)


def test_a_target_is_read_from_among_other_parameters() -> None:
    assert without("target", [("round", "a"), ("target", "0.9")]) == ("0.9", [("round", "a")])
    with pytest.raises(InputError, match="target: given 2 times"):
        without("target", [("target", "0.9"), ("target", "0.8")])
    with pytest.raises(InputError, match="target: 'high' is no number"):
        parse_target("target", "high")
