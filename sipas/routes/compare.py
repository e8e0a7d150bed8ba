"""GET /api/compare: differences between domains, rounds or answer channels."""

from litestar import Response, get
from litestar.datastructures import State

from sipas.report.compare.before import read_before
from sipas.report.compare.compare import compare_table
from sipas.report.compare.compare_formats import comparison_csv
from sipas.report.compare.compare_request import read_compare_request
from sipas.report.sources.limits import require_few_options
from sipas.routes.guards import reader_guard
from sipas.routes.indices import (
    COMPRESSES,
    TableRequest,
    choose_answer,
    is_zipped,
    measured_rows,
    options_of,
    sent,
)
from sipas.routes.work import Work, client_of, while_connected


@get("/api/compare", guards=[reader_guard], opt=COMPRESSES)
async def get_comparison(request: TableRequest, state: State) -> Response[bytes]:
    """Accept `against`, `against-round`, `adjust` and `mix` with the parameters of /api/indices."""
    format_, options = choose_answer(request, options_of(request))
    asked = read_compare_request(options)
    require_few_options(asked.estimate)
    work: Work = state.work
    client = client_of(request)

    async def answer() -> Response[bytes]:
        source = await state.rounds.source(asked.estimate)
        await work.short.run(client, measured_rows, asked.estimate, source)
        before = await read_before(state.rounds, asked, source.index)

        def made() -> Response[bytes]:
            table = compare_table(asked, source, before)
            return sent(table, format_, "compare", source.name, comparison_csv, is_zipped(request))

        return await work.long.run(client, made)

    return await while_connected(request, answer())
