"""The weights that a request asks for."""

from typing import get_args

from sipas.errors import InputError
from sipas.report.request import EstimateRequest, Weights
from sipas.report.source import Source
from sipas.stats import (
    Frame,
    IndexDefinition,
    Margins,
    Weighting,
    calibrate,
    frame_margins,
    post_stratify,
    rake,
    trim,
    unweighted,
)
from sipas.stats.calibration.distances import DistanceName

CALIBRATED = ("rake", *get_args(DistanceName))


def weigh(request: EstimateRequest, source: Source, definition: IndexDefinition) -> Weighting:
    method = request.weights or ("none" if source.frame is None else "post-stratify")
    refuse_stray_options(request, method)
    weighting = made(method, request, source, definition)
    return weighting if request.trim is None else trim(source.cells, weighting, *request.trim)


def made(method: Weights, request: EstimateRequest, source: Source, definition: IndexDefinition) -> Weighting:
    if method == "none":
        return unweighted(source.cells, source.strata)
    if method == "post-stratify":
        return post_stratified(request, source, definition)
    base, margins = base_and_margins(request, source, definition)
    if method == "rake":
        return rake(source.cells, margins, base, request.bounds)
    return calibrate(source.cells, margins, base, distance=method, bounds=request.bounds)


def refuse_stray_options(request: EstimateRequest, method: Weights) -> None:
    given = {"margins": request.margins, "bounds": request.bounds}
    for name, value in given.items():
        if value is not None and method not in CALIBRATED:
            raise InputError(f"{name}: goes with weights {', '.join(CALIBRATED)}, not with {method}")
    if request.trim is not None and method == "none":
        raise InputError("trim: there are no weights to trim; ask for some, such as post-stratify")
    if method == "logit" and request.bounds is None:
        raise InputError("bounds: weights by logit need them, such as 0.4,2.5")


def post_stratified(request: EstimateRequest, source: Source, definition: IndexDefinition) -> Weighting:
    return post_stratify(
        source.cells,
        needed_frame(request, source),
        source.strata,
        walk_up=source.walk_up(),
        collapse=request.collapse,
        share_walk_up=definition.walk_up,
        out_of_date=request.out_of_date,
        among=source.among,
    )


def base_and_margins(
    request: EstimateRequest, source: Source, definition: IndexDefinition
) -> tuple[Weighting, Margins]:
    """Margins brought along start from the frame's weights, where there is a frame."""
    if request.margins is None:
        return frame_margins(
            source.cells,
            needed_frame(request, source),
            source.strata,
            walk_up=source.walk_up(),
            share_walk_up=definition.walk_up,
            out_of_date=request.out_of_date,
        )
    if source.frame is None:
        return unweighted(source.cells, source.strata), request.margins
    return post_stratified(request, source, definition), request.margins


def needed_frame(request: EstimateRequest, source: Source) -> Frame:
    if source.frame is None:
        margins = " or margins" if request.weights in CALIBRATED else ""
        method = request.weights or "post-stratify"
        raise InputError(
            f"weights: {method} needs a frame{margins}, and there is none; bring one in or say none"
        )
    return source.frame
