"""Changes to stored segments, as a fault or a hand in the database would make them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sipas.postgres.pool import Connection
from sipas.queries.segments import Segment, iterate_segments
from sipas.survey.catalogue import load_catalogue
from sipas.survey.segments.keyed import Keyed
from sipas.survey.segments.response_columns import ResponseColumns, concatenate_columns
from sipas.survey.segments.sealing import answer_shape

Change = Callable[[ResponseColumns], ResponseColumns]


def change_answer(columns: ResponseColumns) -> ResponseColumns:
    first = columns.answers[0].copy()
    first[0] = 1 if first[0] != 1 else 2
    return replace(columns, answers=(first, *columns.answers[1:]))


def change_day(columns: ResponseColumns) -> ResponseColumns:
    days = columns.keys["day"]
    earlier = tuple(day.replace(year=2001) for day in days.values)
    return replace(columns, keys={**columns.keys, "day": Keyed(days.codes, earlier)})


def repeat_response(columns: ResponseColumns) -> ResponseColumns:
    return concatenate_columns([columns, columns.select(np.array([0]))])


def drop_response(columns: ResponseColumns) -> ResponseColumns:
    return columns.select(np.arange(1, len(columns)))


CHANGES: dict[str, Change] = {
    "an answer": change_answer,
    "a key": change_day,
    "a response twice": repeat_response,
    "a response gone": drop_response,
}
STATEMENTS = {
    "a segment gone": "delete from segment where first = (select min(first) from segment)",
    "a segment that cannot be read": "update segment set data = substr(data, 1, 99)",
    "a segment that says another number": "update segment set responses = responses + 1",
}
TAMPERINGS = (*CHANGES, *STATEMENTS)


async def tamper(conn: Connection, what: str) -> None:
    """Apply one of TAMPERINGS to the first segment."""
    if what in STATEMENTS:
        assert not (await conn.execute(STATEMENTS[what])).endswith(" 0")
        return
    round_id: int = await conn.fetchval("select min(round_id) from segment")
    shape = answer_shape(await load_catalogue(conn), round_id)
    segments: list[Segment] = []
    async with conn.transaction():
        segments = [one async for one in iterate_segments(conn, round_id, 0)]
    changed = CHANGES[what](shape.decode(segments[0]))
    await conn.execute(
        "update segment set data = $1, responses = $2 where round_id = $3 and first = $4",
        shape.encode(changed),
        len(changed),
        round_id,
        segments[0].first,
    )
