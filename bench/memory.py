"""The server's memory from the 100,000th to the 1,000,000th submission, sealing segments meanwhile."""

import uvloop

from bench.city import build_city, connected, scratch_server
from bench.printing import print_table
from bench.senders import send
from bench.service import serving

LEG = 100_000
LEGS = 10
BATCH = 100
COUNTED = "select coalesce(sum(responses), 0)::bigint from segment"


def bench() -> None:
    with scratch_server() as city:
        token = uvloop.run(build_city(city.dsn))
        with serving(city.data_dir) as service:
            rows = []
            for leg in range(1, LEGS + 1):
                sent = send(service.port, token, connections=16, requests=LEG // BATCH, batch=BATCH)
                counted = uvloop.run(count(city.dsn))
                rows.append((leg * LEG, sent.rate, counted, service.memory()))
    show(rows)


async def count(dsn: str) -> int:
    async with connected(dsn) as conn:
        return int(await conn.fetchval(COUNTED))


def show(rows: list[tuple[int, float, int, float]]) -> None:
    first = rows[0][3]
    print_table(
        f"Memory of the server: one worker, {BATCH} submissions to a request",
        ["submissions", "a second, of the last 100,000", "counted by then", "MB", "of the first"],
        [
            [f"{sent:,}", f"{rate:,.0f}", f"{counted:,}", f"{memory:.0f}", f"{memory / first:.2f}"]
            for sent, rate, counted, memory in rows
        ],
        "Target: flat.",
    )
