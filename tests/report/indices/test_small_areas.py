from pathlib import Path

import pytest

from sipas.errors import InputError, TableError
from sipas.report.compare.answer_formats import answer_csv, answer_text
from sipas.report.indices.indices import index_table
from sipas.report.indices.small_areas import read_covariates, small_area_table
from sipas.report.request import EstimateRequest
from sipas.report.sources.files import Files, file_source
from sipas.report.sources.source import Source
from sipas.stats import Options
from sipas.stats.notes import MODEL_BASED

AREAS = EstimateRequest(by=(("unit", "procedure_group"),))


@pytest.fixture
def source(sipas_files: Files) -> Source:
    return file_source(sipas_files, AREAS)


def test_areas_have_model_based_shares_beside_the_direct_ones(source: Source) -> None:
    table = small_area_table(AREAS, source)
    plain = index_table(AREAS, source).rows
    assert [(row.by, row.estimate, row.low) for row in table.rows] == [
        (row.by, row.estimate, row.low) for row in plain
    ]
    for row in table.rows:
        assert row.model_estimate is not None
        assert row.model_low is not None
        assert row.model_high is not None
        assert 0 <= row.model_low < row.model_estimate < row.model_high <= 1
        assert MODEL_BASED in row.notes


def test_the_model_keeps_the_direct_total_and_narrows_the_smallest(source: Source) -> None:
    rows = small_area_table(AREAS, source).rows
    known = [(row.population, row.estimate, row.model_estimate) for row in rows]
    direct = sum(n * p for n, p, _ in known if n is not None and p is not None)
    assert sum(n * m for n, _, m in known if n is not None and m is not None) == pytest.approx(direct)
    fewest = min(rows, key=lambda row: row.n_effective or 0)
    weights = [row.direct_weight for row in rows if row.direct_weight is not None]
    assert fewest.direct_weight == min(weights)
    assert fewest.model_se is not None
    assert fewest.n_effective is not None
    assert fewest.model_se**2 < 0.68 * (1 - 0.68) / fewest.n_effective


def covariates(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "known.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def units(tmp_path: Path, count: int = 10) -> Path:
    rows = (f"U{i:02},{i * i / 100},{i % 3}" for i in range(1, count + 1))
    return covariates(tmp_path, "unit,staff,region", *rows)


def test_what_is_known_of_every_area_goes_into_the_model(source: Source, tmp_path: Path) -> None:
    request = EstimateRequest(by=(("unit",),))
    table = small_area_table(request, source, read_covariates(units(tmp_path), request))
    (model,) = table.models
    assert [c.covariate for c in model.coefficients] == ["(constant)", "staff", "region"]
    assert (model.by, model.measure) == (["unit"], "overall:pooled")
    assert model.between > 0


def test_covariates_that_do_not_fit_the_areas_are_refused(source: Source, tmp_path: Path) -> None:
    request = EstimateRequest(by=(("unit",),))
    with pytest.raises(TableError, match=r"known\.csv: has no row for unit=U10; add one"):
        small_area_table(request, source, read_covariates(units(tmp_path, 9), request))
    for lines, message in (
        (("unit,staff", "U01,1", "U01,2"), "row 3, column unit: U01 stands in an earlier row too"),
        (("unit,staff", "U01,many"), "row 2, column staff: 'many' is no number"),
        (("unit", "U01"), "has no column beside unit to explain areas by"),
        (("area,staff", "U01,1"), "column unit: is missing"),
    ):
        with pytest.raises(TableError, match=message):
            read_covariates(covariates(tmp_path, *lines), request)
    with pytest.raises(InputError, match="give `by` once"):
        read_covariates(units(tmp_path), EstimateRequest(by=(("unit",), ("channel",))))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (EstimateRequest(), "by: name the columns that tell areas apart"),
        (EstimateRequest(by=(("unit",),), options=Options(statistic="mean")), "are modelled for shares only"),
        (
            EstimateRequest(by=(("unit",),), where=(("unit", "U01"),)),
            "areas with a sample: 1, fewer than the 2",
        ),
    ],
)
def test_what_cannot_be_modelled_is_refused(source: Source, request_: EstimateRequest, message: str) -> None:
    with pytest.raises(InputError, match=message):
        small_area_table(request_, source)


def test_in_text_the_model_stands_before_the_direct_figures(source: Source) -> None:
    table = small_area_table(EstimateRequest(by=(("unit",),)), source)
    first, *_ = answer_text(table).splitlines()
    assert first.split()[2:7] == ["model", "model_low", "model_high", "direct_weight", "estimate"]
    assert answer_csv(table).decode().splitlines()[0].endswith("model_high,direct_weight")
