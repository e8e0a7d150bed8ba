"""GET /api/ranks, /api/targets, /api/small-areas: questions about the indices of /api/indices."""

from litestar import Response, get
from litestar.datastructures import State

from sipas.report.compare.answer_formats import answer_csv
from sipas.report.compare.ranks import rank_table
from sipas.report.compare.targets import parse_target, target_table
from sipas.report.indices.small_areas import SmallAreaTable, parse_covariates, small_area_table
from sipas.report.request import EstimateRequest, without
from sipas.report.sources.source import Source
from sipas.routes.guards import reader_guard
from sipas.routes.indices import COMPRESSES, TableRequest, answered, options_of


@get("/api/ranks", guards=[reader_guard], opt=COMPRESSES)
async def get_ranks(request: TableRequest, state: State) -> Response[bytes]:
    return await answered(request, state, "ranks", options_of(request), rank_table, answer_csv)


@get("/api/targets", guards=[reader_guard], opt=COMPRESSES)
async def get_targets(request: TableRequest, state: State) -> Response[bytes]:
    """Accept `target` with the parameters of an estimate; the default is the round's."""
    given, options = without("target", options_of(request))
    target = None if given is None else parse_target("target", given)
    return await answered(
        request,
        state,
        "targets",
        options,
        lambda asked, source: target_table(asked, source, target),
        answer_csv,
    )


@get("/api/small-areas", guards=[reader_guard], opt=COMPRESSES)
async def get_small_areas(request: TableRequest, state: State) -> Response[bytes]:
    """Accept `covariates` with the parameters of an estimate: the content of the command's file."""
    content, options = without("covariates", options_of(request))

    def table(asked: EstimateRequest, source: Source) -> SmallAreaTable:
        covariates = None if content is None else parse_covariates(content, asked)
        return small_area_table(asked, source, covariates)

    return await answered(request, state, "small-areas", options, table, answer_csv)
