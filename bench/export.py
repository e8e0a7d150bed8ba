"""Exports of 1,000,000 responses in each format, beside a bare COPY of the same rows: time and memory."""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.city import HERE, build_city, connected, scratch_server
from bench.printing import print_table, spread
from bench.segments import COLUMNS
from sipas.cli.source_options import connect_and
from sipas.postgres.pool import Connection
from sipas.report.export.build_export import build_export
from sipas.report.export.exporting import TABLE_FORMATS, read_export_request, save_whole, write_table
from sipas.survey.catalogue import load_catalogue
from sipas.survey.segments.sealing import rebuild_segments

RESPONSES = 1_000_000
ROUNDS = 3
_KB = 1024  # in which Linux counts the memory of a process


def bench() -> None:
    with scratch_server() as city, tempfile.TemporaryDirectory(prefix="sipas-export-") as folder:
        uvloop.run(build_city(city.dsn))
        uvloop.run(fill(city.dsn))
        copies: list[float] = []
        measured: dict[str, list[dict[str, float]]] = {format_: [] for format_ in TABLE_FORMATS}
        for _ in range(ROUNDS):
            copies.append(uvloop.run(time_copy(city.dsn, Path(folder) / "copy.csv")))
            for format_, found in measured.items():
                found.append(export_apart(city.dsn, Path(folder) / f"bench.{format_}"))
        show(copies, measured)


async def fill(dsn: str) -> None:
    async with connected(dsn) as conn:
        source = (HERE / "million.sql").read_text(encoding="utf-8")
        await conn.execute(source.replace("$COUNT$", str(RESPONSES)))
        await conn.execute(
            """insert into frame (round_id, unit_id, procedure_id, service_channel, transactions)
                select round.id, unit.id, procedure.id, channel, 200
                from round, unit, procedure, unnest(array['counter', 'online']) as channel"""
        )
        await conn.execute("vacuum analyze response")
        catalogue = await load_catalogue(conn)
        async with conn.transaction():
            await rebuild_segments(conn, catalogue)


async def time_copy(dsn: str, path: Path) -> float:
    """Copy the columns that segments hold into a CSV file."""
    async with connected(dsn) as conn:
        return await _copied(conn, path)


async def _copied(conn: Connection, path: Path) -> float:
    started = time.perf_counter()
    await conn.copy_from_table("response", columns=COLUMNS, output=path, format="csv", header=True)
    return time.perf_counter() - started


def export_apart(dsn: str, path: Path) -> dict[str, float]:
    """Export in a process of its own, whose memory is measured."""
    environment = {**os.environ, "SIPAS_DATABASE_URL": dsn, "SIPAS_SECRET": "a secret of the benchmark alone"}
    done = subprocess.run(
        [sys.executable, "-m", "bench.export", str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def export(path: Path) -> dict[str, float]:
    """Read the segments, make weights and write the file: what `sipas export` does."""
    started = time.perf_counter()
    request = read_export_request([("round", "bench")])
    snapshot = asyncio.run(connect_and(lambda rounds: rounds.snapshot("bench")))
    table = build_export(snapshot, request, "vi")
    built = time.perf_counter() - started
    save_whole(path, lambda file: write_table(table, path.suffix[1:], file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KB / 2**20
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "built": built, "peak": peak, "size": path.stat().st_size / 2**20}


def show(copies: list[float], measured: dict[str, list[dict[str, float]]]) -> None:
    rows = [["COPY of the same columns to a CSV file", spread(copies, 1), "", "", ""]]
    for format_, found in measured.items():
        ratios = [one["seconds"] / copy for one, copy in zip(found, copies, strict=True)]
        rows.append(
            [
                f".{format_}",
                spread([one["seconds"] for one in found], 1),
                spread(ratios, 1),
                spread([one["peak"] for one in found], 0),
                f"{found[0]['size']:.0f}",
            ]
        )
    print_table(
        f"Exports of {RESPONSES:,} responses of 23 items, with weights of 24,000 strata",
        ["", "seconds", "in multiples of COPY", "peak memory, MB", "file, MB"],
        rows,
        f"Medians of {ROUNDS} rounds (lowest–highest), each in a process of its own. Targets: 2 × COPY for"
        " CSV and Parquet, 500 MB. Exports make weights, codes and labels besides.",
    )


if __name__ == "__main__":
    print(json.dumps(export(Path(sys.argv[1]))))
