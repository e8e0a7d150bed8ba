"""Terminals may send any attributes; those that the instrument declares, and strata, are counted."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.checks.checking import check_segments, rebuild_all
from sipas.survey.instruments.reading import read_instrument
from sipas.survey.intake.submission import new_id
from sipas.survey.segments.attributes import CountedAttributes
from sipas.survey.segments.sealing import seal_waiting_responses
from tests.cast import DECLARED, INSTRUMENT, Town
from tests.survey.segments.reading import read_columns

STORE = """
    with stored as (
        insert into response (id, round_id, unit_id, kiosk_id, submitted_at, complete, channel,
            service_channel, form, language, answers, attributes, digest)
        select $1, round.id, unit.id, $2, now(), true, 'kiosk', 'counter', 'full', 'vi',
            array_fill(5::smallint, array[23]), $3, ''
        from round, unit where unit.code = '00070'
        returning id
    )
    insert into uncounted (ids) select array[id] from stored"""


async def attributes_sealed(conn: Connection) -> dict[str, Counter[str | None]]:
    columns = await read_columns(conn)
    return {name: Counter(keyed.column(str).labels()) for name, keyed in columns.attributes.items()}


async def test_attributes_that_nothing_declares_stay_with_the_response_and_make_no_columns(
    conn: Connection, pool: Pool, town: Town
) -> None:
    sent = [{"sex": "F", f"k{n}": str(n)} for n in range(3)] + [{"sex": "another"}, {"x": "y"}, {}]
    for attributes in sent:
        await conn.execute(STORE, new_id(datetime.now(UTC)), town.kiosk.id, attributes)
    await conn.execute(STORE, new_id(datetime.now(UTC)), None, {"x": "imported"})
    await seal_waiting_responses(pool, LiveCatalogue(pool))
    sealed = {"sex": {"F": 3, None: 4}, "x": {"imported": 1, None: 6}}
    assert await attributes_sealed(conn) == sealed
    assert (await check_segments(pool)).agree
    assert (await rebuild_all(pool)).agree
    assert await attributes_sealed(conn) == sealed
    kept = await conn.fetch("select attributes from response where kiosk_id is not null")
    assert all(row["attributes"] in sent for row in kept)


def test_a_stratum_of_the_round_counts_without_being_declared() -> None:
    counted = CountedAttributes({"sex": frozenset("FM")}, frozenset({"age"}))
    sent = {"age": "30", "sex": "X", "tên": "Lan"}
    assert counted.kept(sent, from_terminal=True) == {"age": "30"}
    assert counted.kept(sent, from_terminal=False) == sent
    assert counted.kept({"sex": "M"}, from_terminal=True) == {"sex": "M"}


def test_the_flag_of_the_service_counts_and_no_other_value_of_it() -> None:
    counted = CountedAttributes({}, frozenset())
    assert counted.kept({"flagged": "fast", "x": "y"}, from_terminal=True) == {"flagged": "fast"}
    assert counted.kept({"flagged": "another"}, from_terminal=True) == {}


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (DECLARED + DECLARED, "attribute sex: there is another column"),
        (DECLARED.replace("sex", "unit"), "attribute unit: there is another column"),
        (DECLARED.replace("sex", "overall"), "attribute overall: there is another column"),
        (DECLARED.replace('"F", "M"', ""), "values must be 1 to 200"),
        (DECLARED.replace("F", "x" * 65), "1 to 64 characters"),
    ],
)
def test_an_attribute_that_cannot_be_one_is_refused(more: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_instrument(INSTRUMENT.read_text(encoding="utf-8") + "\n" + more)
