"""Somebody with the whole database in hand, and with a list of what each link was sent about."""

import re
import struct
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from scipy.stats import binomtest

from sipas.postgres.owner import wheel
from sipas.postgres.pool import Connection
from sipas.survey.encryption import FieldCipher
from sipas.survey.links.waiting import decrypt_answer
from tests.privacy.crowd import Crowd, Stratum, read_number

PAGE, HEADER = 8192, 24
NORMAL = 1  # what is in a page's list of items, and in use

# Within which an attacker guesses: what of the strata they know of each link, and its day.
Cell = tuple[tuple[int | str, ...], date]
KNOWN = {"with service channel": 3, "without": 2}


@dataclass
class Seen:
    """A link or an answer. number: whose it is; by it the score is kept. keys: what it can be sorted by."""

    number: int
    stratum: Stratum
    day: date
    keys: dict[str, Any]

    def cell(self, known: int) -> Cell:
        return self.stratum[:known], self.day


@dataclass
class Score:
    """One guess in each cell: that answer came over this link."""

    attack: str
    hits: int
    cells: int
    together: int

    @property
    def p(self) -> float:
        """How likely it is to hit so often by chance."""
        return float(binomtest(self.hits, self.cells, 1 / self.together, alternative="greater").pvalue)


class Attacker:
    """known: how much of a stratum they know of each link."""

    def __init__(self, links: list[Seen], answers: list[Seen], known: int = 3, seed: int = 1) -> None:
        self.links, self.answers, self.random = by_cell(links, known), by_cell(answers, known), Random(seed)
        sizes = {cell: len(links) for cell, links in self.links.items()}
        assert sizes == {cell: len(answers) for cell, answers in self.answers.items()}
        [self.together] = set(sizes.values())
        self.sorted_links = {key: in_order(self.links, key) for key in links[0].keys}
        self.sorted_answers = {key: in_order(self.answers, key) for key in answers[0].keys}

    def scores(self) -> list[Score]:
        """Every order of links against every order of answers, forwards and backwards; then equal marks."""
        orders = [
            self.by_order(link_key, answer_key, backwards)
            for link_key in self.sorted_links
            for answer_key in self.sorted_answers
            for backwards in (False, True)
        ]
        return [*orders, self.by_transaction()]

    def by_order(self, link_key: str, answer_key: str, backwards: bool = False) -> Score:
        """The link at a place among links goes with the answer at that place among answers."""
        answers, hits = self.sorted_answers[answer_key], 0
        for cell, links in self.sorted_links[link_key].items():
            place = self.random.randrange(self.together)
            hits += links[place].number == answers[cell][-1 - place if backwards else place].number
        return Score(
            f"{link_key} to {answer_key}{' backwards' * backwards}", hits, len(self.links), self.together
        )

    def by_transaction(self) -> Score:
        """What one transaction wrote belongs together; where that says nothing, any."""
        hits = 0
        for cell, links in self.links.items():
            link = self.random.choice(links)
            mark = link.keys["transaction"]
            same = [answer for answer in self.answers[cell] if answer.keys["transaction"] == mark]
            hits += link.number == self.random.choice(same or self.answers[cell]).number
        return Score("same transaction", hits, len(self.links), self.together)


def in_order(cells: dict[Cell, list[Seen]], key: str) -> dict[Cell, list[Seen]]:
    return {cell: sorted(seen, key=lambda one: one.keys[key]) for cell, seen in cells.items()}


def by_cell(seen: Iterable[Seen], known: int) -> dict[Cell, list[Seen]]:
    cells: defaultdict[Cell, list[Seen]] = defaultdict(list)
    for one in seen:
        cells[one.cell(known)].append(one)
    return dict(cells)


async def see_links(conn: Connection, dsn: str, crowd: Crowd) -> list[Seen]:
    """On which day each was used is not kept, but whoever looks every night knows it."""
    known = {citizen.token_hash: citizen for citizen in crowd.citizens}
    offsets = {row[1:33]: offset for offset, row in file_rows(await read_file(conn, "link"))}
    lines = dump_lines(dsn, "link", re.compile(r"\\\\x([0-9a-f]{64})"))
    rows = await conn.fetch("select token_hash, xmin, ctid from link where used")
    return [
        Seen(
            known[row["token_hash"]].number,
            known[row["token_hash"]].stratum,
            known[row["token_hash"]].day,
            {
                "transaction": row["xmin"],
                "place": row["ctid"],
                "file": offsets[row["token_hash"]],
                "dump": lines[row["token_hash"].hex()],
            },
        )
        for row in rows
    ]


async def see_responses(conn: Connection, dsn: str) -> list[Seen]:
    offsets = {row[:16]: offset for offset, row in file_rows(await read_file(conn, "response"))}
    lines = dump_lines(dsn, "response", re.compile(r"([0-9a-f-]{36})\t"))
    queued = await conn.fetch(
        "select id, (batch, place) as place from uncounted, unnest(ids) with ordinality as i (id, place)"
    )
    queue = {row["id"]: row["place"] for row in queued}
    rows = await conn.fetch(
        """select *, (submitted_at at time zone 'Asia/Ho_Chi_Minh')::date as day, xmin, ctid
            from response where channel = 'sms'"""
    )
    return [
        Seen(
            read_number(row["answers"]),
            stratum(row),
            row["day"],
            {
                "transaction": row["xmin"],
                "place": row["ctid"],
                "file": offsets[row["id"].bytes],
                "dump": lines[str(row["id"])],
                "id": row["id"],
                "random part of the id": row["id"].int & (1 << 62) - 1,
                "digest": row["digest"],
                "times": (row["submitted_at"], row["received_at"]),
                "queue": queue[row["id"]],
            },
        )
        for row in rows
    ]


async def see_pending(conn: Connection, cipher: FieldCipher) -> list[Seen]:
    """With the key, which is not in the database."""
    rows = await conn.fetch("select encrypted, xmin, ctid from pending")
    opened = [(decrypt_answer(cipher, row["encrypted"]), row) for row in rows]
    return [
        Seen(
            read_number(one.answers),
            (one.unit_id, one.procedure_id or 0, one.service_channel or ""),
            one.day,
            {"transaction": row["xmin"], "place": row["ctid"]},
        )
        for one, row in opened
    ]


def stratum(row: asyncpg.Record) -> Stratum:
    return row["unit_id"], row["procedure_id"], row["service_channel"]


async def read_file(conn: Connection, table: str) -> bytes:
    """As it lies on the server's disk."""
    await conn.execute("checkpoint")
    content: bytes = await conn.fetchval("select pg_read_binary_file(pg_relation_filepath($1))", table)
    return content


def file_rows(file: bytes) -> Iterator[tuple[int, bytes]]:
    """Where each version of a row begins, and its columns, the dead ones' that are still there too."""
    for start in range(0, len(file), PAGE):
        page = file[start : start + PAGE]
        (end_of_items,) = struct.unpack_from("<H", page, 12)
        for item in range(HEADER, end_of_items, 4):
            (pointer,) = struct.unpack_from("<I", page, item)
            offset, flags, length = pointer & 0x7FFF, pointer >> 15 & 3, pointer >> 17
            if flags == NORMAL:
                yield start + offset, page[offset + page[offset + 22] : offset + length]


def dump_lines(dsn: str, table: str, name: re.Pattern[str]) -> dict[str, int]:
    """The line of each row in a dump, by what names the row there."""
    pg_dump = wheel() / "pginstall" / "bin" / "pg_dump"
    command: list[str | Path] = [pg_dump, "--data-only", f"--table={table}", dsn]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = (name.match(line) for line in text.splitlines())
    return {match[1]: number for number, match in enumerate(found) if match}
