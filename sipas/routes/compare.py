"""GET /api/compare: is A better than B, did it change, does the channel matter."""

import asyncio

from litestar import Response, get
from litestar.datastructures import State

from sipas.report.before import read_before
from sipas.report.compare import compare_table
from sipas.report.compare_formats import to_csv
from sipas.report.compare_request import read_compare_request
from sipas.routes.guards import reader_guard
from sipas.routes.indices import Asked, choose_answer, options_of, sent


@get("/api/compare", guards=[reader_guard])
async def get_comparison(request: Asked, state: State) -> Response[bytes]:
    """`against`, `against-round`, `adjust` and `mix` beside the parameters of /api/indices."""
    format_, options = choose_answer(request, options_of(request))
    asked = read_compare_request(options)
    source = await state.rounds.source(asked.estimate)
    before = await read_before(state.rounds, asked, source.index)
    table = await asyncio.to_thread(compare_table, asked, source, before)
    return sent(table, format_, "compare", source.name, to_csv)
