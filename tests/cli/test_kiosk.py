"""sipas kiosk, as an operator uses it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

import msgspec
import pytest

from sipas.postgres.pool import Pool, open_pool
from sipas.survey.catalogue import Catalogue, LiveCatalogue
from sipas.survey.intake.group_commit import SUBMISSION_DECODER, SentSubmission, SubmissionResult, store
from sipas.survey.intake.submission import Refused, check_submission
from sipas.survey.kiosks.terminals import exchange_code
from tests.cast import submission
from tests.cli.conftest import Sipas

T = TypeVar("T")


def in_town(dsn: str, work: Callable[[Pool, Catalogue], Awaitable[T]]) -> T:
    async def with_pool() -> T:
        async with await open_pool(dsn) as pool:
            return await work(pool, await LiveCatalogue(pool).refresh())

    return asyncio.run(with_pool())


def trade(dsn: str, code: str) -> int:
    """The terminal that has enrolled."""

    async def work(pool: Pool, catalogue: Catalogue) -> int:
        async with pool.acquire() as conn:
            credential = await exchange_code(conn, catalogue, code)
        assert credential is not None
        return credential.kiosk

    return in_town(dsn, work)


def send(dsn: str, kiosk: int, *submissions: dict[str, object]) -> list[str]:
    """What becomes of submissions of a terminal."""

    async def work(pool: Pool, catalogue: Catalogue) -> list[SubmissionResult]:
        found = await store(pool, [sent(msgspec.json.encode(one), catalogue) for one in submissions])
        return [result for result in found if result is not None]

    def sent(raw: bytes, catalogue: Catalogue) -> SentSubmission:
        now, submitted = datetime.now(UTC), SUBMISSION_DECODER.decode(raw)
        content = check_submission(submitted, catalogue, now, kiosk_id=kiosk, unit_id=None)
        return SentSubmission(content, submitted.id, raw, kiosk)

    return [result.status for result in in_town(dsn, work)]


def send_raw(dsn: str, kiosk: int, raw: bytes) -> list[str]:
    """What becomes of one that intake cannot read."""

    async def work(pool: Pool, _: Catalogue) -> list[SubmissionResult]:
        found = await store(pool, [SentSubmission(Refused("invalid", "unreadable"), None, raw, kiosk)])
        return [result for result in found if result is not None]

    return [result.status for result in in_town(dsn, work)]


def answered(number: int) -> dict[str, object]:
    return submission(sequence=number, procedure="2.000815")


@pytest.fixture
def terminal(city: Sipas, dsn: str) -> int:
    """One that has enrolled in Hoàn Kiếm."""
    return trade(dsn, city("kiosk", "enrol", "--unit", "00070").json["code"])


def test_a_qr_code_is_a_picture_of_the_url(city: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "terminal.svg"
    assert city("kiosk", "enrol", "--unit", "00070", "--qr", file).json["unit"] == "00070"
    picture = ElementTree.fromstring(file.read_bytes())
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"


def test_a_qr_code_is_drawn_beside_the_results(city: Sipas) -> None:
    outcome = city("kiosk", "enrol", "--unit", "00070", "--qr", "-")
    assert list(outcome.json) == ["code", "kiosk", "unit", "url"]
    assert len(outcome.err.splitlines()) > 12
    assert set("█▄▀") & set(outcome.err)


def test_a_qr_code_that_cannot_be_written_loses_no_code(city: Sipas, tmp_path: Path) -> None:
    outcome = city("kiosk", "enrol", "--unit", "00070", "--qr", tmp_path / "nowhere" / "terminal.svg")
    assert outcome.exit_code == 1
    assert "No such file or directory" in outcome.err
    assert len(outcome.json["code"]) == 14


def test_a_terminal_is_replaced_once_the_new_one_has_enrolled(city: Sipas, dsn: str, terminal: int) -> None:
    replacement = city("kiosk", "replace", terminal).json
    assert (list(replacement), replacement["unit"]) == (["code", "kiosk", "unit", "url"], "00070")
    states = {one["kiosk"]: one["state"] for one in city("kiosk", "list").json}
    assert states == {terminal: "in use", replacement["kiosk"]: "code"}
    trade(dsn, replacement["code"])
    listed = {one["kiosk"]: one for one in city("kiosk", "list").json}
    assert listed[terminal]["state"] == "retired"
    assert listed[replacement["kiosk"]]["state"] == "in use"
    assert listed[replacement["kiosk"]]["replaces"] == terminal


def test_a_terminal_of_a_unit_that_is_no_more_is_not_replaced(city: Sipas, dsn: str, terminal: int) -> None:
    async def end(pool: Pool, _: Catalogue) -> None:
        await pool.execute(
            "update unit set valid_to = current_date - 2 where code = '00070' and valid_to is null"
        )

    in_town(dsn, end)
    outcome = city("kiosk", "replace", terminal)
    assert outcome.exit_code == 2
    assert "is no more; enrol a terminal for its successor" in outcome.err
    (listed,) = city("kiosk", "list").json
    assert listed["problems"] == ["unit"]


@pytest.mark.parametrize("command", ["retire", "replace", "release"])
def test_a_number_that_no_terminal_has_says_where_to_look(city: Sipas, command: str) -> None:
    assert city("kiosk", command, 7).err == "error: there is no kiosk 7; `sipas kiosk list` shows all\n"
    assert city("kiosk", command, "seven").exit_code == 2
    assert city("kiosk", command, 0).exit_code == 2


def test_submissions_of_a_retired_terminal_are_counted_after_a_release(
    city: Sipas, dsn: str, terminal: int
) -> None:
    first, second, third = answered(1), answered(2), answered(3)
    assert send(dsn, terminal, first) == ["stored"]
    city("kiosk", "retire", terminal)
    foreign = submission(unit="00004", sequence=4, procedure="2.000815")
    assert send(dsn, terminal, second, third, {**foreign, "id": second["id"]}) == ["quarantined"] * 3
    (listed,) = city("kiosk", "list").json
    assert (listed["state"], listed["held"], listed["problems"]) == ("retired", 3, ["held"])
    # Two answers under one id: the first that came is stored, the other stays for a person to look at.
    assert city("kiosk", "release", terminal).json == {
        "kiosk": terminal,
        "released": 2,
        "known": 0,
        "kept": 1,
    }
    assert send(dsn, terminal, second, third) == ["duplicate"] * 2
    assert city("kiosk", "release", terminal).json["released"] == 0
    (listed,) = city("kiosk", "list").json
    assert (listed["held"], listed["lost"]) == (1, 0)


def test_what_the_catalogue_did_not_know_is_counted_once_it_does(
    city: Sipas, dsn: str, terminal: int, tmp_path: Path
) -> None:
    unknown, late = (
        {**answered(1), "procedure": "9.999999"},
        {**answered(2), "submitted_at": "2020-01-01T09:00:00+07:00"},
    )
    assert send(dsn, terminal, unknown, late) == ["quarantined"] * 2
    assert city("kiosk", "release", terminal).json["kept"] == 1
    table = tmp_path / "procedures.csv"
    table.write_text("code,name,field\n9.999999,Thủ tục mới,Hộ tịch\n", encoding="utf-8")
    city("import", "procedures", table)
    released = {"kiosk": terminal, "released": 1, "known": 0, "kept": 0}
    assert city("kiosk", "release", terminal).json == released


def test_answers_of_a_wrong_clock_are_released_on_the_day_they_came_or_the_day_named(
    city: Sipas, dsn: str, terminal: int
) -> None:
    now = datetime.now(UTC)
    ahead, ancient = now + timedelta(days=6), now - timedelta(days=2000)
    sent = [
        {
            **answered(1),
            "started_at": (ahead - timedelta(seconds=40)).isoformat(),
            "submitted_at": ahead.isoformat(),
        },
        {**answered(2), "started_at": ancient.isoformat()},
    ]
    assert send(dsn, terminal, *sent) == ["quarantined"] * 2
    outcome = city("kiosk", "release", terminal)
    assert outcome.json == {"kiosk": terminal, "released": 2, "known": 0, "kept": 0}
    assert "2 with an unusable time now carry the moment they came" in outcome.err
    assert send(dsn, terminal, *sent) == ["duplicate"] * 2
    times = in_town(dsn, list_times)
    assert all(
        now - timedelta(minutes=1) <= submitted <= now + timedelta(minutes=1) for _, submitted in times
    )
    assert [(submitted - started).total_seconds() for started, submitted in times] == [40, 0]
    other = {**answered(3), "submitted_at": ahead.isoformat()}
    assert send(dsn, terminal, other) == ["quarantined"]
    day = (now - timedelta(days=2)).date()
    assert city("kiosk", "release", terminal, "--given-on", day).json["released"] == 1
    assert in_town(dsn, list_times)[-1][1].date() == day


async def list_times(pool: Pool, _: Catalogue) -> list[tuple[datetime, datetime]]:
    rows = await pool.fetch("select started_at, submitted_at from response order by sequence")
    return [(row["started_at"], row["submitted_at"]) for row in rows]


def test_an_answer_with_half_a_character_is_released_with_a_mark_in_its_place(
    city: Sipas, dsn: str, terminal: int
) -> None:
    raw = json.dumps({**answered(1), "comment": "tốt \ud83d lắm"}).encode()
    assert send_raw(dsn, terminal, raw) == ["quarantined"]
    assert city("kiosk", "release", terminal).json["released"] == 1

    async def comment(pool: Pool, _: Catalogue) -> object:
        return await pool.fetchval("select comment from response")

    assert in_town(dsn, comment) == "tốt \N{REPLACEMENT CHARACTER} lắm"


def test_what_stays_in_quarantine_is_said_with_its_reason(city: Sipas, dsn: str, terminal: int) -> None:
    assert send(dsn, terminal, {**answered(1), "channel": "telegraph"}) == ["quarantined"]
    outcome = city("kiosk", "release", terminal)
    assert outcome.json["kept"] == 1
    assert "1 stay in quarantine: unknown answer channel" in outcome.err


def test_what_was_stored_before_is_released_without_counting_twice(
    city: Sipas, dsn: str, terminal: int
) -> None:
    """As where a release was interrupted between storing and letting go."""
    city("kiosk", "retire", terminal)
    one = answered(1)
    assert send(dsn, terminal, one) == ["quarantined"]

    async def keep(pool: Pool, _: Catalogue) -> None:
        await pool.execute("create table kept as select * from quarantine")

    async def put_back(pool: Pool, _: Catalogue) -> None:
        await pool.execute(
            """insert into quarantine (submission_id, reason, detail, kiosk_id, raw, received_at, sequence)
                select submission_id, reason, detail, kiosk_id, raw, received_at, sequence from kept"""
        )

    in_town(dsn, keep)
    assert city("kiosk", "release", terminal).json["released"] == 1
    in_town(dsn, put_back)
    assert city("kiosk", "release", terminal).json | {"kiosk": 0} == {
        "kiosk": 0,
        "released": 0,
        "known": 1,
        "kept": 0,
    }


def test_settings_are_shown_as_they_hold_without_the_pin(city: Sipas, tmp_path: Path, terminal: int) -> None:
    assert city("kiosk", "configure").json == []
    file = tmp_path / "kiosks.toml"
    file.write_text(
        f'pin = "482913"\n[units.00070]\nspeech = true\n[kiosks.{terminal}]\nidle = 45\n', encoding="utf-8"
    )
    expected = [
        {"unit": None, "kiosk": None, "settings": {"pin": "set"}},
        {"unit": "00070", "kiosk": None, "settings": {"speech": True}},
        {"unit": None, "kiosk": terminal, "settings": {"idle": 45}},
    ]
    assert city("kiosk", "configure", file).json == expected
    assert city("kiosk", "configure").json == expected
    assert "482913" not in city("kiosk", "configure", "--format", "table").out


def test_a_url_that_holds_nowhere_else_says_so(city: Sipas, monkeypatch: pytest.MonkeyPatch) -> None:
    assert city("kiosk", "enrol", "--unit", "00070").err == ""
    monkeypatch.delenv("SIPAS_PUBLIC_URL")
    outcome = city("kiosk", "enrol", "--unit", "00070")
    assert outcome.json["url"].startswith("http://127.0.0.1:8000/kiosk/#")
    assert "for a kiosk elsewhere set SIPAS_PUBLIC_URL" in outcome.err


def test_what_a_file_of_settings_changed_is_told_beside_what_holds(city: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "kiosks.toml"
    told = []
    for source in ('idle = 45\npin = "482913"\n[units.00070]\nspeech = true', "idle = 60", "idle = 60", ""):
        file.write_text(source, encoding="utf-8")
        told.append(city("kiosk", "configure", file).err.splitlines())
    assert told == [
        ["all terminals: pin = (not shown)", "all terminals: idle = 45", "unit 00070: speech = true"],
        [
            "all terminals: idle = 60",
            "all terminals: pin is not set any more",
            "unit 00070: speech is not set any more",
        ],
        ["nothing changed"],
        [
            "all terminals: idle is not set any more",
            "nothing is set; the defaults apply, see docs/guides/kiosks.md",
        ],
    ]


def test_settings_that_are_wrong_say_where(city: Sipas, tmp_path: Path) -> None:
    file = tmp_path / "kiosks.toml"
    file.write_text("[units.99999]\nidle = 30\n", encoding="utf-8")
    outcome = city("kiosk", "configure", file)
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert outcome.err == "error: kiosks.toml, units.99999: there is no unit '99999' today\n"
    assert city("kiosk", "configure", tmp_path / "none.toml").exit_code == 2


def test_the_list_is_a_table_and_a_file_too(city: Sipas, terminal: int) -> None:
    header, row = city("kiosk", "list", "--format", "csv").out.splitlines()
    assert header.startswith("kiosk,unit,unit_name,state,problems,heard_at,queue")
    assert row.startswith(f"{terminal},00070,Phường Hoàn Kiếm,in use,,,")
    assert "Phường Hoàn Kiếm" in city("kiosk", "list", "--format", "table").out
