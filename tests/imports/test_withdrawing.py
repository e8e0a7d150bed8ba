"""A wrong import is corrected or taken back, and nothing else is touched."""

import pytest

from sipas.errors import InputError
from sipas.imports.responses import ImportedResponses, ResponseCounts, ResponseFile, import_responses
from sipas.imports.withdrawing import Withdrawn, withdraw_responses
from sipas.postgres.pool import Connection, Pool
from sipas.queries.withdrawn import list_imports
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.checks.checking import check_segments
from sipas.survey.segments.sealing import seal_waiting_responses
from tests.imports.conftest import Write

WRONG = "response_id,unit,overall,access1,ward\nR1,00070,1,4,x\nR2,00004,2,5,x\nR3,00070,3,5,x\n"
RIGHT = "response_id,unit,overall,access1\nR1,00070,5,4\nR2,00004,4,5\nR3,00070,3,5\nR4,00070,3,1\n"
REPLACE = ResponseFile(replace=True, by="an@office")
PLAIN = ResponseFile()


async def overall(conn: Connection) -> list[int]:
    return [row[0] for row in await conn.fetch("select answers[1] from response order by 1")]


async def bring(conn: Connection, write: Write, text: str, file: ResponseFile = REPLACE) -> ImportedResponses:
    return await import_responses(conn, write("r.csv", text), "autumn", file)


@pytest.mark.parametrize("counted", [False, True])
async def test_a_corrected_file_replaces_what_the_wrong_one_stored(
    town: Connection, pool: Pool, write: Write, counted: bool
) -> None:
    await bring(town, write, WRONG, PLAIN)
    if counted:
        await seal_waiting_responses(pool, LiveCatalogue(pool))
    assert (await bring(town, write, RIGHT)).counts == ResponseCounts(1, 0, 3)
    assert await overall(town) == [3, 3, 4, 5]
    await seal_waiting_responses(pool, LiveCatalogue(pool))
    assert (await check_segments(pool)).agree
    assert (await bring(town, write, RIGHT)).counts == ResponseCounts(0, 4, 0)


async def test_responses_of_terminals_are_never_replaced(town: Connection, write: Write) -> None:
    await bring(town, write, WRONG, PLAIN)
    await town.execute("alter table response disable trigger response_never_changes")
    await town.execute("update response set kiosk_id = 1 where answers[1] = 1")
    await town.execute("alter table response enable trigger response_never_changes")
    with pytest.raises(InputError, match="nothing was imported, for round autumn holds other content"):
        await bring(town, write, RIGHT)
    assert await overall(town) == [1, 2, 3]


@pytest.mark.parametrize("counted", [False, True])
async def test_an_import_is_withdrawn_with_what_it_stored_alone(
    town: Connection, pool: Pool, write: Write, counted: bool
) -> None:
    await bring(town, write, WRONG, PLAIN)
    await bring(town, write, f"{WRONG}R9,00070,5,5,x\n", PLAIN)
    if counted:
        await seal_waiting_responses(pool, LiveCatalogue(pool))
    first, second = await list_imports(town, "autumn")
    assert (first.stored, second.stored, second.duplicate) == (3, 1, 3)
    assert await withdraw_responses(town, second.id, "an@office") == Withdrawn("r.csv", 1)
    assert await overall(town) == [1, 2, 3]
    assert await withdraw_responses(town, first.id, "an@office") == Withdrawn("r.csv", 3)
    assert await overall(town) == []
    await seal_waiting_responses(pool, LiveCatalogue(pool))
    assert (await check_segments(pool)).agree
    assert await town.fetchval("select count(*) from segment") == 0
    assert (await bring(town, write, RIGHT, PLAIN)).counts == ResponseCounts(4, 0)


async def test_a_wrong_import_that_is_withdrawn_leaves_what_its_correction_stored(
    town: Connection, pool: Pool, write: Write
) -> None:
    await bring(town, write, WRONG, PLAIN)
    await bring(town, write, RIGHT.replace("R2,00004,4,5\n", ""))
    first, second = await list_imports(town, "autumn")
    assert await withdraw_responses(town, first.id, "an@office") == Withdrawn("r.csv", 1)
    assert await overall(town) == [3, 3, 5]
    # The import that it had replaced is withdrawn itself: there is nothing to restore.
    assert await withdraw_responses(town, second.id, "an@office") == Withdrawn("r.csv", 3)
    await seal_waiting_responses(pool, LiveCatalogue(pool))
    assert (await check_segments(pool)).agree


async def test_a_correction_that_is_withdrawn_says_what_it_does_not_restore(
    town: Connection, write: Write
) -> None:
    await import_responses(town, write("wrong.csv", WRONG), "autumn", PLAIN)
    await bring(town, write, RIGHT)
    _, second = await list_imports(town, "autumn")
    undone = await withdraw_responses(town, second.id, "an@office")
    assert undone == Withdrawn("r.csv", 4, not_restored=3, earlier_files=("wrong.csv",))
    assert await overall(town) == []
    await bring(town, write, WRONG, PLAIN)
    assert await overall(town) == [1, 2, 3]


async def test_imports_are_recorded_with_who_made_them(town: Connection, write: Write) -> None:
    await bring(town, write, WRONG)
    (record,) = await list_imports(town, None)
    assert (record.round, record.file, record.imported_by) == ("autumn", "r.csv", "an@office")
    await withdraw_responses(town, record.id, "bo@office")
    (record,) = await list_imports(town, None)
    assert record.withdrawn_at is not None
    assert record.withdrawn_by == "bo@office"
    with pytest.raises(InputError, match=r"was withdrawn on .* already"):
        await withdraw_responses(town, record.id, "bo@office")
    with pytest.raises(InputError, match="there is no import 99; `sipas import log` lists them"):
        await withdraw_responses(town, 99, "bo@office")
