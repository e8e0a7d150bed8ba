"""Withdraws imported responses: replaced by a corrected file, or withdrawn with their import."""

from collections import defaultdict

import msgspec

from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.queries.counting import CellCount, CellCounts, UncountedResponse, add_cells
from sipas.queries.withdrawn import (
    delete_empty_cells,
    find_import,
    list_replaced,
    list_withdrawn,
    lock_cells,
    mark_withdrawn,
    shorten_uncounted,
    withdraw_changed,
    withdraw_import,
)
from sipas.survey.catalogue import Catalogue, load_catalogue, local_day
from sipas.survey.intake.counting import attributes_of, scoring_of, tabulate_responses


class Withdrawn(msgspec.Struct, frozen=True, omit_defaults=True):
    """not_restored: responses of earlier files that the import had replaced; they stay away."""

    file: str
    withdrawn: int
    not_restored: int = 0
    earlier_files: tuple[str, ...] = ()


async def replace_changed(conn: Connection, catalogue: Catalogue, round_id: int) -> int:
    """Withdraw the stored responses that the table `incoming` changes; return how many."""
    await lock_cells(conn)
    count = await withdraw_changed(conn, round_id)
    await _take_out_of_cells(conn, catalogue)
    return count


async def withdraw_responses(conn: Connection, number: int, by: str) -> Withdrawn:
    """Withdraw everything that an import stored, except what a later one replaced."""
    catalogue = await load_catalogue(conn)
    async with conn.transaction():
        await lock_cells(conn)
        found = await find_import(conn, number)
        if found is None:
            raise InputError(f"there is no import {number}; `sipas import log` lists them")
        if found.withdrawn_at is not None:
            day = local_day(found.withdrawn_at)
            raise InputError(f"import {number} of {found.file} was withdrawn on {day} already")
        count = await withdraw_import(conn, number)
        replaced = await list_replaced(conn, number)
        await _take_out_of_cells(conn, catalogue)
        await mark_withdrawn(conn, number, by)
    not_restored = sum(one.responses for one in replaced)
    return Withdrawn(found.file, count, not_restored, tuple(dict.fromkeys(one.file for one in replaced)))


async def _take_out_of_cells(conn: Connection, catalogue: Catalogue) -> None:
    counted: defaultdict[int, list[UncountedResponse]] = defaultdict(list)
    for alike in await list_withdrawn(conn):
        counted[alike.round_id].append(alike)
    await shorten_uncounted(conn)
    for round_id, responses in counted.items():
        tally = tabulate_responses(
            responses, scoring_of(catalogue, round_id), attributes_of(catalogue, round_id)
        )
        await add_cells(conn, round_id, _negative(tally))
        await delete_empty_cells(conn, round_id)


def _negative(tally: CellCounts) -> CellCounts:
    return {key: CellCount(-count.n, [-value for value in count.sums]) for key, count in tally.items()}
