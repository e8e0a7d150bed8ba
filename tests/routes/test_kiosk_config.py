"""What the office sets reaches the terminals it is meant for."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.survey.kiosks.settings import configure_kiosks
from sipas.survey.kiosks.terminals import two_figures
from tests.cast import Town, submission
from tests.every_kind import open_every_kind
from tests.long_form import open_long_form
from tests.waiting import until

NOTE = "Nhờ góp ý, phòng chờ có thêm ghế."


async def office_sets(conn: Connection, town: Town, source: str) -> None:
    await configure_kiosks(conn, town.catalogue, source.encode(), "kiosks.toml", datetime.now(UTC))


async def config(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/kiosk/config")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_unset_settings_have_their_defaults(kiosk_client: httpx.AsyncClient) -> None:
    usual = await config(kiosk_client)
    assert usual["timeouts"] == {"idle": 30, "warning": 10, "thanks": 5}
    assert [usual[name] for name in ("scan", "comment", "speech", "pin", "note")] == [False] * 3 + [None] * 2
    assert usual["procedures"] != []


async def test_procedures_are_named_in_english_where_the_catalogue_has_it(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    await conn.execute(
        "update procedure set name_en = 'Birth registration', field_en = 'Civil status' where code = 'HT-01'"
    )
    (field,) = (await config(kiosk_client))["procedures"]
    assert (field["field"], field["field_en"]) == ("Hộ tịch", "Civil status")
    assert field["procedures"] == [
        {"code": "HT-02", "name": "Đăng ký kết hôn"},
        {"code": "HT-01", "name": "Đăng ký khai sinh", "name_en": "Birth registration"},
    ]


async def test_the_nearest_setting_counts(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    source = f"""
        idle = 60
        comment = true
        speech = true
        [units.00070]
        idle = 45
        scan = true
        [units.00004]
        comment = false
        [kiosks.{town.kiosk.id}]
        idle = 20
        speech = false
    """
    await office_sets(conn, town, source)
    found = await config(kiosk_client)
    assert found["timeouts"] == {"idle": 20, "warning": 10, "thanks": 5}
    assert (found["scan"], found["comment"], found["speech"]) == (True, True, False)
    await office_sets(conn, town, "thanks = 9")
    assert (await config(kiosk_client))["timeouts"] == {"idle": 30, "warning": 10, "thanks": 9}


async def test_the_warning_is_never_longer_than_the_wait(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await office_sets(conn, town, "idle = 4")
    assert (await config(kiosk_client))["timeouts"] == {"idle": 4, "warning": 4, "thanks": 5}


async def test_an_office_may_leave_the_procedure_out(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await office_sets(conn, town, "procedure = false")
    assert (await config(kiosk_client))["procedures"] == []


async def test_a_pin_is_kept_and_sent_as_a_slow_hash_alone(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await office_sets(conn, town, 'pin = "482913"')
    pin = (await config(kiosk_client))["pin"]
    expected = hashlib.pbkdf2_hmac("sha256", b"482913", bytes.fromhex(pin["salt"]), pin["rounds"])
    assert pin["hash"] == expected.hex()
    assert pin["rounds"] >= 100_000
    assert "482913" not in str(await conn.fetch("select * from kiosk_setting"))


async def test_a_note_comes_with_how_many_answered_here_this_month(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await office_sets(conn, town, f'note = {{ vi = "{NOTE}" }}')
    assert (await config(kiosk_client))["note"] == {"answered": 0, "changed": {"vi": NOTE}}
    await kiosk_client.post("/api/submissions", json=[submission(), submission(complete=False)])
    await conn.execute(
        """insert into kiosk_answers (round_id, unit_id, month, responses)
            select round.id, unit.id, date '2020-01-01', 1000 from round, unit where unit.code = '00070'"""
    )

    async def both_are_counted() -> bool:
        answered: int = (await config(kiosk_client))["note"]["answered"]
        assert answered <= 2
        return answered == 2

    await until(both_are_counted, "both answers are counted")


def test_a_number_of_answers_changes_seldom_and_is_never_too_high() -> None:
    assert [two_figures(n) for n in (0, 7, 99, 100, 119, 1999)] == [0, 7, 99, 100, 110, 1900]


async def test_a_closed_round_leaves_the_settings(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await office_sets(conn, town, f'speech = true\nnote = {{ vi = "{NOTE}" }}')
    await conn.execute("update round set closes_at = now()")
    found = await config(kiosk_client)
    assert (found["round"], found["speech"], found["note"]) == (None, True, None)


async def test_a_form_that_is_too_long_for_terminals_leaves_them_closed(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await conn.execute("update round set closes_at = now()")
    await open_long_form(conn, town, kiosk="household")
    assert (await config(kiosk_client))["round"] is None


async def test_every_kind_of_item_is_published_with_what_it_needs(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    await open_every_kind(conn)
    found = await config(kiosk_client)
    items = {item["id"]: item for item in found["instrument"]["items"]}
    assert items["sources"]["kind"] == "choices"
    assert items["sources"]["options"][-1] == {
        "code": "else",
        "text": {"vi": "Kênh khác", "en": "Another way"},
        "other": True,
    }
    assert items["visits"]["conditions"] == [{"item": "returned", "values": [True]}]
    assert (items["visits"]["minimum"], items["visits"]["maximum"]) == (1, 30)
    assert (items["polite"]["required"], items["polite"]["not_applicable"]) == (True, True)
    assert found["instrument"]["scales"]["recommend"]["points"] == list(range(11))
    (person, *_) = found["instrument"]["sections"]
    assert (person["title"]["en"], len(person["intros"])) == ("About you", 1)
    assert items["age"]["section"] == "person"


async def test_a_step_that_apps_without_an_update_cannot_ask_has_no_draw(
    kiosk_client: httpx.AsyncClient, conn: Connection
) -> None:
    """They refuse the configuration, and keep the one that they have."""
    await open_every_kind(conn)
    steps = (await config(kiosk_client))["form"]["steps"]
    assert all("draw" not in step and step["draw_items"] is None for step in steps)


async def test_a_form_of_drawn_ratings_in_sections_is_asked(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await conn.execute("update round set closes_at = now()")
    await open_long_form(conn, town)
    found = await config(kiosk_client)
    assert found["round"] == "households"
    assert [step["draw"] for step in found["form"]["steps"]] == [1] * 9


async def test_a_setting_changes_the_etag_and_the_same_settings_do_not(
    kiosk_client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await office_sets(conn, town, "speech = true")
    first = (await kiosk_client.get("/api/kiosk/config")).headers["etag"]
    await office_sets(conn, town, "speech = true # still")
    unchanged = await kiosk_client.get("/api/kiosk/config", headers={"if-none-match": first})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    await office_sets(conn, town, "speech = false")
    changed = await kiosk_client.get("/api/kiosk/config", headers={"if-none-match": first})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("idle = ", "kiosks.toml is no TOML: Invalid value"),
        ("idle = 0", "kiosks.toml: idle must be a whole number of seconds from 1 to 600, without quotes"),
        ("idle = 601", "idle must be a whole number"),
        ('idle = "30"', "idle must be a whole number"),
        ("speach = true", "kiosks.toml: there is no setting 'speach'; there are idle, warning, thanks, "),
        ("comment = 1", "comment must be true or false, without quotes"),
        ("pin = 4829", "pin must be four to eight digits in quotes"),
        ('pin = "12"', "pin must be four to eight digits"),
        ('pin = "1234\\n"', "pin must be four to eight digits"),
        ('note = "ghế"', "note must be one line of 1 to 300 characters for each language"),
        ('note = { vi = "" }', "note must be one line"),
        ('note = { vi = "a\\u0000" }', "note must be one line"),
        ('note = { vietnamese = "a" }', "note must be one line"),
        (f'note = {{ vi = "{"a" * 301}" }}', "note must be one line"),
        ("units = 3", "kiosks.toml: units is a table of tables; write [units.…]"),
        ("[units]\n00070 = true", "kiosks.toml, units.00070 is no table: write [units.00070], and the"),
        ("[units.99999]\nidle = 30", "kiosks.toml, units.99999: there is no unit '99999' today"),
        ("[units.00070]\nspeach = true", "kiosks.toml, units.00070: there is no setting 'speach'"),
        ("[kiosks.99]\nidle = 30", "kiosks.toml, kiosks.99: there is no kiosk 99"),
        ("[kiosks.one]\nidle = 30", "there is no kiosk one"),
        ("[kiosks.01]\nidle = 30", "there is no kiosk 01"),
        ("[kiosks.99999999999999]\nidle = 30", "there is no kiosk 99999999999999"),
    ],
)
async def test_settings_that_are_wrong_change_nothing(
    conn: Connection, town: Town, source: str, complaint: str
) -> None:
    await office_sets(conn, town, "speech = true")
    with pytest.raises(InputError) as error:
        await office_sets(conn, town, source)
    assert complaint in str(error.value)
    assert [row["settings"] for row in await conn.fetch("select settings from kiosk_setting")] == [
        {"speech": True}
    ]


async def test_a_file_that_is_not_utf8_says_where(conn: Connection, town: Town) -> None:
    with pytest.raises(InputError, match="byte 3 is not UTF-8"):
        await configure_kiosks(conn, town.catalogue, b"# \xc3\xff", "kiosks.toml", datetime.now(UTC))
