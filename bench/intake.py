"""Durable submissions a second, one to a request, beside pgbench and the same route without a database."""

import re
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import uvloop

from bench.city import City, build_city, connected, scratch_server
from bench.printing import print_table, spread, whole
from bench.senders import Sent, send
from bench.service import SERVE, serving
from sipas.postgres.owner import find_owner

ROUNDS = 3
CONNECTIONS, CLIENTS = 128, 64
REQUESTS, SECONDS = 30_000, 4
WITHOUT_DATABASE = (sys.executable, "-m", "bench.without_database")
SIZE = "select avg(pg_column_size(response.*))::int from response"
TABLE = "create table if not exists pgbench_row (id uuid primary key, filler text not null)"
INSERT = "insert into pgbench_row (id, filler) values (uuidv7(), repeat('x', {size} - 45));"


class Round(NamedTuple):
    """One after the other, never both at once. commits: of pgbench, a second."""

    sent: Sent
    commits: float


def bench() -> None:
    with scratch_server() as city:
        token = uvloop.run(build_city(city.dsn))
        rounds = {
            "stored durably, one worker": measure(city, token, SERVE, 1),
            "stored durably, two workers": measure(city, token, SERVE, 2),
            "the same route, nothing stored, one worker": measure(city, token, WITHOUT_DATABASE, 1),
        }
    show(rounds)


def measure(city: City, token: str, command: Sequence[str], workers: int) -> list[Round]:
    """The first load is not measured: it fills caches and shows how large a row is."""
    with serving(city.data_dir, command, workers=workers) as service:
        load = partial(send, service.port, token, connections=CONNECTIONS, requests=REQUESTS)
        load()
        script = uvloop.run(write_script(city))
        return [Round(load(), pgbench(city, script)) for _ in range(ROUNDS)]


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


def show(rounds: dict[str, list[Round]]) -> None:
    commits = [measured.commits for row in rounds.values() for measured in row]
    print_table(
        f"Submissions: {CONNECTIONS} connections, one submission to a request",
        ["", "a second", "p50, ms", "p99, ms", "in multiples of pgbench"],
        [
            *([name, *figures(row)] for name, row in rounds.items()),
            [f"pgbench, {CLIENTS} clients", whole(commits), "", "", "1"],
        ],
        f"Medians of {ROUNDS} rounds (lowest–highest), each beside pgbench. Targets: 0.45 of pgbench on one "
        "worker, 0.6 on two.",
    )


def figures(rounds: list[Round]) -> list[str]:
    return [
        whole([one.sent.rate for one in rounds]),
        spread([one.sent.p50 for one in rounds], 1),
        spread([one.sent.p99 for one in rounds], 1),
        spread([one.sent.rate / one.commits for one in rounds]),
    ]
