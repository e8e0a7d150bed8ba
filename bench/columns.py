"""Responses to sipas-2026 in memory: loading, and indicators by three columns beside other engines."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import duckdb
import numpy as np
import polars as pl

from bench.printing import print_table, spread
from bench.resident import resident_memory
from sipas.instruments import find_shipped
from sipas.queries.catalogue import Round, Unit
from sipas.queries.frame import FrameStratum
from sipas.queries.segments import Segment
from sipas.report.indices.indices import index_table
from sipas.report.request import EstimateRequest, read_request
from sipas.report.sources.held_responses import RoundColumns
from sipas.report.sources.snapshot import Snapshot, hold_frame, round_source
from sipas.survey.catalogue import Catalogue
from sipas.survey.instruments.instrument import Instrument
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.segments.keyed import Keyed
from sipas.survey.segments.response_columns import KEYS, ResponseColumns
from sipas.survey.segments.sealing import AnswerShape, shape_of

LOADED, ASKED, SEGMENT = 10_000_000, 1_000_000, 500_000
COMMUNES, DAYS, ROUNDS = 126, 60, 3
BY = ("unit", "sex", "age")
ITEM, SECTION = "access1", "implementation"
OPENED = datetime(2026, 9, 1, tzinfo=UTC)


def bench() -> None:
    """Two processes, so that the memory of loading is that of loading alone."""
    for part in ("load", "ask"):
        subprocess.run([sys.executable, "-m", "bench.columns", part], check=True)


@cache
def instrument() -> Instrument:
    shipped = find_shipped("sipas-2026")
    assert shipped is not None
    return read_instrument(shipped.read_bytes())


@cache
def catalogue() -> Catalogue:
    units = {
        i: Unit(i, f"{i:05}", f"Commune {i}", "commune", None, None, None) for i in range(1, COMMUNES + 1)
    }
    round_ = Round(1, "bench", 1, ("unit",), "tree", None, OPENED, OPENED + timedelta(days=DAYS))
    return Catalogue(1, units, {}, {1: instrument()}, {"bench": round_})


def shape() -> AnswerShape:
    return shape_of(catalogue(), catalogue().rounds["bench"])


def draw(responses: int, seed: int) -> ResponseColumns:
    """Answers of households: one form, one channel, every question asked."""
    rng = np.random.default_rng(seed)

    def among(values: tuple[Any, ...]) -> Keyed[Any]:
        return Keyed(rng.integers(0, len(values), responses).astype(np.int8), values)

    days = tuple(date(2026, 9, 1) + timedelta(days=n) for n in range(DAYS))
    known = {
        "unit": among(tuple(range(1, COMMUNES + 1))),
        "day": among(days),
        **{name: among((value,)) for name, value in ONE_VALUE.items()},
    }
    nothing: Keyed[object] = Keyed(np.full(responses, -1, np.int8), ())
    attributes = {
        one.id: among(tuple(option for option in one.values)) for one in instrument().all_attributes
    }
    answers = tuple(draw_answers(rng, responses, column.kind) for column in instrument().answer_columns())
    return ResponseColumns({name: known.get(name, nothing) for name in KEYS}, attributes, answers)


ONE_VALUE = {"channel": "tablet", "form": "household", "language": "vi", "complete": True}
HIGHEST = {"rating": 4, "choice": 3, "choices": 1, "yes-no": 1, "number": 9}


def draw_answers(rng: np.random.Generator, responses: int, kind: str) -> np.ndarray:
    answers = rng.integers(0 if kind in ("choices", "yes-no") else 1, HIGHEST[kind], responses, np.int8, True)
    answers[rng.random(responses, np.float32) < 0.03] = -1
    return answers


def load() -> None:
    segment = Segment(1, 1, SEGMENT, shape().encode(draw(SEGMENT, 1)))
    before = resident_memory(os.getpid())
    timed = []
    for _ in range(ROUNDS):
        held, started = RoundColumns(len(shape().answer_ids)), time.perf_counter()
        for number in range(LOADED // SEGMENT):
            held.add(Segment(number, number, SEGMENT), shape().decode(segment), LOADED)
        timed.append(time.perf_counter() - started)
        memory = resident_memory(os.getpid()) - before
        del held
    print_table(
        f"{LOADED:,} responses to sipas-2026 from segments of {SEGMENT:,}",
        ["", "result"],
        [
            ["seconds", spread(timed)],
            ["MB in memory", f"{memory:,.0f}"],
            ["bytes a response in a segment", f"{len(segment.data) / SEGMENT:.0f}"],
        ],
        f"{len(shape().answer_ids)} answer columns, 5 attributes, 60 days. Medians of {ROUNDS} rounds"
        " (lowest–highest). Targets: 8 s, 1,000 MB.",
    )


def ask() -> None:
    columns = RoundColumns(len(shape().answer_ids))
    for number in range(ASKED // SEGMENT):
        columns.add(Segment(number, number, SEGMENT), draw(SEGMENT, number + 1), ASKED)
    frame = flat(columns)
    rows = []
    for name, measure in QUESTIONS.items():
        firsts, repeats = zip(*(time_ours(columns, measure) for _ in range(ROUNDS)), strict=True)
        items = items_of(measure)
        peers = [spread([peer(frame, items) for _ in range(ROUNDS)]) for peer in (time_polars, time_duckdb)]
        rows.append([name, spread(firsts), spread(repeats, 4), *peers])
    print_table(
        f"Indicators of {ASKED:,} responses to sipas-2026 by {', '.join(BY)}: {COMMUNES * 10:,} domains",
        ["seconds", "sipas, first time", "sipas, repeated", "polars", "DuckDB"],
        rows,
        "sipas: estimates with standard errors, intervals and effective sizes, post-stratified to"
        " communes. polars and DuckDB: the shares of the items alone, from the same columns."
        f" Medians of {ROUNDS} rounds (lowest–highest). Targets: 0.4 s, all in 2 s, repeated 0.06 s.",
    )


QUESTIONS = {
    "one item": f"item:{ITEM}",
    "one section": f"factor:{SECTION}",
    "the total": "overall",
    "all 51 indicators": "all",
}


def items_of(measure: str) -> list[str]:
    scoring = instrument().scoring()
    if measure.startswith("item:"):
        return [measure.removeprefix("item:")]
    if measure.startswith("factor:"):
        return [scoring.items[i] for i in scoring.factors[measure.removeprefix("factor:")]]
    return list(scoring.items)


def time_ours(columns: RoundColumns, measure: str) -> tuple[float, float]:
    """The way of a request, from columns to the rows of the table: the first time, and again."""
    request = read_request([("round", "bench"), ("measure", measure), ("by", ",".join(BY))])
    fresh = columns.before(10**9)
    return timed(lambda: answer(fresh, request)), timed(lambda: answer(fresh, request))


def answer(columns: RoundColumns, request: EstimateRequest) -> None:
    known = catalogue()
    frame = hold_frame((1, 1), [FrameStratum(i, None, None, "{}", 60_000) for i in known.units])
    moment = OPENED + timedelta(days=DAYS + 30)
    snapshot = Snapshot(
        known.rounds["bench"],
        known,
        columns.view(),
        columns.cells,
        columns.results,
        frame,
        moment,
        columns.version,
    )
    index_table(request, round_source(snapshot, request))


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def flat(columns: RoundColumns) -> pl.DataFrame:
    """The same columns for the other engines: texts as categories."""
    view = columns.view()
    keys = {"unit": view.keys["unit"], "sex": view.attributes["sex"], "age": view.attributes["age"]}
    texts = {
        name: pl.Series(keyed.column(str).labels(), dtype=pl.Categorical) for name, keyed in keys.items()
    }
    return pl.DataFrame({**texts, **dict(zip(shape().answer_ids, view.answers, strict=True))})


def time_polars(frame: pl.DataFrame, items: list[str]) -> float:
    shares = [(pl.col(i) >= 4).filter(pl.col(i) >= 0).mean() for i in items]
    return timed(lambda: frame.group_by(BY).agg(shares))


def time_duckdb(frame: pl.DataFrame, items: list[str]) -> float:
    """From a table of its own, made beforehand."""
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    connection.register("arrow", frame.to_arrow())
    connection.execute("create table answered as select * from arrow")
    shares = ", ".join(f'avg(("{i}" >= 4)::int) filter ("{i}" >= 0)' for i in items)
    query = f"select {', '.join(BY)}, {shares} from answered group by {', '.join(BY)}"
    return timed(lambda: connection.execute(query).fetchnumpy())


if __name__ == "__main__":
    {"load": load, "ask": ask}[sys.argv[1]]()
