import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sipas.errors import InputError, TableError
from sipas.imports import transactions
from sipas.imports.transactions import TransactionCounts, TransactionFile
from sipas.postgres.pool import Connection
from sipas.queries.transactions import (
    EventOutcome,
    Q,
    count_miscounts,
    list_problems,
    store_transaction_events,
)
from sipas.settings import Settings
from sipas.survey.encryption import read_cipher
from sipas.survey.invitations.contact_details import decrypt_contact
from sipas.tables import TablePlace
from tests.cast import BA_DINH, BIRTH, HOAN_KIEM
from tests.imports.conftest import Write
from tests.survey.invitations.told import PHONE, SETTINGS, counts, funnel, invite

YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
HEADER = "transaction_id,unit,procedure,service_channel,completed_at,on_time,phone,language"
GOOD = f"1,00070,HT-01,counter,{YESTERDAY},true,{PHONE},vi"


async def import_transactions(
    conn: Connection, path: Path, settings: Settings, **reading: Any
) -> TransactionCounts:
    return (await transactions.import_transactions(conn, path, settings, TransactionFile(**reading))).counts


def rows(counts: TransactionCounts) -> tuple[int, ...]:
    return counts.stored, counts.corrected, counts.cancelled, counts.repeated, counts.problems


async def test_a_file_is_counted_and_a_second_time_changes_nothing(town: Connection, write: Write) -> None:
    file = write("t.csv", f"{HEADER}\n{GOOD}\n2,00070,HT-01,counter,{YESTERDAY},không,,\n")
    assert rows(await import_transactions(town, file, SETTINGS)) == (2, 0, 0, 0, 0)
    assert rows(await import_transactions(town, file, SETTINGS)) == (0, 0, 0, 2, 0)
    assert await counts(town) == {(HOAN_KIEM, BIRTH, "counter"): (2, 1, 1)}
    assert await count_miscounts(town) == []


async def test_rows_that_cannot_be_counted_are_kept_and_the_others_counted(
    town: Connection, write: Write
) -> None:
    lines = [
        GOOD,
        f"2,99999,HT-01,counter,{YESTERDAY},,{PHONE},",
        f"3,00070,HT-99,counter,{YESTERDAY},,{PHONE},",
        f"4,00070,HT-01,counter,{TOMORROW},,{PHONE},",
    ]
    told = await import_transactions(town, write("t.csv", "\n".join([HEADER, *lines])), SETTINGS)
    assert rows(told) == (1, 0, 0, 0, 3)
    kept = await list_problems(town)
    assert [(one.source, one.reason, one.event["transaction_id"]) for one in kept] == [
        *(("t.csv", "unit", "2"), ("t.csv", "procedure", "3"), ("t.csv", "future", "4"))
    ]
    assert PHONE not in str(kept)


async def test_phones_that_cannot_be_used_are_counted_by_the_reason_and_named_by_row(
    town: Connection, write: Write
) -> None:
    phones = [
        "9.12E+08",
        "912345678.0",
        "'0912345678",
        "",
        "0912345678;0987654321",
        "9.85E+08",
        "01689123456",
    ]
    lines = [f"{n},00070,HT-01,counter,{YESTERDAY},,{phone}," for n, phone in enumerate(phones)]
    told = await import_transactions(town, write("t.csv", "\n".join([HEADER, *lines])), SETTINGS)
    assert told.phones == {"usable": 3, "none": 1, "rounded": 2, "several": 1}
    assert told.unusable == {"rounded": [2, 7], "several": [6]}


async def test_free_text_where_a_code_belongs_is_not_kept_in_clear(town: Connection, write: Write) -> None:
    """As where a column has been shifted."""
    lines = [
        f"H-1,Nguyễn Thị Bình,HT-01,counter,{YESTERDAY},,,",
        f"H-2,00070,012345678901,counter,{YESTERDAY},,,",
        f"Trần Văn An 12 Hàng Bài,99999,HT-01,counter,{YESTERDAY},,,",
        f"H-3,99999,HT-01,counter,{YESTERDAY},,,Lê Thị Hoa",
    ]
    await import_transactions(town, write("t.csv", "\n".join([HEADER, *lines])), SETTINGS)
    kept = str(await list_problems(town))
    assert "a text of 15 characters that is no code" in kept
    assert "'99999'" in kept
    assert not any(text in kept for text in ("Bình", "012345678901", "Hàng Bài", "Hoa"))


async def test_vietnamese_names_of_columns_and_values_are_understood(town: Connection, write: Write) -> None:
    header = "STT,Mã hồ sơ,Đơn vị,Thủ tục,Hình thức nộp,Ngày trả kết quả,Tình trạng,SĐT"
    lines = [
        "1,H-1,00070,HT-01,Trực tiếp,25/11/2025 09:30,Đúng hạn,0912345678",
        "2,H-2,Phường Hoàn Kiếm,HT-01,TRỰC TUYẾN,03-11-2025,Trễ hạn,",
        "3,H-3,00070,HT-01,Bưu chính công ích,45980.5,Trước hạn,",
        "4,H-4,00070,HT-01,tại quầy,14:30 26/11/2025,,",
        "5,H-5,00070,HT-01,Tại quầy,20251126143000,Quá hạn,",
    ]
    told = await import_transactions(town, write("t.csv", "\n".join([header, *lines])), SETTINGS)
    assert rows(told) == (5, 0, 0, 0, 0)
    moments = await town.fetch(
        "select completed_at at time zone 'Asia/Ho_Chi_Minh' from transaction order by 1"
    )
    assert [moment.isoformat() for (moment,) in moments] == [
        "2025-11-03T00:00:00", "2025-11-19T12:00:00", "2025-11-25T09:30:00", "2025-11-26T14:30:00",
        "2025-11-26T14:30:00",
    ]  # fmt: skip
    kinds = await town.fetch(
        "select service_channel, count(*), count(*) filter (where on_time) from transaction group by 1"
    )
    assert {tuple(kind) for kind in kinds} == {("counter", 3, 1), ("online", 1, 0), ("post", 1, 1)}


async def test_a_column_may_be_named_by_the_operator(town: Connection, write: Write) -> None:
    file = write("t.csv", f"{HEADER.replace('transaction_id', 'Số')}\n{GOOD}\n")
    assert (await import_transactions(town, file, SETTINGS, renamed={"transaction_id": "Số"})).stored == 1


@pytest.mark.parametrize(
    ("dates", "order", "stored"),
    [
        (["08/09/2025", "25/09/2025"], None, ["2025-09-08", "2025-09-25"]),
        (["08/09/2025"], "dmy", ["2025-09-08"]),
        (["08/09/2025"], "mdy", ["2025-08-09"]),
        (["09/09/2025"], None, ["2025-09-09"]),
        (["03/04/2025"], None, "row 2 can be read two ways, day or month first; add --dates dmy"),
        (["04/25/2025", "03/04/2025"], None, "row 2 has the month first; add --dates mdy"),
        (["25/04/2025", "04/25/2025"], None, "row 2 has the day first and that in row 3 the month"),
        (["25/04/2025"], "iso", "row 2, column completed_at: is no date"),
        (["99999"], None, "row 2, column completed_at: is no date"),
    ],
)
async def test_a_date_that_can_be_read_two_ways_is_refused_or_declared(
    town: Connection, write: Write, dates: list[str], order: str | None, stored: list[str] | str
) -> None:
    lines = [GOOD.replace(YESTERDAY, date).replace("1,", f"{n},", 1) for n, date in enumerate(dates)]
    file = write("t.csv", "\n".join([HEADER, *lines]))
    if isinstance(stored, str):
        with pytest.raises(InputError, match=re.escape(stored)):
            await import_transactions(town, file, SETTINGS, order=order)
    else:
        await import_transactions(town, file, SETTINGS, order=order)
        days = await town.fetch(
            "select (completed_at at time zone 'Asia/Ho_Chi_Minh')::date::text from transaction order by 1"
        )
        assert [day for (day,) in days] == stored


async def test_corrections_and_cancellations_may_stand_in_the_file(town: Connection, write: Write) -> None:
    header = "transaction_id,unit,procedure,service_channel,completed_at,cancelled,changed_at"
    lines = [
        f"1,00070,HT-01,counter,{YESTERDAY},,2026-03-02",
        f"1,00004,HT-01,counter,{YESTERDAY},no,2026-03-01",
        f"2,00070,HT-01,counter,{YESTERDAY},no,",
        f"2,00070,HT-01,counter,{YESTERDAY},yes,",
    ]
    told = await import_transactions(town, write("t.csv", "\n".join([header, *lines])), SETTINGS)
    assert rows(told) == (1, 0, 1, 2, 0)
    assert await counts(town) == {(HOAN_KIEM, BIRTH, "counter"): (1, 0, 0)}


async def test_rows_that_contradict_each_other_are_counted_and_named(town: Connection, write: Write) -> None:
    late, other = GOOD.replace("true", "false"), GOOD.replace("1,", "2,", 1)
    lines = [HEADER, GOOD, other, late, other, GOOD]
    imported = await transactions.import_transactions(town, write("t.csv", "\n".join(lines)), SETTINGS)
    assert rows(imported.counts) == (2, 0, 0, 1, 0)
    assert imported.counts.contradicting == 2
    assert imported.contradictions == [(2, 4), (4, 6)]
    assert await counts(town) == {(HOAN_KIEM, BIRTH, "counter"): (2, 2, 0)}


@pytest.mark.parametrize("titles", [1, 3])
async def test_a_title_above_vietnamese_names_gets_the_option_that_skips_it(
    town: Connection, tmp_path: Path, titles: int
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for _ in range(titles):
        sheet.append(["BÁO CÁO HỒ SƠ ĐÃ GIẢI QUYẾT"])
    sheet.append(["Mã hồ sơ", "Đơn vị", "Mã TTHC", "Hình thức nộp", "Ngày trả kết quả"])
    sheet.append(["1", "00070", "HT-01", "Trực tiếp", YESTERDAY])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(TableError, match=f"header seems to be row {titles + 1}: add --skip-rows {titles}"):
        await import_transactions(town, tmp_path / "t.xlsx", SETTINGS)
    place = TablePlace(skip_rows=titles)
    assert (await import_transactions(town, tmp_path / "t.xlsx", SETTINGS, place=place)).stored == 1


async def test_a_date_with_the_day_first_is_not_advised_where_iso_was_asked(
    town: Connection, write: Write
) -> None:
    day = f"{datetime.now(UTC) - timedelta(days=1):%d/%m/%Y}"
    path = write("t.csv", f"{HEADER}\n{GOOD.replace(YESTERDAY, day)}\n")
    with pytest.raises(TableError) as caught:
        await import_transactions(town, path, SETTINGS, order="iso")
    assert "no date with the year first, as --dates iso says" in str(caught.value)
    assert "02/03/2026" not in str(caught.value)
    slashes = GOOD.replace(YESTERDAY, f"{datetime.now(UTC) - timedelta(days=1):%Y/%m/%d}")
    told = await import_transactions(town, write("t.csv", f"{HEADER}\n{slashes}\n"), SETTINGS, order="iso")
    assert told.stored == 1


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (GOOD.replace("HT-01", ""), "row 3, column procedure: is empty"),
        (
            GOOD.replace("counter", "Cửa sổ"),
            "row 3, column service_channel: is not one of counter",
        ),
        (GOOD.replace(YESTERDAY, PHONE), "row 3, column completed_at: is no date; write it as"),
        (GOOD.replace("true", PHONE), "row 3, column on_time: is neither true nor false"),
        (GOOD.replace("true,", ""), "row 3, column language: has 7 cells where the header has 8"),
        ("9" * 300 + GOOD, "row 3, column transaction_id: has more than 200 characters"),
    ],
    ids=[
        "procedure",
        "channel",
        "date",
        "on time",
        "cells",
        "length",
    ],  # the lines hold the time of collection
)
async def test_a_row_that_cannot_be_read_stops_the_whole_file_and_shows_no_phone(
    town: Connection, write: Write, line: str, complaint: str
) -> None:
    with pytest.raises(TableError) as caught:
        await import_transactions(town, write("t.csv", f"{HEADER}\n{GOOD}\n{line}\n"), SETTINGS)
    assert str(caught.value).startswith(f"t.csv, {complaint}")
    assert PHONE not in str(caught.value)
    assert await counts(town) == {}
    told = await import_transactions(town, write("t.csv", f"{HEADER}\n{GOOD}\n"), SETTINGS)
    assert told.stored == 1  # on the same connection


@pytest.mark.parametrize(("part", "chunk"), [(1, 1), (4, 2), (1000, 1000)])
async def test_parts_that_correct_and_repeat_each_other_leave_exact_counts(
    town: Connection, write: Write, monkeypatch: pytest.MonkeyPatch, part: int, chunk: int
) -> None:
    monkeypatch.setattr("sipas.imports.transactions.FIRST_BATCH_ROWS", part)
    monkeypatch.setattr("sipas.imports.transactions.STORED_BATCH_ROWS", part)
    monkeypatch.setattr("sipas.imports.transaction_rows.PARSED_BATCH_ROWS", chunk)
    await invite(town, 1.0)
    rows = [
        *((number, HOAN_KIEM, "true", "") for number in range(6)),
        *((number, BA_DINH, "false", "") for number in range(3)),
        *((number, HOAN_KIEM, "true", "true") for number in range(4, 6)),
        *((number, BA_DINH, "false", "") for number in range(2, 4)),
    ]
    lines = [
        f"{number},{unit},HT-01,counter,{YESTERDAY},{on_time},{cancelled}"
        for number, unit, on_time, cancelled in rows
    ]
    header = "transaction_id,unit,procedure,service_channel,completed_at,on_time,cancelled"
    await import_transactions(town, write("t.csv", "\n".join([header, *lines])), SETTINGS)
    assert await counts(town) == {(BA_DINH, BIRTH, "counter"): (4, 0, 4)}
    assert await funnel(town) == {"drawn": 6}
    assert await count_miscounts(town) == []


@pytest.mark.parametrize("rows", [1_500, 8_000])
async def test_what_is_told_again_is_not_compared_row_by_row(
    town: Connection, write: Write, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    plans = []

    async def explain_and_store(
        conn: Connection, channels: Sequence[str], source: str | None, *, places: bool
    ) -> list[EventOutcome]:
        told = await conn.fetch(f"explain {Q.store_transaction_events}", places, channels, source)
        plans.append("\n".join(line for (line,) in told))
        return await store_transaction_events(conn, channels, source, places=places)

    monkeypatch.setattr("sipas.survey.invitations.event_storing.store_transaction_events", explain_and_store)
    await invite(town, 1.0)
    lines = [f"{n},{HOAN_KIEM},HT-01,counter,{YESTERDAY},true,09{n:08},vi" for n in range(rows)]
    file = write("t.csv", "\n".join([HEADER, *lines]))
    for _ in range(2):
        await import_transactions(town, file, SETTINGS)
    assert len(plans) == 2
    for plan in plans:
        assert "(hashed SubPlan" in plan
        assert "= (SubPlan" not in plan


async def test_a_workbook_is_read_alike(town: Connection, tmp_path: object, write: Write) -> None:
    await invite(town, 1.0)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER.split(","))
    moment = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    sheet.append(["1", "00070", "HT-01", "counter", moment, True, 912345678, "vi"])
    file = write("t.xlsx", "")
    book.save(file)
    assert (await import_transactions(town, file, SETTINGS)).stored == 1
    encrypted = await town.fetchval("select phone from transaction")
    assert decrypt_contact(encrypted, read_cipher(SETTINGS)).phone == "912345678"
