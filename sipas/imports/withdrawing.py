"""Withdraws imported responses: replaced by a corrected file, or withdrawn with their import."""

import msgspec

from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.queries.withdrawn import (
    find_import,
    list_replaced,
    list_rounds_withdrawn,
    lock_segments,
    mark_withdrawn,
    shorten_uncounted,
    withdraw_changed,
    withdraw_import,
)
from sipas.survey.catalogue import Catalogue, load_catalogue, local_day
from sipas.survey.segments.sealing import rebuild_segments


class Withdrawn(msgspec.Struct, frozen=True, omit_defaults=True):
    """not_restored: responses of earlier files that the import had replaced; they stay away."""

    file: str
    withdrawn: int
    not_restored: int = 0
    earlier_files: tuple[str, ...] = ()


async def replace_changed(conn: Connection, catalogue: Catalogue, round_id: int) -> int:
    """Withdraw the stored responses that the table `incoming` changes; return how many."""
    await lock_segments(conn)
    count = await withdraw_changed(conn, round_id)
    await _take_out_of_segments(conn, catalogue)
    return count


async def withdraw_responses(conn: Connection, number: int, by: str) -> Withdrawn:
    """Withdraw everything that an import stored, except what a later one replaced."""
    catalogue = await load_catalogue(conn)
    async with conn.transaction():
        await lock_segments(conn)
        found = await find_import(conn, number)
        if found is None:
            raise InputError(f"there is no import {number}; `sipas import log` lists them")
        if found.withdrawn_at is not None:
            day = local_day(found.withdrawn_at)
            raise InputError(f"import {number} of {found.file} was withdrawn on {day} already")
        count = await withdraw_import(conn, number)
        replaced = await list_replaced(conn, number)
        await _take_out_of_segments(conn, catalogue)
        await mark_withdrawn(conn, number, by)
    not_restored = sum(one.responses for one in replaced)
    return Withdrawn(found.file, count, not_restored, tuple(dict.fromkeys(one.file for one in replaced)))


async def _take_out_of_segments(conn: Connection, catalogue: Catalogue) -> None:
    """Rebuild the segments of the rounds that lost responses: segments never change otherwise."""
    rounds = await list_rounds_withdrawn(conn)
    await shorten_uncounted(conn)
    for round_id in rounds:
        round_ = catalogue.find_round(round_id)
        assert round_ is not None  # its responses were found by it
        await rebuild_segments(conn, catalogue, round_)
