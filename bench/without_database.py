"""`sipas serve` as it is, but for the INSERT: what it stores is gone, and answered at once."""

from collections.abc import Sequence
from uuid import UUID

from sipas.cli.serve import serve
from sipas.postgres.pool import Connection
from sipas.queries.responses import Row
from sipas.survey import intake


async def insert_responses(conn: Connection, rows: Sequence[Row]) -> dict[UUID, bytes]:
    return {row.id: row.digest for row in rows}


if __name__ == "__main__":
    intake.insert_responses = insert_responses
    serve()
