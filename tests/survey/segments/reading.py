"""The segments of the only round, read back."""

from sipas.postgres.pool import Connection
from sipas.queries.segments import iterate_segments
from sipas.survey.catalogue import load_catalogue
from sipas.survey.segments.response_columns import ResponseColumns, concatenate_columns
from sipas.survey.segments.sealing import answer_shape


async def read_columns(conn: Connection) -> ResponseColumns:
    round_id: int = await conn.fetchval("select max(round_id) from segment")
    shape = answer_shape(await load_catalogue(conn), round_id)
    async with conn.transaction():
        return concatenate_columns([shape.decode(one) async for one in iterate_segments(conn, round_id, 0)])
