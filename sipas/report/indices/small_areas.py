"""Model-based shares beside the direct ones, for areas with few answers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from sipas.errors import InputError, TableError
from sipas.report.indices.index_table import IndexRow, TableHeader
from sipas.report.indices.indices import Prepared, describe, domain_order, estimated, finite_or_none, prepare
from sipas.report.margins import parse_text
from sipas.report.request import EstimateRequest
from sipas.report.sources.source import Source
from sipas.stats import Estimates
from sipas.stats.areas.area_shares import SmallAreas, model_shares
from sipas.stats.arrays import FloatArray
from sipas.stats.notes import MODEL_BASED, SYNTHETIC
from sipas.tables import read_table
from sipas.tables.cells import parse_number as number_of
from sipas.tables.rows import Table

_AreaKey = tuple[str | None, ...]


class SmallAreaRow(IndexRow, frozen=True, kw_only=True):
    """estimate, se, low, high are the direct ones. direct_weight: what the model takes of the estimate."""

    model_estimate: float | None
    model_se: float | None
    model_low: float | None
    model_high: float | None
    direct_weight: float | None


class Coefficient(msgspec.Struct, frozen=True):
    covariate: str
    value: float
    se: float


class FittedModel(msgspec.Struct, frozen=True):
    """between: the variance between areas. benchmark: the factor that keeps the direct total."""

    by: list[str]
    measure: str
    between: float
    benchmark: float
    coefficients: list[Coefficient]


class SmallAreaTable(msgspec.Struct, frozen=True, kw_only=True):
    header: TableHeader
    rows: Sequence[SmallAreaRow]
    models: Sequence[FittedModel]


class Covariates:
    """Numbers known of every area, by the columns that name it."""

    def __init__(self, table: Table, by: Sequence[str]) -> None:
        self.file, self.by = table.file, tuple(by)
        self.names = [name for name in table.header if name not in by]
        self.rows: dict[_AreaKey, list[float]] = {}
        if not self.names:
            raise TableError(table.file, f"has no column beside {', '.join(by)} to explain areas by", row=1)
        for row in table.rows:
            key = tuple(row.get(name) for name in by)
            if key in self.rows:
                raise row.error(by[0], f"{', '.join(map(str, key))} stands in an earlier row too")
            self.rows[key] = [row.get_as(name, number_of) for name in self.names]

    def of(self, keys: Sequence[_AreaKey]) -> FloatArray:
        for key in keys:
            if key not in self.rows:
                area = ", ".join(f"{name}={level}" for name, level in zip(self.by, key, strict=True))
                raise TableError(self.file, f"has no row for {area}; add one")
        return np.array([self.rows[key] for key in keys], dtype=np.float64)


def read_covariates(path: Path, request: EstimateRequest) -> Covariates:
    by = _only_areas(request)
    return Covariates(read_table(path, by), by)


def parse_covariates(content: str, request: EstimateRequest) -> Covariates:
    """Parse the content of a file, as an HTTP parameter brings it."""
    by = _only_areas(request)
    return Covariates(parse_text("covariates", content, by), by)


def _only_areas(request: EstimateRequest) -> tuple[str, ...]:
    if len(request.by) != 1:
        raise InputError("covariates: they are of one kind of areas; give `by` once")
    return request.by[0]


def small_area_table(
    request: EstimateRequest, source: Source, covariates: Covariates | None = None
) -> SmallAreaTable:
    if not all(request.by):
        raise InputError("by: name the columns that tell areas apart, such as unit")
    if request.options.statistic != "share":
        raise InputError("statistic: small areas are modelled for shares only")
    prepared = prepare(request, source)
    models: list[FittedModel] = []
    rows = [row for by in request.by for row in _area_rows(prepared, by, covariates, models)]
    return SmallAreaTable(header=describe(prepared), rows=rows, models=models)


def _area_rows(
    prepared: Prepared, by: Sequence[str], covariates: Covariates | None, models: list[FittedModel]
) -> Iterator[SmallAreaRow]:
    """Adds the models that they come from to `models`."""
    names = covariates.names if covariates else []
    for estimates, found in estimated(prepared, by):
        areas = [place for place, row in enumerate(found) if None not in row.by.values()]
        level = prepared.request.options.level
        fitted = _fit(estimates, [found[place] for place in areas], areas, covariates, level)
        models.append(_describe_model(fitted, by, estimates.measure, names))
        places = {domain: place for place, domain in enumerate(areas)}
        rows = (_with_model(row, fitted, places.get(domain)) for domain, row in enumerate(found))
        yield from sorted(rows, key=domain_order)


def _fit(
    estimates: Estimates, rows: list[IndexRow], areas: list[int], covariates: Covariates | None, level: float
) -> SmallAreas:
    """Each area counts by its weight in the total, or by its respondents where there are no weights."""
    size = estimates.population if np.isfinite(estimates.population).any() else estimates.n.astype(np.float64)
    known = covariates.of([tuple(row.by.values()) for row in rows]) if covariates else None
    return model_shares(
        estimates.estimate[areas],
        estimates.n_effective[areas],
        size[areas],
        known,
        covariates.names if covariates else None,
        level,
    )


def _with_model(row: IndexRow, fitted: SmallAreas, place: int | None) -> SmallAreaRow:
    """place None: what has no name is no area."""
    columns = {
        "model_estimate": fitted.estimate,
        "model_se": fitted.se,
        "model_low": fitted.low,
        "model_high": fitted.high,
        "direct_weight": fitted.model.trust,
    }
    numbers = {
        name: None if place is None else finite_or_none(values[place]) for name, values in columns.items()
    }
    note = [] if place is None else [MODEL_BASED if fitted.model.between > 0 else SYNTHETIC]
    return SmallAreaRow(**{**msgspec.structs.asdict(row), **numbers, "notes": [*row.notes, *note]})


def _describe_model(fitted: SmallAreas, by: Sequence[str], measure: str, names: Sequence[str]) -> FittedModel:
    model = fitted.model
    parts = zip(("(constant)", *names), model.beta.tolist(), model.beta_se.tolist(), strict=True)
    coefficients = [Coefficient(name, value, se) for name, value, se in parts]
    return FittedModel(list(by), measure, model.between, fitted.factor, coefficients)
