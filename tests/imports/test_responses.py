from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sipas.errors import InputError, TableError
from sipas.imports.instrument import import_instrument
from sipas.imports.responses import ResponseCounts, ResponseFile, import_responses
from sipas.imports.units import import_units
from sipas.postgres.pool import Connection
from sipas.queries.catalogue import list_rounds
from sipas.queries.rounds import insert_round
from sipas.survey.instruments.answer_files import Reading
from tests.imports.conftest import Write

CITY = Path(__file__).parents[2] / "sipas" / "demo" / "city"
FULL = "response_id,unit,procedure,service_channel,overall,access1,access2,sex,age\n"
RESPONSES = f"""{FULL}R1,00070,HT-01,counter,5,4,,Nữ,18-29
R2,00070,,online,3,NA,-,Nam,
R3,00004,HT-02,counter,,,,,
"""
WIDTH = 23
DISTRICTS = Reading(rename={"unit": "district"})


async def stored(conn: Connection) -> list[dict[str, object]]:
    rows = await conn.fetch(
        """select unit.code as unit, procedure.code as procedure, service_channel, channel, form, language,
                submitted_at, started_at, complete, comment, answers, attributes
            from response join unit on unit.id = unit_id left join procedure on procedure.id = procedure_id
            order by unit.code desc, answers desc"""
    )
    return [dict(row) for row in rows]


async def count_stored(conn: Connection) -> int:
    return int(await conn.fetchval("select count(*) from response"))


async def uncounted(conn: Connection) -> list[int]:
    return [row[0] for row in await conn.fetch("select cardinality(ids) from uncounted")]


async def test_responses_are_stored_with_their_missing_answers_told_apart(
    town: Connection, write: Write
) -> None:
    assert (await import_responses(town, write("r.csv", RESPONSES), "autumn")).counts == ResponseCounts(3, 0)
    first, second, third = await stored(town)
    rest = [-3] * (WIDTH - 3)
    assert first["answers"] == [5, 4, -1, *rest]
    assert second["answers"] == [3, -2, -3, *rest]
    assert third["answers"] == [-1, -1, -1, *rest]
    assert (first["unit"], first["procedure"], first["service_channel"]) == ("00070", "HT-01", "counter")
    assert second["procedure"] is None
    assert first["attributes"] == {"sex": "Nữ", "age": "18-29"}
    assert second["attributes"] == {"sex": "Nam"}
    assert third["attributes"] == {}


async def test_what_a_file_does_not_say_has_a_default(town: Connection, write: Write) -> None:
    await import_responses(town, write("r.csv", "response_id,unit,overall\n1,00070,5\n"), "autumn")
    (row,) = await stored(town)
    (round_,) = await list_rounds(town)
    assert row == {
        "unit": "00070",
        "procedure": None,
        "service_channel": None,
        "channel": "paper",
        "form": "full",
        "language": "vi",
        "submitted_at": round_.opens_at,
        "started_at": None,
        "complete": True,
        "comment": None,
        "answers": [5] + [-3] * (WIDTH - 1),
        "attributes": {},
    }


async def test_what_a_file_says_is_kept(town: Connection, write: Write) -> None:
    local = (datetime.now(UTC) - timedelta(days=2)).replace(microsecond=0)
    vietnam = (local + timedelta(hours=7)).replace(tzinfo=None)
    content = (
        "response_id,unit,channel,form,language,submitted_at,complete,comment,overall,access3\n"
        f'1,00070,kiosk,kiosk,en,{vietnam.isoformat()},no,"Tốt, cảm ơn",5,4\n'
    )
    await import_responses(town, write("r.csv", content), "autumn")
    (row,) = await stored(town)
    assert (row["channel"], row["form"], row["language"]) == ("kiosk", "kiosk", "en")
    assert (row["submitted_at"], row["complete"], row["comment"]) == (local, False, "Tốt, cảm ơn")


async def test_what_is_stored_waits_to_be_counted(town: Connection, write: Write) -> None:
    await import_responses(town, write("r.csv", RESPONSES), "autumn")
    assert await uncounted(town) == [3]
    assert (
        await town.fetchval("select count(*) from uncounted, unnest(ids) as one join response on id = one")
        == 3
    )


async def test_the_same_file_again_stores_nothing_twice(town: Connection, write: Write) -> None:
    path = write("r.csv", RESPONSES)
    await import_responses(town, path, "autumn")
    assert (await import_responses(town, path, "autumn")).counts == ResponseCounts(0, 3)
    more = write("r.csv", f"{RESPONSES}R4,00070,HT-01,counter,5,,,,\n")
    assert (await import_responses(town, more, "autumn")).counts == ResponseCounts(1, 3)
    assert await count_stored(town) == 4
    assert await uncounted(town) == [3, 1]


@pytest.mark.parametrize(
    "changed",
    [
        RESPONSES.replace("R1,00070,HT-01,counter,5", "R1,00070,HT-01,counter,4"),
        RESPONSES.replace("Nữ", "Nam"),
        RESPONSES.replace("R1,00070", "R1,00004"),
        RESPONSES.replace("\n", ",submitted_at\n", 1).replace("18-29", f"18-29,{datetime.now(UTC).date()}"),
    ],
)
async def test_a_stored_response_never_changes(town: Connection, write: Write, changed: str) -> None:
    await import_responses(town, write("r.csv", RESPONSES), "autumn")
    lines = [
        line + "," * (changed.split("\n")[0].count(",") - line.count(",")) for line in changed.split("\n")
    ]
    new = "\n".join(line for line in lines if line.strip(",")) + "\n" + lines[1].replace("R1", "R0") + "\n"
    with pytest.raises(
        InputError, match=r"r.csv: nothing was imported, for round autumn holds other .*: R1; "
    ):
        await import_responses(town, write("r.csv", new), "autumn")
    assert await count_stored(town) == 3


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("R1,00070,HT-01,counter,5,,,,", "row 5, column response_id: R1 stands in row 2 too"),
        (",00070,HT-01,counter,5,,,,", "row 5, column response_id: is empty"),
        ("R4,,HT-01,counter,5,,,,", "row 5, column unit: is empty"),
        ("R4,00071,HT-01,counter,5,,,,", "row 5, column unit: there is no unit '00071'"),
        ("R4,4,HT-01,counter,5,,,,", "row 5, column unit: there is no unit '4'; is 00004 meant"),
        ("R4,00070,HT-09,counter,5,,,,", "row 5, column procedure: there is no procedure 'HT-09'"),
        (
            "R4,00070,ht-01,counter,5,,,,",
            "row 5, column procedure: there is no procedure 'ht-01'; is HT-01 meant?"
            " They differ in capital letters; `sipas import procedures`",
        ),
        ("R4,00070,HT-01,counter,6,,,,", "row 5, column overall: '6' is no answer; an answer is one of 1"),
        ("R4,00070,HT-01,counter,4.5,,,,", "row 5, column overall: '4.5' is no answer"),
        (
            f"R4,00070,HT-01,counter,5,,,{'ễ' * 400},",
            "row 5, column sex: the attributes take 1210 bytes and may",
        ),
        ("R4,00070,HT-01,counter,5", "row 5, column access1: has 5 cells where the header has 9"),
    ],
)
async def test_one_bad_row_and_nothing_is_imported(
    town: Connection, write: Write, line: str, complaint: str
) -> None:
    with pytest.raises(TableError) as caught:
        await import_responses(town, write("r.csv", f"{RESPONSES}{line}\n"), "autumn")
    assert str(caught.value).startswith(f"r.csv, {complaint}")
    assert await count_stored(town) == 0
    assert await uncounted(town) == []


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("channel", "fax", "row 2, column channel: 'fax' is not one of kiosk, sms, web, tablet, paper"),
        (
            "service_channel",
            "Quầy",
            "row 2, column service_channel: 'Quầy' is not one of counter, online, post",
        ),
        ("form", "long", "row 2, column form: 'long' is not one of full, kiosk"),
        ("language", "fr", "row 2, column language: 'fr' is not one of vi, en"),
        (
            "submitted_at",
            "2020-01-01",
            "row 2, column submitted_at: 2020-01-01 is not in round autumn, which is",
        ),
        ("submitted_at", "soon", "row 2, column submitted_at: 'soon' is no date"),
        ("complete", "perhaps", "row 2, column complete: 'perhaps' is neither true nor false"),
    ],
)
async def test_a_word_that_is_not_known_is_named_with_its_place(
    town: Connection, write: Write, column: str, value: str, complaint: str
) -> None:
    path = write("r.csv", f"response_id,unit,overall,{column}\n1,00070,5,{value}\n")
    with pytest.raises(TableError) as caught:
        await import_responses(town, path, "autumn")
    assert str(caught.value).startswith(f"r.csv, {complaint}")


async def test_a_form_is_not_answered_beyond_what_it_draws(town: Connection, write: Write) -> None:
    header = "response_id,unit,form,overall,access1,access2\n"
    await import_responses(town, write("r.csv", f"{header}1,00070,kiosk,5,4,-\n"), "autumn")
    with pytest.raises(TableError) as caught:
        await import_responses(
            town, write("r.csv", f"{header}2,00070,full,5,4,\n3,00070,kiosk,5,4,\n"), "autumn"
        )
    assert str(caught.value) == (
        "r.csv, row 3, column access1: form kiosk draws 1 of access1, access2, access3, access4, "
        "and 2 were asked; write - in the cell of an item that was not asked"
    )


@pytest.mark.parametrize(
    "cell", ["0912345678", "0912 345 678", "091.2345678", "001099012345", "an@example.vn"]
)
async def test_what_leads_to_a_person_is_no_attribute(town: Connection, write: Write, cell: str) -> None:
    content = f"response_id,unit,contact,overall\n1,00070,F,5\n2,00070,{cell},5\n"
    with pytest.raises(
        TableError, match=r"r.csv, row 3, column contact: looks like .*: delete the column"
    ) as e:
        await import_responses(town, write("r.csv", content), "autumn")
    assert cell not in str(e.value)


@pytest.mark.parametrize("cell", ["2026-05-31 10:15:00", "31/05/2026 10:15", "0.123456789", "35-44"])
async def test_dates_and_fractions_may_be_attributes(town: Connection, write: Write, cell: str) -> None:
    await import_responses(town, write("r.csv", f"response_id,unit,x,overall\n1,00070,{cell},5\n"), "autumn")
    (row,) = await stored(town)
    assert row["attributes"] == {"x": cell}


async def test_numbers_in_imported_comments_are_hidden(town: Connection, write: Write) -> None:
    content = "response_id,unit,overall,comment\n1,00070,5,Gọi 0912345678 nhé\n"
    await import_responses(town, write("r.csv", content), "autumn")
    (row,) = await stored(town)
    assert row["comment"] == "Gọi •••••••••• nhé"


async def test_a_file_without_any_item_is_refused(town: Connection, write: Write) -> None:
    with pytest.raises(TableError, match=r"r.csv, row 1: has no column of an item; the items are overall"):
        await import_responses(town, write("r.csv", "response_id,unit,q1\n1,00070,5\n"), "autumn")


async def test_a_stratum_called_channel_is_an_attribute(town: Connection, write: Write) -> None:
    """Transactions have no answer channel, so what a frame calls channel is not one."""
    await town.execute("update round set strata = '{unit,procedure_group,channel}'")
    content = "response_id,unit,procedure_group,channel,overall\n1,00070,P1,postal,5\n"
    await import_responses(town, write("r.csv", content), "autumn", ResponseFile(channel="sms"))
    (row,) = await stored(town)
    assert (row["channel"], row["attributes"]) == ("sms", {"procedure_group": "P1", "channel": "postal"})


@pytest.fixture
async def kansas(conn: Connection) -> Connection:
    await import_units(conn, CITY / "kansas_city" / "units.csv")
    await import_instrument(conn, CITY / "kansas_city" / "instrument.toml")
    for number, code in enumerate(("2021Q3", "2022Q1")):
        await insert_round(
            conn,
            code=code,
            instrument_id=await conn.fetchval("select id from instrument"),
            strata=["unit"],
            index_code="pooled",
            target=None,
            opens_at=datetime(2021 + number, 1, 1, tzinfo=UTC),
            closes_at=datetime(2022 + number, 1, 1, tzinfo=UTC),
        )
    return conn


async def test_a_real_survey_goes_into_its_two_rounds(kansas: Connection) -> None:
    path = CITY / "kansas_city" / "responses.csv"
    for code in ("2021Q3", "2022Q1"):
        imported = await import_responses(
            kansas, path, code, ResponseFile(DISTRICTS, where=[("round", code)])
        )
        assert imported.counts.duplicate == 0
    assert await count_stored(kansas) == 2017
    assert await kansas.fetchval("select count(distinct round_id) from response") == 2
    assert await kansas.fetchval(
        "select distinct array(select jsonb_object_keys(attributes)) from response"
    ) == [
        "round",
        "method",
    ]


async def test_rows_are_chosen_by_the_files_name_of_a_column(kansas: Connection) -> None:
    path = CITY / "kansas_city" / "responses.csv"
    where = [("round", "2021Q3"), ("district", "CD1")]
    imported = await import_responses(kansas, path, "2021Q3", ResponseFile(DISTRICTS, where=where))
    assert 0 < imported.counts.stored == await count_stored(kansas) < 400


@pytest.fixture
async def year(town: Connection) -> Connection:
    """The town, whose round opened in July 2025."""
    await town.execute("update round set opens_at = '2025-07-02 00:00+07'")
    return town


def dated(column: str, *days: str) -> str:
    return f"response_id,unit,{column},overall\n" + "".join(
        f"{number},00070,{day},5\n" for number, day in enumerate(days)
    )


async def days_stored(conn: Connection) -> set[str]:
    rows = await conn.fetch("select submitted_at at time zone 'Asia/Ho_Chi_Minh' as day from response")
    return {f"{row['day']:%Y-%m-%d %H:%M}" for row in rows}


@pytest.mark.parametrize(
    "column", ["Ngày khảo sát", "Dấu thời gian", "Timestamp", "ngay tra loi", "Thời gian trả lời", "EndDate"]
)
async def test_the_day_of_answer_is_read_under_its_usual_names(
    column: str, year: Connection, write: Write
) -> None:
    imported = await import_responses(
        year, write("r.csv", dated(column, "2025-08-15", "2025/9/3 14:30")), "autumn"
    )
    assert await days_stored(year) == {"2025-08-15 00:00", "2025-09-03 14:30"}
    assert imported.other_columns == imported.dates == ()


async def test_a_column_of_dates_under_another_name_is_reported(year: Connection, write: Write) -> None:
    path = write("r.csv", dated("lần ghé,Ngày sinh", "2025-08-15,1960-01-02", "2025-09-03,1970-01-02"))
    imported = await import_responses(year, path, "autumn")
    assert imported.dates == ("lần ghé",)
    mapped = ResponseFile(Reading(rename={"submitted_at": "lần ghé"}), replace=True)
    assert (await import_responses(year, path, "autumn", mapped)).counts.replaced == 2
    assert len(await days_stored(year)) == 2


async def test_an_ambiguous_day_of_answer_needs_its_order(year: Connection, write: Write) -> None:
    path = write("r.csv", dated("submitted_at", "08/09/2025"))
    with pytest.raises(InputError, match=r"row 2 can be read two ways.*--dates dmy"):
        await import_responses(year, path, "autumn")
    await import_responses(year, path, "autumn", ResponseFile(order="mdy"))
    assert await days_stored(year) == {"2025-08-09 00:00"}


async def test_other_dates_and_serial_numbers_show_the_day_of_answer(year: Connection, write: Write) -> None:
    await import_responses(
        year, write("r.csv", dated("Ngày", "08/09/2025", "25/09/2025", "45900.5")), "autumn"
    )
    assert await days_stored(year) == {"2025-09-08 00:00", "2025-09-25 00:00", "2025-08-31 12:00"}


@pytest.mark.parametrize(
    "column",
    [
        "Họ tên", "HỌ VÀ TÊN", "ho_ten", "Tên người nộp", "Ngày sinh", "Địa chỉ", "dia chi lien he",
        "Ghi chú",
        "E-mail", "Số điện thoại", "SĐT", "CCCD", "Full Name", "name", "Date of birth", "Phone number",
        "Notes",
    ],
)  # fmt: skip
async def test_a_column_that_names_a_person_is_left_out(column: str, town: Connection, write: Write) -> None:
    path = write("r.csv", f"response_id,unit,sex,{column},overall\n1,00070,Nữ,An 0912345678,5\n")
    imported = await import_responses(town, path, "autumn")
    assert (imported.left_out, imported.other_columns) == ((column,), ("sex",))
    assert [row["attributes"] for row in await stored(town)] == [{"sex": "Nữ"}]


async def test_free_text_is_left_out_and_numbers_are_kept(town: Connection, write: Write) -> None:
    rows = "".join(f"{i},00070,cần nhanh hơn {i}!,{20 + i},{'Nam' if i % 2 else 'Nữ'},5\n" for i in range(12))
    path = write("r.csv", f"response_id,unit,Mong muốn,age,sex,overall\n{rows}")
    imported = await import_responses(town, path, "autumn")
    assert (imported.left_out, imported.other_columns) == (("Mong muốn",), ("age", "sex"))


async def test_a_declared_attribute_is_stored_whatever_its_name(town: Connection, write: Write) -> None:
    await town.execute("update round set strata = '{unit,Địa chỉ}'")
    path = write("r.csv", "response_id,unit,Địa chỉ,overall\n1,00070,phía bắc,5\n")
    assert (await import_responses(town, path, "autumn")).left_out == ()
    assert [row["attributes"] for row in await stored(town)] == [{"Địa chỉ": "phía bắc"}]
