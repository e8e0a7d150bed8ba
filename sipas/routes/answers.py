"""GET /api/ranks, /api/targets, /api/small-areas: what people ask of the indices of /api/indices."""

from litestar import Response, get
from litestar.datastructures import State

from sipas.report.answer_formats import to_csv
from sipas.report.ranks import rank_table
from sipas.report.small_areas import small_area_table
from sipas.report.targets import split_target, target_table
from sipas.routes.guards import reader_guard
from sipas.routes.indices import Asked, answered, options_of


@get("/api/ranks", guards=[reader_guard])
async def get_ranks(request: Asked, state: State) -> Response[bytes]:
    return await answered(request, state, "ranks", options_of(request), rank_table, to_csv)


@get("/api/targets", guards=[reader_guard])
async def get_targets(request: Asked, state: State) -> Response[bytes]:
    """`target` beside the parameters of an estimate: the round's unless given."""
    target, options = split_target(options_of(request))
    return await answered(
        request, state, "targets", options, lambda asked, source: target_table(asked, source, target), to_csv
    )


@get("/api/small-areas", guards=[reader_guard])
async def get_small_areas(request: Asked, state: State) -> Response[bytes]:
    return await answered(request, state, "small-areas", options_of(request), small_area_table, to_csv)
