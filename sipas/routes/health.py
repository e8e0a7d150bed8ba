"""Health checks: whether the process runs, and whether it can store answers."""

from litestar import get
from litestar.datastructures import State

from sipas.errors import DatabaseError
from sipas.queries.catalogue import get_catalogue_version
from sipas.queries.durability import Setting, list_unsafe_settings, probe_disk


@get("/healthz", media_type="text/plain")
async def healthz() -> str:
    return "alive\n"


@get("/readyz", media_type="text/plain")
async def readyz(state: State) -> str:
    """503, by the error map, if the database is away, has no disk left, or may lose confirmed data."""
    async with state.pool.acquire() as conn, conn.transaction():
        await get_catalogue_version(conn)
        await probe_disk(conn)
        _refuse_unsafe(await list_unsafe_settings(conn))
    return "ready\n"


def _refuse_unsafe(found: list[Setting]) -> None:
    if found:
        named = ", ".join(f"{setting.name} = {setting.value}" for setting in found)
        raise DatabaseError(f"the database could lose an answer that it has confirmed: it runs with {named}")
