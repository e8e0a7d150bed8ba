"""docs/guides/paper.md: its commands run, and two people who type a form get the figures that it shows."""

import asyncio
import io

import pytest

from sipas.postgres.pool import connect
from tests.cli.conftest import CITY, Sipas
from tests.docs.blocks import blocks_of
from tests.docs.test_planning_guide import run
from tests.paper import PASSWORD, begin, filled, led_to, signed_in, today
from tests.serving import serving

GUIDE = blocks_of("guides/paper.md")
HEAD = {"round": "2026", "head:unit": "00070", "head:day": today()}
SETTLED = {"choice:access1": "1", "choice:q2": "2"}


async def type_and_settle(dsn: str) -> None:
    conn = await connect(dsn)
    async with serving(dsn) as address:
        for name, typed in (("lan", {"access1": "5", "q2": "1"}), ("minh", {"access1": "4", "q2": "1 3"})):
            async with signed_in(address, conn, name) as client:
                page = await begin(client, **HEAD)
                path = page.url.path
                await client.post(path, data=filled(page, **typed))
        async with signed_in(address, conn, "hoa") as client:
            assert led_to(await client.post(f"{path}/differences", data=SETTLED))["done"] == "settled"
    await conn.close()


def test_the_guide_does_what_it_says(
    sipas: Sipas, dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare, watch = (text for kind, text in GUIDE if kind == "sh")
    (shown,) = (text for kind, text in GUIDE if kind == "")
    assert sipas("import", "units", CITY / "units.csv").exit_code == 0
    for command in prepare.splitlines():
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        typed = " --password-stdin" if command.startswith("sipas user") else ""
        run(command + typed, capsys)
    asyncio.run(type_and_settle(dsn))
    assert run(watch, capsys) == shown
