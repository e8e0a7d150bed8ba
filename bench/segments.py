"""Sealing 1,000,000 responses of the database into segments, beside a bare COPY of the same rows."""

import time

import uvloop

from bench.city import HERE, build_city, connected, scratch_server
from bench.printing import print_table, spread
from sipas.postgres.pool import Connection
from sipas.survey.catalogue import load_catalogue
from sipas.survey.segments.sealing import rebuild_segments

RESPONSES = 1_000_000
ROUNDS = 3
COLUMNS = (
    "round_id", "unit_id", "procedure_id", "kiosk_id", "service_channel", "channel", "form", "language",
    "complete", "submitted_at", "time_kept", "field", "attributes", "answers",
)  # fmt: skip


def bench() -> None:
    with scratch_server() as city:
        uvloop.run(build_city(city.dsn))
        uvloop.run(measure(city.dsn))


async def measure(dsn: str) -> None:
    async with connected(dsn) as conn:
        await conn.execute(
            (HERE / "million.sql").read_text(encoding="utf-8").replace("$COUNT$", str(RESPONSES))
        )
        await conn.execute("vacuum analyze response")
        timed = [(await time_copy(conn), *(await time_rebuild(conn))) for _ in range(ROUNDS)]
    show(timed)


async def time_copy(conn: Connection) -> float:
    """Copy the columns that segments hold out of the database, and discard them."""
    started = time.perf_counter()
    await conn.copy_from_table("response", columns=COLUMNS, output=look_away, format="binary")
    return time.perf_counter() - started


async def look_away(chunk: bytes) -> None:
    pass


async def time_rebuild(conn: Connection) -> tuple[float, int]:
    """The way that `sipas rebuild` goes; also the bytes of the segments."""
    catalogue = await load_catalogue(conn)
    started = time.perf_counter()
    async with conn.transaction():
        await rebuild_segments(conn, catalogue)
    seconds = time.perf_counter() - started
    return seconds, await conn.fetchval("select sum(length(data)) from segment")


def show(timed: list[tuple[float, float, int]]) -> None:
    copies, rebuilds, sizes = zip(*timed, strict=True)
    print_table(
        f"Segments of {RESPONSES:,} responses in the database",
        ["", "seconds", "in multiples of COPY"],
        [
            ["COPY of the columns read, to nowhere", spread(copies), ""],
            [
                f"segments of {sizes[0] / RESPONSES:.0f} bytes a response",
                spread(rebuilds),
                spread([r / c for c, r in zip(copies, rebuilds, strict=True)], 1),
            ],
        ],
        f"Medians of {ROUNDS} rounds of both (lowest–highest). Target: 2 × COPY.",
    )
