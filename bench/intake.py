"""Durable submissions a second, one to a request, beside pgbench and the same route without a database."""

import re
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import uvloop

from bench.arrivals import arrive
from bench.city import City, build_city, connected, scratch_server
from bench.printing import print_table, spread, whole
from bench.senders import Sent, send
from bench.service import SERVE, serving
from sipas.postgres.owner import find_owner

ROUNDS = 3
CONNECTIONS, CLIENTS = 128, 64
REQUESTS, SECONDS = 30_000, 4
WITHOUT_DATABASE = (sys.executable, "-m", "bench.without_database")
ARRIVING_SECONDS = 15
# Submissions a second in the busiest quarter of an hour of 126 communes: see docs/explanation/performance.md.
CITY_LOAD = 3.0
LOADS = {"the city": CITY_LOAD, "ten times that": 10 * CITY_LOAD, "a hundred times that": 100 * CITY_LOAD}
SIZE = "select avg(pg_column_size(response.*))::int from response"
TABLE = "create table if not exists pgbench_row (id uuid primary key, filler text not null)"
LOAD_NOTE = """\
Arrivals are Poisson. Times count from the moment at which a submission was due. Target: p99 under 40 ms.

The load of 126 communes in their busiest quarter of an hour follows from high assumptions:

- 5,000,000 transactions a year on 250 working days are 20,000 a day, 160 a commune.
- The busiest quarter of an hour takes 10 % of a day, which has 32 of them: 2,000 transactions.
- Every citizen answers at once, on a kiosk or behind a poster: 2,000 submissions in 900 s, or 2.2 a second.
  Kiosks that had no network add a third: 3 a second.
- Links add to that. If all 20,000 are invited within an hour and 30 % of them answer in the same quarter of
  an hour, that is 6.7 surveys a second. Each survey stores its answers one by one, in 24 requests: together
  160 requests a second."""
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
        arrived = measure_arrivals(city, token)
    show(rounds)
    show_arrivals(arrived)


def measure_arrivals(city: City, token: str) -> dict[str, Sent]:
    with serving(city.data_dir) as service:
        arrive(service.port, token, a_second=100, seconds=2)
        return {
            name: arrive(service.port, token, a_second=rate, seconds=ARRIVING_SECONDS)
            for name, rate in LOADS.items()
        }


def measure(city: City, token: str, command: Sequence[str], workers: int) -> list[Round]:
    """The first load is not measured: it fills caches and shows how large a row is."""
    with serving(city.data_dir, command, workers=workers) as service:
        load = partial(send, service.port, token, connections=CONNECTIONS, requests=REQUESTS)
        load()
        script = uvloop.run(write_script(city))
        return [Round(load(), pgbench(city, script)) for _ in range(ROUNDS)]


async def write_script(city: City) -> Path:
    """The row that pgbench repeats: a key like ours, and one text that makes it as large as ours."""
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


def show_arrivals(arrived: dict[str, Sent]) -> None:
    print_table(
        "Submissions that arrive by the clock: one worker",
        ["load", "a second", "p50, ms", "p99, ms"],
        [[name, f"{sent.rate:.1f}", f"{sent.p50:.1f}", f"{sent.p99:.1f}"] for name, sent in arrived.items()],
        LOAD_NOTE,
    )


def figures(rounds: list[Round]) -> list[str]:
    return [
        whole([one.sent.rate for one in rounds]),
        spread([one.sent.p50 for one in rounds], 1),
        spread([one.sent.p99 for one in rounds], 1),
        spread([one.sent.rate / one.commits for one in rounds]),
    ]
