from dataclasses import replace

import pytest

from sipas.report.files import Files, read_source
from sipas.report.indices import Prepared, index_table, prepare
from sipas.report.request import EstimateRequest
from sipas.report.target import one_sided, verdict


@pytest.fixture
def prepared(sipas_files: Files) -> Prepared:
    request = EstimateRequest(collapse="none")
    return prepare(request, read_source(sipas_files, request))


def test_a_target_is_held_against_the_one_sided_bounds(prepared: Prepared) -> None:
    row = one_sided(prepared)
    assert row.low is not None
    assert row.high is not None
    assert row.level == pytest.approx(0.9)
    for target, said in (
        (row.low - 1e-9, "met"),
        (row.low, "met"),
        (row.low + 1e-9, "cannot_tell"),
        (row.high, "cannot_tell"),
        (row.high + 1e-9, "not_met"),
    ):
        assert verdict(prepared, target) == said


def test_a_target_speaks_about_the_service_and_not_about_the_list(
    prepared: Prepared, sipas_files: Files
) -> None:
    """No finite-population factor: its bounds lie wider than those of the figure at the same level."""
    request = EstimateRequest(collapse="none", level=0.9)
    (row,) = index_table(request, read_source(sipas_files, request)).rows
    bound = one_sided(prepared).low
    assert row.low is not None
    assert bound is not None
    assert bound < row.low


def test_what_is_not_reliable_decides_nothing(prepared: Prepared) -> None:
    cells = prepared.source.cells
    few = replace(prepared.source, cells=cells.select(cells.columns["unit"].equals("nowhere")))
    assert verdict(prepare(prepared.request, few), 0.01) == "cannot_tell"
