"""The weights that a request asks for."""

from dataclasses import replace
from typing import get_args

from sipas.errors import InputError
from sipas.report.request import EstimateRequest, Weights
from sipas.report.sources.source import Source
from sipas.stats import (
    Frame,
    IndexDefinition,
    Margins,
    WalkUp,
    Weighting,
    calibrate,
    frame_margins,
    post_stratify,
    rake,
    trim,
    unweighted,
)
from sipas.stats.arrays import FloatArray
from sipas.stats.calibration.distances import DistanceName
from sipas.stats.notes import MARGINS_RESCALED
from sipas.stats.weights.base_weights import (
    column_weights,
    design_weighted,
    post_stratified_from,
    with_base_weights,
)

CALIBRATED = ("rake", *get_args(DistanceName))
_WEIGHT_ROUNDING = 1e-6
_MEAN_1_ROUNDING = 0.005


def weigh(request: EstimateRequest, source: Source, definition: IndexDefinition) -> Weighting:
    method = request.weights or ("none" if source.frame is None else "post-stratify")
    _refuse_stray_options(request, method)
    weighting = _made(method, request, source, definition)
    return weighting if request.trim is None else trim(source.cells, weighting, *request.trim)


def _made(
    method: Weights, request: EstimateRequest, source: Source, definition: IndexDefinition
) -> Weighting:
    if method == "none":
        return _as_they_are(request, source)
    if method == "post-stratify":
        return _post_stratified(request, source, definition)
    base, margins = _base_and_margins(request, source, definition)
    if method == "rake":
        found = rake(source.cells, margins, base, request.bounds)
    else:
        found = calibrate(source.cells, margins, base, distance=method, bounds=request.bounds)
    fewer = margins.total < float(source.cells.n[base.stratum >= 0].sum()) * (1 - _WEIGHT_ROUNDING)
    said = (MARGINS_RESCALED(names=margins.rescaled),) if margins.rescaled else ()
    relative = fewer or (margins.relative and not base.tells_population)
    return replace(found, relative=relative, notes=(*found.notes, *said))


def _base_weights(request: EstimateRequest, source: Source) -> FloatArray | None:
    """float64[cells]: the weights that came with the responses."""
    name = request.weight_column
    return None if name is None else column_weights(source.cells.column(name), name)


def _as_they_are(request: EstimateRequest, source: Source) -> Weighting:
    """Weights that add up to no more than the responses only say how these relate to each other.

    Weights of mean 1 that were rounded add up to a little more.
    """
    weight = _base_weights(request, source)
    if weight is None:
        return unweighted(source.cells, source.strata)
    weighting = design_weighted(source.cells, source.strata, weight)
    n = source.cells.n
    return replace(weighting, relative=bool(n @ weight <= n.sum() * (1 + _MEAN_1_ROUNDING)))


def _refuse_stray_options(request: EstimateRequest, method: Weights) -> None:
    given = {"margins": request.margins, "bounds": request.bounds}
    for name, value in given.items():
        if value is not None and method not in CALIBRATED:
            raise InputError(f"{name}: goes with weights {', '.join(CALIBRATED)}, not with {method}")
    if request.trim is not None and method == "none" and request.weight_column is None:
        raise InputError("trim: there are no weights to trim; choose weights such as post-stratify")
    if method == "logit" and request.bounds is None:
        raise InputError("bounds: weights by logit need them, such as 0.4,2.5")


def _post_stratified(request: EstimateRequest, source: Source, definition: IndexDefinition) -> Weighting:
    weighting = post_stratify(
        source.cells,
        _needed_frame(request, source),
        source.strata,
        walk_up=_walk_up(source, definition),
        collapse=request.collapse if source.rows is None else "none",
        out_of_date=request.out_of_date or source.out_of_date,
        among=source.among,
    )
    weight = _base_weights(request, source)
    return weighting if weight is None else post_stratified_from(source.cells, weighting, weight)


def _base_and_margins(
    request: EstimateRequest, source: Source, definition: IndexDefinition
) -> tuple[Weighting, Margins]:
    """Margins brought along start from the frame's weights, where there is a frame."""
    if request.margins is None:
        return _from_frame_margins(request, source, definition)
    framed = source.frame is not None
    base = _post_stratified(request, source, definition) if framed else _as_they_are(request, source)
    margins = request.margins
    return base, margins.scaled_to(float(source.cells.n @ base.weight)) if margins.relative else margins


def _from_frame_margins(
    request: EstimateRequest, source: Source, definition: IndexDefinition
) -> tuple[Weighting, Margins]:
    base, margins = frame_margins(
        source.cells,
        _needed_frame(request, source),
        source.strata,
        walk_up=_walk_up(source, definition),
        out_of_date=request.out_of_date or source.out_of_date,
    )
    weight = _base_weights(request, source)
    return base if weight is None else with_base_weights(base, weight), margins


def _walk_up(source: Source, definition: IndexDefinition) -> WalkUp | None:
    cells = source.walk_up() if source.rows is None else None
    return None if cells is None else WalkUp(cells, definition.walk_up)


def _needed_frame(request: EstimateRequest, source: Source) -> Frame:
    if source.frame is None:
        margins = " or margins" if request.weights in CALIBRATED else ""
        method = request.weights or "post-stratify"
        raise InputError(
            f"weights: {method} needs a frame{margins}, and there is none; bring one in or say none"
        )
    return source.frame
