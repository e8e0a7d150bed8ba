"""Costly requests neither delay cheap ones nor go on without their client."""

import asyncio
import threading
from pathlib import Path

import httpx
import pytest

from sipas.routes.work import Work, WorkPool
from sipas.stopping import Abandoned, check_deadline
from tests.cast import Town
from tests.routes.citizens import answer
from tests.waiting import until


def forever(began: threading.Event, ended: threading.Event) -> None:
    began.set()
    try:
        while True:
            check_deadline()
    except Abandoned:
        ended.set()


async def test_work_ends_with_its_client_and_the_next_one_runs() -> None:
    pool, began, ended = WorkPool("test", 1), threading.Event(), threading.Event()
    work = asyncio.ensure_future(pool.run("a", forever, began, ended))
    await until(began.is_set, "the work began")
    work.cancel()
    assert await pool.run("b", lambda: 7) == 7
    assert ended.is_set()


async def test_small_tables_do_not_wait_for_large_ones() -> None:
    work, began, ended = Work(), threading.Event(), threading.Event()
    large = work.for_table(1_000_000)
    assert large is work.for_table(1, replicates=True)
    costly = asyncio.ensure_future(large.run("a", forever, began, ended))
    await until(began.is_set, "the work began")
    assert await work.for_table(1).run("a", lambda: 7) == 7
    costly.cancel()
    await work.close()


def drawing() -> list[str]:
    """Processes that draw for this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"sipas.charts.drawer" in command:
            found.append(folder.name)
    return found


async def test_a_drawing_ends_with_its_client(reader: httpx.AsyncClient, town: Town) -> None:
    await answer(reader, town, 5, 4, 2)
    before = drawing()
    asked = asyncio.ensure_future(reader.get("/charts/league.svg", params={"round": "autumn"}))
    await until(lambda: len(drawing()) > len(before), "a process draws")
    asked.cancel()
    await until(lambda: drawing() == before, "it has ended")
    drawn = await reader.get("/charts/league.svg", params={"round": "autumn"})
    assert drawn.status_code == 200


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/api/indices", [("by", f"c{n}") for n in range(30)]),
        ("/api/ranks", [("by", "a,b,c,d,e,f,g")]),
        ("/api/compare", [("by", "a,b,c,d,e,f,g")]),
        ("/charts/heatmap.svg", [("by", "a,b,c,d,e,f,g")]),
    ],
)
async def test_a_request_for_too_much_is_a_bad_request(
    reader: httpx.AsyncClient, path: str, options: list[tuple[str, str]]
) -> None:
    answered = await reader.get(path, params=[("round", "autumn"), *options])
    assert answered.status_code == 400
    assert "more than one request may ask for" in answered.json()["detail"]
