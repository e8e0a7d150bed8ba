"""Paper forms: typed by two people, settled where they differ, stored once."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape

import asyncpg
import httpx
import pytest

from sipas.postgres.pool import Connection
from sipas.survey.catalogue import local_day
from sipas.survey.encryption import FieldCipher
from sipas.survey.paper.entries import reencrypt_entries
from sipas.survey.paper.forms import normal_number
from tests.cast import Town
from tests.mixed import mix_everything, waiting
from tests.paper import PASSWORD, begin, filled, led_to, open_paper_round, signed_in, today, type_form
from tests.serving import SECRET
from tests.survey.instruments.ward import WARD


@pytest.fixture
async def lan(address: str, conn: Connection, town: Town) -> AsyncIterator[httpx.AsyncClient]:
    await open_paper_round(conn)
    async with signed_in(address, conn, "lan") as client:
        yield client


@pytest.fixture
async def minh(address: str, conn: Connection) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(address, conn, "minh") as client:
        yield client


async def entries(conn: Connection) -> int:
    return int(await conn.fetchval("select count(*) from paper_entry"))


def words(page: httpx.Response) -> str:
    text = re.sub(r"<(style|script|datalist)\b.*?</\1>", "", page.text, flags=re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


async def test_two_equal_entries_are_stored_once_and_leave_no_trace_but_the_number(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    answer, path = await type_form(lan, "017", q2="3 1", comment_open="Xin  thêm ghế")
    assert led_to(answer)["done"] == "first"
    assert await waiting(conn) == []
    encrypted = await conn.fetchval("select encrypted from paper_entry")
    assert b"comment_open" not in encrypted
    page = await begin(minh, " 17 ")
    assert page.url.path == path
    assert "Xin" not in words(page).partition("Phiếu số")[2].partition("Đầu phiếu")[0]
    assert 'value="3 1"' not in page.text
    answer = await minh.post(path, data=filled(page, q2="13", comment_open="Xin thêm ghế"))
    assert led_to(answer)["done"] == "stored"
    [stored] = await waiting(conn)
    assert (stored.channel, stored.form, stored.complete) == ("paper", "household", True)
    assert stored.attributes["sex"] == "F"
    assert stored.texts == {"comment_open": "Xin thêm ghế"}
    assert await entries(conn) == 0
    row = await conn.fetchrow("select number, is_open, done_on from paper_form")
    assert row is not None
    assert tuple(row) == ("17", False, local_day(datetime.now(UTC)))
    assert await mix_everything(conn) == 1
    joined = "select count(*) from response join paper_form on response.xmin = paper_form.xmin"
    assert await conn.fetchval(joined) == 0
    response = await conn.fetchrow(
        "select channel, answers, attributes, received_at = submitted_at from response"
    )
    assert response is not None
    assert response["channel"] == "paper"
    assert -3 not in response["answers"]
    assert response[3]


async def test_the_same_person_does_not_type_a_form_twice(lan: httpx.AsyncClient, conn: Connection) -> None:
    _, path = await type_form(lan)
    again = await begin(lan)
    assert "Ông/Bà đã nhập phiếu số 17. Lần thứ hai phải do người khác nhập." in words(again)
    assert led_to(await lan.post(path, data={"sex": "1"}))["refused"] == "same_person"
    assert "Phiếu đang chờ người khác nhập lần thứ hai" in words(await lan.get(path))
    assert await entries(conn) == 1


async def test_a_number_that_was_mistyped_is_corrected_without_typing_again(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    _, path = await type_form(lan, "170")
    taken = await lan.post(path, data={"do:": "renumber", "do:number": " "})
    assert taken.status_code == 422
    await type_form(minh, "17")
    assert led_to(await minh.post(path, data={"do:": "renumber", "do:number": "18"}))["refused"] == "changed"
    assert led_to(await lan.post(path, data={"do:": "renumber", "do:number": "17"}))["done"] == "stored"
    assert [row["number"] for row in await conn.fetch("select number from paper_form")] == ["17"]
    assert len(await waiting(conn)) == 1


async def test_an_entry_of_a_form_that_is_not_valid_is_deleted(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    _, path = await type_form(lan)
    assert led_to(await minh.post(path, data={"do:": "delete"}))["refused"] == "changed"
    assert led_to(await lan.post(path, data={"do:": "delete"}))["done"] == "deleted"
    assert await conn.fetchval("select count(*) from paper_form") == 0


@pytest.mark.parametrize(
    ("typed", "number"),
    [("017", "17"), (" 3 00 ", "300"), ("000", "0"), ("00070 - 012", "70-12"), ("a 07", "A07")],
)
def test_numbers_of_forms_are_read_without_zeros_in_front(typed: str, number: str) -> None:
    assert normal_number(typed) == number


async def test_days_that_differ_are_shown_as_they_are_written(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient
) -> None:
    last = local_day(datetime.now(UTC))
    before = last - timedelta(days=1)
    await type_form(lan, **{"head:day": f"{last.day}/{last.month}"})
    answer, _ = await type_form(minh, **{"head:day": f"{before.day}/{before.month}/{before.year}"})
    said = words(await lan.get(answer.headers["location"]))
    assert f"{last:%d/%m/%Y}" in said
    assert f"{before:%d/%m/%Y}" in said
    assert str(last) not in said


async def test_differences_are_listed_and_settled_from_the_paper(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await type_form(lan, access1="5", q2="1 7", age="1")
    answer, path = await type_form(minh, access1="4", q2="1", age="1")
    settling = answer.headers["location"].partition("?")[0]
    assert settling == f"{path}/differences"
    assert await waiting(conn) == []
    listed = await minh.get("/paper")
    assert f'<a href="{settling}?lang=vi">17</a>' in listed.text
    page = await lan.get(settling)
    said = words(page)
    assert "2 trên 91 ô khác nhau" in said
    assert "5 – Rất hài lòng" in said
    assert "1 – Hệ thống loa phát thanh; 7 – Cán bộ, công chức trao đổi trực tiếp" in said
    assert "lan" not in said.split()
    assert "minh" not in said.split()
    undecided = await lan.post(settling, data={"choice:access1": "1"})
    assert undecided.status_code == 422
    assert "Chưa chọn giá trị nào" in words(undecided)
    wrong = await lan.post(settling, data={"choice:access1": "1", "choice:q2": "other", "value:q2": "1 8"})
    assert wrong.status_code == 422
    assert 'value="1 8"' in wrong.text
    settled = {"choice:access1": "1", "choice:q2": "other", "value:q2": "1 2"}
    assert led_to(await lan.post(settling, data=settled))["done"] == "settled"
    [stored] = await waiting(conn)
    assert stored.answers.count(5) == 1
    counts = await conn.fetchrow("select forms, forms_differed, fields, differed, wrong from paper_count")
    assert counts is not None
    assert tuple(counts) == (1, 1, 91, 2, 3)
    assert "2,2% số ô khác nhau giữa hai lần nhập (2 trên 91 ô)" in words(await lan.get("/paper"))


async def test_two_who_settle_at_the_same_moment_store_one_response(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await type_form(lan, access1="5")
    _, path = await type_form(minh, access1="4")
    clients = [lan, minh] * 4
    sent = [
        c.post(f"{path}/differences", data={"choice:access1": str(1 + n % 2)}) for n, c in enumerate(clients)
    ]
    ends = [led_to(answer) for answer in await asyncio.gather(*sent)]
    assert [end.get("done") for end in ends].count("settled") == 1
    assert {end.get("refused") for end in ends} == {None, "done"}
    assert len(await waiting(conn)) == 1
    assert await conn.fetchval("select forms from paper_count") == 1


async def test_two_second_entries_at_the_same_moment_leave_two_entries(
    address: str, lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await type_form(lan, access1="5")
    async with signed_in(address, conn, "hoa") as hoa:
        pages = [await begin(minh), await begin(hoa)]
        path = pages[0].url.path
        sent = [
            c.post(path, data=filled(page, access1="4")) for c, page in zip((minh, hoa), pages, strict=True)
        ]
        places = sorted(one.headers["location"].partition("?")[0] for one in await asyncio.gather(*sent))
    assert places == ["/paper", f"{path}/differences"]
    assert await conn.fetchval("select count(*) from paper_entry where place is not null") == 2


async def test_what_was_typed_survives_a_sign_in(lan: httpx.AsyncClient, conn: Connection) -> None:
    page = await begin(lan)
    path = page.url.path
    await conn.execute("delete from session")
    asked = await lan.post(path, data=filled(page, q2="1 5"))
    assert asked.status_code == 401
    assert '<input type="hidden" name="q2" value="1 5">' in asked.text
    carried = {
        n: unescape(v) for n, v in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text)
    }
    wrong = await lan.post(path, data={**carried, "sign-in:name": "lan", "sign-in:password": "wrong"})
    assert wrong.status_code == 401
    assert '<input type="hidden" name="q2" value="1 5">' in wrong.text
    assert "wrong" not in re.findall(r'value="([^"]*)"', wrong.text)
    done = await lan.post(path, data={**carried, "sign-in:name": "lan", "sign-in:password": PASSWORD})
    assert led_to(done)["done"] == "first"
    assert (await lan.get("/paper")).status_code == 200


async def test_mistakes_come_back_with_everything_typed(lan: httpx.AsyncClient, conn: Connection) -> None:
    page = await begin(lan)
    path = page.url.path
    mistaken = {"sex": "3", "q2": "1 1", "access1": "", "head:day": "31/02/2026", "head:unit": "99999"}
    wrong = await lan.post(path, data=filled(page, **mistaken))
    assert wrong.status_code == 422
    said = words(wrong)
    for line in (
        "Xin gõ một trong các mã của câu. Câu 1",
        "Một mã được gõ hai lần. Câu 15",
        "Xin ghi như 21/11/2026. Ngày điền phiếu",
    ):
        assert line in said
    assert 'name="sex" value="3"' in wrong.text
    assert wrong.text.count('aria-invalid="true"') == 5
    resumed = await lan.get(path)
    assert 'name="sex" value="3"' in resumed.text
    assert await conn.fetchval("select count(*) from paper_entry where place is not null") == 0


@pytest.mark.parametrize(
    ("head", "mistake"),
    [
        ({"head:day": "1/1/2020"}, "Ngày này không thuộc đợt khảo sát"),
        ({"head:day": "tomorrow"}, "Không đọc được ngày"),
        ({"head:unit": ""}, "Xin ghi mã đơn vị"),
        ({"number": "  "}, "Xin ghi số in trên phiếu"),
        ({"number": "9" * 41}, "Xin ghi số in trên phiếu"),
        ({"head:language": "fr"}, "Phiếu không có ngôn ngữ này"),
    ],
)
async def test_a_form_that_does_not_belong_to_the_round_is_not_begun(
    lan: httpx.AsyncClient, conn: Connection, head: dict[str, str], mistake: str
) -> None:
    number = head.pop("number", "17")
    refused = await begin(lan, number, **head)
    assert refused.status_code == 422
    assert mistake in words(refused)
    assert await conn.fetchval("select count(*) from paper_form") == 0


async def test_a_day_ahead_is_refused(lan: httpx.AsyncClient) -> None:
    ahead = local_day(datetime.now(UTC)) + timedelta(days=1)
    assert "Ngày này chưa tới" in words(await begin(lan, **{"head:day": f"{ahead:%d/%m/%Y}"}))


async def test_paper_that_arrives_after_the_round_has_closed_is_entered(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await conn.execute("update round set closes_at = now() - interval '2 days' where code = 'households'")
    assert "Ngày này không thuộc đợt khảo sát" in words(await begin(lan))
    before = local_day(datetime.now(UTC)) - timedelta(days=5)
    for client, outcome in ((lan, "first"), (minh, "stored")):
        page = await begin(client, **{"head:day": f"{before:%d/%m/%Y}"})
        assert led_to(await client.post(page.url.path, data=filled(page)))["done"] == outcome
    [stored] = await waiting(conn)
    assert (stored.day, stored.since) == (before, local_day(datetime.now(UTC)))


async def test_a_draft_is_kept_for_its_person_alone_and_can_be_discarded(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    page = await begin(lan)
    path = page.url.path
    assert (await lan.post(path, data={"sex": "2", "do:": "draft"})).status_code == 204
    assert 'name="sex" value="2"' in (await begin(lan)).text  # begun again
    assert led_to(await minh.get(path))["number"] == "17"
    assert led_to(await lan.post(path, data={"sex": "1", "do:": "later"}))["done"] == "kept"
    assert "Ông/Bà đang nhập dở (1)" in words(await lan.get("/paper"))
    assert "Ông/Bà đang nhập dở" not in words(await minh.get("/paper"))
    assert led_to(await lan.post(path, data={"do:": "discard"}))["done"] == "discarded"
    assert await conn.fetchval("select count(*) from paper_form") == 0


async def test_a_page_left_open_does_not_change_a_form_that_is_complete(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    _, path = await type_form(lan)
    before = await conn.fetchval("select encrypted from paper_entry")
    assert (await lan.post(path, data={"sex": "1", "do:": "draft"})).status_code == 409
    assert await conn.fetchval("select encrypted from paper_entry") == before
    await type_form(minh)
    assert (await lan.post(path, data={"sex": "1", "do:": "draft"})).status_code == 409
    assert led_to(await minh.post(path, data={"sex": "1"}))["refused"] == "done"


async def test_an_entry_of_another_form_moves_to_the_right_number(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await type_form(lan)
    answer, path = await type_form(minh, **dict.fromkeys((f"q10_{n}" for n in range(1, 11)), "4"))
    settling = answer.headers["location"].partition("?")[0]
    await type_form(minh, "20")
    wrong = {"": "tối đa 40 ký tự", "17": "khác số hiện nay", "20": "của cùng một người"}
    for number, problem in wrong.items():
        refused = await lan.post(settling, data={"do:": "move2", "do:number": number})
        assert refused.status_code == 422
        assert problem in words(refused)
    assert led_to(await lan.post(settling, data={"do:": "move2", "do:number": "71"}))["done"] == "moved"
    assert led_to(await lan.get(f"{path}/differences"))["refused"] == "changed"
    assert led_to((await type_form(minh))[0])["done"] == "stored"
    answer, _ = await type_form(lan, "71", **dict.fromkeys((f"q10_{n}" for n in range(1, 11)), "4"))
    assert led_to(answer)["done"] == "stored"


async def test_nobody_types_without_signing_in(
    client: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await open_paper_round(conn)
    assert (await client.get("/paper")).headers["location"] == "/login?lang=vi&next=%2Fpaper"
    assert (await client.get("/paper/1")).headers["location"] == "/login?lang=vi&next=%2Fpaper%2F1"
    assert (await client.post("/paper/1", data={"sex": "1"})).status_code == 401
    elsewhere = await client.post("/paper", data={}, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403


async def test_five_hundred_forms_are_listed(lan: httpx.AsyncClient, conn: Connection) -> None:
    await conn.execute(
        """with form as (
            insert into paper_form (round_id, number)
            select id, n::text from round, generate_series(1, 500) as n where code = 'households' returning id
        ) insert into paper_entry (form_id, person_id, place, encrypted) select id, 0, 1, '' from form"""
    )
    page = await lan.get("/paper")
    assert "Mới nhập một lần (500)" in words(page)
    assert page.text.index(">9</a>") < page.text.index(">10</a>") < page.text.index(">500</a>")


async def test_the_page_is_there_in_english(lan: httpx.AsyncClient) -> None:
    page = await begin(lan)
    english = await lan.get(f"{page.url.path}?lang=en")
    assert "How old are you?" in words(english)
    assert today() in english.text


async def test_a_failure_in_the_last_step_leaves_both_entries(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await type_form(lan)
    await conn.execute(
        """create function fail() returns trigger language plpgsql as $$ begin raise 'full'; end $$;
        create trigger fails before insert on paper_count for each row execute function fail()"""
    )
    page = await begin(minh)
    path = page.url.path
    assert (await minh.post(path, data=filled(page))).status_code == 500
    row = await conn.fetchrow("select is_open, (select count(*) from pending) from paper_form")
    assert row is not None
    assert tuple(row) == (True, 0)
    await conn.execute("drop trigger fails on paper_count")
    assert led_to(await minh.post(path, data=filled(page)))["done"] == "stored"
    assert len(await waiting(conn)) == 1


async def test_a_form_that_is_done_takes_no_entry(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await type_form(lan)
    await type_form(minh)
    late = "insert into paper_entry (form_id, person_id, encrypted) select id, 9, '' from paper_form"
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="paper_entry_form"):
        await conn.execute(late)
    assert "Phiếu số 17 đã được nhập xong." in words(await begin(minh))


async def test_an_entry_of_another_key_waits_for_it(lan: httpx.AsyncClient, conn: Connection) -> None:
    page = await begin(lan)
    other = FieldCipher([b"the secret of last year"], b"sipas paper entries")
    await conn.execute("update paper_entry set encrypted = $1", other.encrypt(b"{}"))
    answer = await lan.get(page.url.path)
    assert answer.status_code == 503
    assert "add the earlier key below the new one" in answer.text
    both = FieldCipher([SECRET, b"the secret of last year"], b"sipas paper entries")
    assert await reencrypt_entries(conn, both) == 1
    assert await reencrypt_entries(conn, both) == 0
    assert (await lan.get(page.url.path)).status_code == 200


async def test_an_answer_that_should_not_have_been_asked_is_compared_with_the_paper_first(
    client: httpx.AsyncClient, address: str, conn: Connection, town: Town
) -> None:
    await open_paper_round(conn, WARD)
    typed = dict.fromkeys(("sex", "interest1", "channels", "seats", "signs", "correct"), "1")
    typed |= {"paid": "1", "times": "3", "used": "1", "opinion": "."}
    for name, outcome in (("lan", "first"), ("minh", "stored")):
        async with signed_in(address, conn, name) as typist:
            page = await begin(typist)
            fields = filled(page) | typed
            asked = await typist.post(page.url.path, data=fields)
            assert asked.status_code == 422
            assert "Câu 5 có trả lời, nhưng theo câu 4 thì lẽ ra không hỏi câu này" in words(asked)
            assert '<input type="hidden" name="do:confirmed" value="times">' in asked.text
            answer = await typist.post(page.url.path, data={**fields, "do:confirmed": "times"})
            assert led_to(answer)["done"] == outcome
            page = await typist.get("/paper", params={"round": "households"})
            assert ("1 câu trả lời không được tính" in words(page)) == (outcome == "stored")
    [stored] = await waiting(conn)
    assert -3 in stored.answers


async def draw_households(conn: Connection) -> None:
    """Households 1 to 3 of one village, in Hoàn Kiếm; the third has been interviewed by tablet."""
    await conn.execute(
        """insert into household (round_id, questionnaire, village, household, unit_id, state)
        select round.id, n::text, 'Thôn Hạ', n::text, unit.id, case n when 3 then 'done' else 'open' end
        from round, unit, generate_series(1, 3) as n
        where round.code = 'households' and unit.code = '00070'"""
    )


async def test_the_form_of_a_drawn_household_takes_its_unit_and_village_from_the_sample(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await draw_households(conn)
    for number, adults, mistake in (
        ("4", "3", "Không có hộ nào mang số này trong mẫu"),
        ("2", "0", "Xin ghi số người, từ 1 đến 99"),
        ("3", "2", "Hộ của phiếu số 3 đã được phỏng vấn theo cách khác"),
    ):
        assert mistake in words(await begin(lan, number, **{"head:adults": adults}))
    assert await conn.fetchval("select count(*) from paper_form") == 0
    for client, outcome in ((lan, "first"), (minh, "stored")):
        page = await begin(client, "002", **{"head:adults": "3"})
        assert "Thôn Hạ · Phường Hoàn Kiếm" in words(page)
        assert "head:unit" not in page.text
        assert led_to(await client.post(page.url.path, data=filled(page)))["done"] == outcome
    [stored] = await waiting(conn)
    assert (stored.attributes["village"], stored.attributes["adults"]) == ("Thôn Hạ", "3")
    states = await conn.fetch("select state, visited_on, interview from household order by questionnaire")
    assert [row["state"] for row in states] == ["open", "done", "done"]
    assert (states[1]["visited_on"], states[1]["interview"]) == (stored.day, None)


async def test_a_household_that_was_interviewed_meanwhile_is_not_stored_twice(
    lan: httpx.AsyncClient, minh: httpx.AsyncClient, conn: Connection
) -> None:
    await draw_households(conn)
    pages = [await begin(client, "1", **{"head:adults": "3"}) for client in (lan, minh)]
    path = pages[0].url.path
    await lan.post(path, data=filled(pages[0]))
    await minh.post(path, data=filled(pages[1], access1="4"))
    await conn.execute("update household set state = 'done' where questionnaire = '1'")
    settled = await lan.post(f"{path}/differences", data={"choice:access1": "1"})
    assert led_to(settled)["refused"] == "household_done"
    assert await waiting(conn) == []
    assert led_to(await lan.post(f"{path}/differences", data={"do:": "delete"}))["done"] == "deleted"
    assert await conn.fetchval("select count(*) from paper_form") == 0


async def test_interviewers_do_not_type_forms(lan: httpx.AsyncClient, conn: Connection) -> None:
    await conn.execute("update person set role = 'interviewer'")
    assert (await lan.get("/paper")).headers["location"] == "/login?lang=vi&next=%2Fpaper"
