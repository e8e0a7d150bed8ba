"""The list of links, receipts and snapshots of every night recognise no answer better than one in k.

The attacker knows the unit, procedure and service channel of each used link and the night by which it was
used, knows how the mix works, and sees which responses each mix added.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from sipas.postgres.pool import Connection
from sipas.queries.catalogue import ANONYMITY_DEFAULT, COARSENING_DEFAULT
from sipas.queries.pending import insert_pending
from sipas.survey.catalogue import LOCAL
from sipas.survey.links.coarsening import Attributes, Level, coarsen, levels
from sipas.survey.links.mixing import mix_round
from sipas.survey.links.waiting import WaitingAnswer, encrypt_answer
from tests.cast import Town
from tests.mixed import CIPHER
from tests.privacy.crowd import read_number, spelled

FIRST, LAST = date(2026, 10, 1), date(2026, 11, 30)
ANSWERS, UNITS, PROCEDURES, FIELDS = 1_500, 12, 30, 6
ITEMS = 23

# What is stored of an answer, and the mix that stored it.
Shown = tuple[int, int, int | None, str | None, str | None, date, str, str]


@dataclass(frozen=True)
class Used:
    """A used link, as the attacker knows it. number: what its answer spells, by which the score is kept."""

    number: int
    unit_id: int
    about: Attributes


def zipf(random: Random, count: int) -> int:
    return random.choices(range(count), [1 / (n + 1) for n in range(count)])[0]


async def draw_used(conn: Connection, random: Random) -> list[Used]:
    """Few units and procedures have most of the answers, as everywhere."""
    units = await conn.fetch(
        """insert into unit (code, name, type) select 'U' || n, 'Unit ' || n, 'ward'
            from generate_series(1, $1::int) as n returning id""",
        UNITS,
    )
    procedures = await conn.fetch(
        """insert into procedure (code, name, field) select 'P' || n, 'Procedure ' || n, 'Field ' || n % $2
            from generate_series(1, $1::int) as n returning id, field""",
        PROCEDURES,
        FIELDS,
    )
    used = []
    for number in range(ANSWERS):
        procedure = procedures[zipf(random, PROCEDURES)]
        day = FIRST + timedelta(days=random.randrange((LAST - FIRST).days + 1))
        about = Attributes(procedure["id"], procedure["field"], random.choice(("counter", "online")), day)
        used.append(Used(number, units[zipf(random, UNITS)]["id"], about))
    return used


async def collect(conn: Connection, town: Town, used: list[Used]) -> dict[int, tuple[Shown, ...]]:
    """Two months of nights, a mix in each tenth and after each month's end; then the round closes.

    What the snapshots after each mix show: by number of the answer what is stored of it.
    """
    round_id = town.catalogue.rounds["autumn"].id
    await conn.execute("update round set opens_at = $1", datetime.combine(FIRST, time(), LOCAL))
    nights = [FIRST + timedelta(days=n) for n in range(10, 61, 10)] + [date(2026, 11, 1), date(2026, 12, 1)]
    shown: dict[int, tuple[Shown, ...]] = {}
    waiting = list(used)
    for place, night in enumerate(sorted({*nights})):
        new = [one for one in waiting if one.about.day < night]
        waiting = [one for one in waiting if one.about.day >= night]
        await insert_pending(conn, [encrypt_answer(CIPHER, round_id, answer(one)) for one in new])
        if night > LAST:
            closes = datetime.combine(night, time(), LOCAL)
            await conn.execute("update round set closes_at = $1", closes)
        await mix_round(conn, CIPHER, datetime.combine(night, time(0, 11), LOCAL))
        for number, row in (await snapshot(conn, place)).items():
            shown.setdefault(number, (row,))
    return shown


def answer(one: Used) -> WaitingAnswer:
    about = one.about
    said = spelled(one.number, ITEMS)
    return WaitingAnswer(
        one.unit_id, about.procedure_id, about.service_channel, "sms", about.day, True, "full", "vi", said
    )


async def snapshot(conn: Connection, place: int) -> dict[int, Shown]:
    rows = await conn.fetch(
        """select answers, unit_id, procedure_id, field, service_channel, time_kept, place_kept,
            (submitted_at at time zone 'Asia/Ho_Chi_Minh')::date as day from response"""
    )
    return {
        read_number(row["answers"]): (
            place, row["unit_id"], row["procedure_id"], row["field"], row["service_channel"], row["day"],
            row["time_kept"], row["place_kept"],
        )
        for row in rows
    }  # fmt: skip


def attack(used: list[Used], shown: dict[int, tuple[Shown, ...]], k: int) -> tuple[float, Counter[int]]:
    """How many answers are expected to be guessed right, and how many links have how many candidates.

    Runs the mix on the list of links: what it would store of each is what the link's answer looks like.
    """
    answers: defaultdict[Shown, set[int]] = defaultdict(set)
    for number, (row,) in shown.items():
        answers[row].add(number)
    batches: defaultdict[tuple[int, int], list[Used]] = defaultdict(list)
    for one in used:
        batches[one.unit_id, shown[one.number][0][0]].append(one)
    expected, candidates = 0.0, Counter[int]()
    for (unit_id, place), batch in batches.items():
        found = coarsen([one.about for one in batch], k, levels(COARSENING_DEFAULT))
        for i, one in enumerate(batch):
            same = answers[look(place, unit_id, one.about.at(found[i]), found[i])]
            expected += (one.number in same) / len(same)
            candidates[len(same)] += 1
    return expected, candidates


def look(place: int, unit_id: int, kept: Attributes, level: Level) -> Shown:
    field = kept.field if kept.procedure_id is None else None
    day = max(kept.day, FIRST)
    return (place, unit_id, kept.procedure_id, field, kept.service_channel, day, level.time, level.place)


async def test_an_attacker_with_the_list_of_links_recognises_no_answer_better_than_one_in_k(
    conn: Connection, town: Town
) -> None:
    used = await draw_used(conn, Random(1))
    shown = await collect(conn, town, used)
    assert len(shown) == ANSWERS
    expected, candidates = attack(used, shown, ANONYMITY_DEFAULT)
    assert min(candidates) >= ANONYMITY_DEFAULT
    assert expected <= ANSWERS / ANONYMITY_DEFAULT
    kept = Counter(row[-1] for (row,) in shown.values())
    assert kept["procedure"] > ANSWERS / 3


async def test_without_coarsening_the_same_attacker_recognises_most(conn: Connection, town: Town) -> None:
    await conn.execute("update round set anonymity = 1")
    used = await draw_used(conn, Random(1))
    expected, candidates = attack(used, await collect(conn, town, used), 1)
    assert candidates[1] > ANSWERS / 2
    assert expected > ANSWERS / 2
