"""Is the process alive, and can it store an answer?"""

from litestar import get
from litestar.datastructures import State

from sipas.queries.catalogue import get_catalogue_version


@get("/healthz", media_type="text/plain")
async def healthz() -> str:
    return "alive\n"


@get("/readyz", media_type="text/plain")
async def readyz(state: State) -> str:
    """503 through the error map where the database does not answer."""
    async with state.pool.acquire() as conn, conn.transaction():
        await get_catalogue_version(conn)
    return "ready\n"
