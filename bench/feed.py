"""Finished transactions from a file, counted and drawn from, beside a bare COPY of the same rows."""

import random
import time
from datetime import timedelta
from pathlib import Path

import uvloop

from bench.city import build_city, connected, scratch_server
from bench.printing import print_table, spread, whole
from sipas.imports.transactions import import_transactions
from sipas.postgres.pool import Connection
from sipas.postgres.server import SUPERUSER
from sipas.queries.invitations import Invitation, replace_invitation
from sipas.settings import Settings
from sipas.survey.catalogue import load_catalogue

TRANSACTIONS = 1_000_000
ROUNDS = 3
RATE = 0.2
BARE = """create table bare (transaction_id text, unit text, procedure text, service_channel text,
    completed_at timestamptz, on_time boolean, phone text, language text)"""
FORGET = "truncate bare, transaction, transaction_count, funnel"


def bench() -> None:
    with scratch_server() as city:
        settings = Settings(None, city.data_dir, b"a secret of the bench", "http://bench")
        uvloop.run(build_city(city.dsn))
        uvloop.run(measure(city.dsn, settings))


async def measure(dsn: str, settings: Settings) -> None:
    async with connected(dsn) as conn:
        file = settings.data_dir / "transactions.csv"
        await write_transactions(conn, file)
        await conn.execute(BARE)
        timed = []
        for _ in range(ROUNDS):
            await conn.execute(FORGET)
            await checkpoint(dsn)
            timed.append((await time_copy(conn, file), await time_import(conn, file, settings)))
    show(timed)


async def checkpoint(dsn: str) -> None:
    async with connected(dsn.replace("//sipas@", f"//{SUPERUSER}@")) as conn:
        await conn.execute("checkpoint")


async def write_transactions(conn: Connection, file: Path) -> None:
    """Write transactions of ten days, evenly over units, procedures, channels; the round asks a fifth."""
    round_ = (await load_catalogue(conn)).rounds["bench"]
    at_once, again_after, lasts = timedelta(0), timedelta(days=90), timedelta(days=14)
    await replace_invitation(conn, Invitation(round_.id, 1, RATE, at_once, again_after, lasts, None), [])
    now, chance = round_.opens_at + timedelta(days=29), random.Random(1)
    with file.open("w", encoding="utf-8") as lines:
        lines.write("transaction_id,unit,procedure,service_channel,completed_at,on_time,phone,language\n")
        for i in range(TRANSACTIONS):
            finished = now - timedelta(seconds=chance.randrange(10 * 86_400))
            unit, procedure = f"{chance.randint(1, 600):05}", f"{chance.randint(1, 20):02}"
            channel, on_time = chance.choice(("counter", "online", "post")), chance.choice(("true", "false"))
            lines.write(
                f"H26.{chance.randrange(600):03}-{i:07},{unit},{procedure},{channel},"
                f"{finished:%Y-%m-%dT%H:%M:%S%z},{on_time},09{chance.randrange(10**8):08},vi\n"
            )


async def time_copy(conn: Connection, file: Path) -> float:
    """Into a table without keys, by the file's own lines."""
    started = time.perf_counter()
    await conn.copy_to_table("bare", source=file, format="csv", header=True)
    return time.perf_counter() - started


async def time_import(conn: Connection, file: Path, settings: Settings) -> float:
    """As `sipas import transactions` does it."""
    started = time.perf_counter()
    counts = (await import_transactions(conn, file, settings)).counts
    assert counts.stored == TRANSACTIONS, counts
    return time.perf_counter() - started


def show(timed: list[tuple[float, float]]) -> None:
    copies, imports = zip(*timed, strict=True)
    print_table(
        f"Feed: {TRANSACTIONS:,} completed transactions from a file, a fifth of them sampled",
        ["", "transactions a second", "in multiples of COPY"],
        [
            ["COPY of the same rows, bare", whole([TRANSACTIONS / c for c in copies]), ""],
            [
                "imported, counted and sampled from",
                whole([TRANSACTIONS / i for i in imports]),
                spread([c / i for c, i in timed], 3),
            ],
        ],
        f"Medians of {ROUNDS} rounds of both (lowest–highest). Target: no less than 0.1 of COPY.",
    )
