"""Durable submissions a second, one to a request, beside pgbench and the same route without a database."""

import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvloop

from bench.city import City, build_city, connected, scratch_server
from bench.printing import print_table, spread, whole
from bench.senders import Sent, send
from bench.service import serving
from sipas.postgres.owner import find_owner

ROUNDS = 5
CONNECTIONS, CLIENTS = 128, 64
REQUESTS, SECONDS = 30_000, 4
WITHOUT_DATABASE = (sys.executable, "-m", "bench.without_database")
SIZE = "select avg(pg_column_size(response.*))::int from response"
TABLE = "create table pgbench_row (id uuid primary key, filler text not null)"
INSERT = "insert into pgbench_row (id, filler) values (uuidv7(), repeat('x', {size} - 45));"


def bench() -> None:
    with scratch_server() as city:
        token = uvloop.run(build_city(city.dsn))
        with serving(city.data_dir) as service, serving(city.data_dir, WITHOUT_DATABASE) as bare:
            load = partial(send, token=token, connections=CONNECTIONS, requests=REQUESTS)
            load(service.port)  # the first is not measured: it fills caches and shows how large a row is
            script = uvloop.run(write_script(city))
            show(
                [
                    measure(lambda: load(service.port), lambda: load(bare.port), city, script)
                    for _ in range(ROUNDS)
                ]
            )


def measure(
    with_database: Callable[[], Sent], without: Callable[[], Sent], city: City, script: Path
) -> tuple[Sent, float, Sent]:
    """One after another, never two at once."""
    return with_database(), pgbench(city, script), without()


async def write_script(city: City) -> Path:
    """What pgbench repeats: a row with a key like ours and as large as ours, the rest of it one text."""
    async with connected(city.dsn) as conn:
        size = await conn.fetchval(SIZE)
        await conn.execute(TABLE)
    script = city.data_dir / "insert.sql"
    script.write_text(INSERT.format(size=size), encoding="ascii")
    return script


def pgbench(city: City, script: Path) -> float:
    """Commits a second."""
    program = find_owner(city.data_dir).binaries / "pgbench"
    options = (
        "--no-vacuum",
        f"--client={CLIENTS}",
        "--jobs=2",
        f"--time={SECONDS}",
        f"--file={script}",
        city.dsn,
    )
    done = subprocess.run([program, *options], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


def show(rounds: list[tuple[Sent, float, Sent]]) -> None:
    stored, commits, answered = zip(*rounds, strict=True)
    print_table(
        f"Submissions: one worker, {CONNECTIONS} connections, one submission to a request",
        ["", "a second", "p50, ms", "p99, ms", "sipas, in multiples of it"],
        [
            [
                "sipas, stored durably",
                whole([s.rate for s in stored]),
                spread([s.p50 for s in stored], 1),
                spread([s.p99 for s in stored], 1),
                "",
            ],
            [
                f"pgbench, {CLIENTS} clients",
                whole(commits),
                "",
                "",
                spread([s.rate / c for s, c in zip(stored, commits, strict=True)]),
            ],
            [
                "the same route, nothing stored",
                whole([a.rate for a in answered]),
                spread([a.p50 for a in answered], 1),
                spread([a.p99 for a in answered], 1),
                spread([s.rate / a.rate for s, a in zip(stored, answered, strict=True)]),
            ],
        ],
        f"Medians of {ROUNDS} rounds of all three (lowest–highest). Target: 0.6 of pgbench, p99 under 40 ms.",
    )
