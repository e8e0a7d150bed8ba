import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time

import httpx
import msgspec
import pytest

from sipas.errors import InputError, NotFound
from sipas.postgres.pool import Connection
from sipas.queries.links import delete_dead_drafts
from sipas.survey.catalogue import LOCAL
from sipas.survey.links.drafts import Draft, decrypt_draft
from sipas.survey.links.one_time_links import LINK_VALID_FOR, find_visit, new_links
from sipas.survey.tokens import draft_key, hash_link
from tests.cast import Town, link_about
from tests.mixed import mix_everything, waiting
from tests.serving import SECRET, client_of
from tests.waiting import until

ANSWERED = "select count(*) from pending"
SUBMIT = {"overall": "4"}
CHECKED = re.compile(r'name="([^"]+)" value="([^"]+)" checked')


@pytest.fixture
async def link(conn: Connection, town: Town) -> str:
    """The path of an open link that was sent to a phone."""
    to_phone = msgspec.structs.replace(link_about(town.catalogue), opt_out_hash=b"of a phone")
    (token,) = await new_links(conn, [to_phone], LINK_VALID_FOR, SECRET)
    return f"/s/{token}"


def checked(page: httpx.Response) -> set[tuple[str, str]]:
    return set(CHECKED.findall(page.text))


async def steps(conn: Connection) -> dict[str, int]:
    """The funnel of the link: of its stratum, but for its answer, which leaves no stratum."""
    rows = await conn.fetch("select step, n, service_channel from funnel")
    assert all(row["service_channel"] == (None if row["step"] == "completed" else "online") for row in rows)
    return {row["step"]: row["n"] for row in rows}


async def test_fifty_concurrent_posts_of_one_link_give_one_response(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    answers = await asyncio.gather(*(client.post(link, data={"overall": str(n % 5 + 1)}) for n in range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 49}
    assert await conn.fetchval(ANSWERED) == 1
    assert await mix_everything(conn) == 1
    assert await conn.fetchval("select count(*) from response") == 1
    assert await steps(conn) == {"opened": 1, "started": 1, "completed": 1}


PAGE_VALUE = re.compile(r'name="Form" value="([^"]+)"')


async def page_value(client: httpx.AsyncClient, link: str) -> str:
    (value,) = PAGE_VALUE.findall((await client.get(link)).text)
    return str(value)


async def test_a_double_tap_is_thanked_and_counts_once(address: str, conn: Connection, link: str) -> None:
    async with browser(address) as phone:
        fields = {**SUBMIT, "Form": await page_value(phone, link)}
        answers = await asyncio.gather(*(phone.post(link, data=fields) for _ in range(5)))
    assert {(answer.status_code, "Xin cảm ơn" in answer.text) for answer in answers} == {(200, True)}
    assert await conn.fetchval(ANSWERED) == 1
    async with browser(address) as reloaded:  # as after a cookie was lost
        assert (await reloaded.post(link, data=fields)).status_code == 200
        for other in (
            {**fields, "overall": "5"},
            {**fields, "Form": "x" * 16},
            SUBMIT,
            {**fields, "Stop": "1"},
        ):
            assert (await reloaded.post(link, data=other)).status_code == 404


async def test_who_sent_the_answers_is_thanked_on_coming_back_and_others_are_told_nothing(
    address: str, conn: Connection, link: str
) -> None:
    async with browser(address) as phone, browser(address) as other:
        assert (await phone.post(link, data=SUBMIT)).status_code == 200
        for again in (await phone.get(link), await phone.post(link, data=SUBMIT)):
            assert (again.status_code, "gửi trước đó" in again.text) == (200, False)
        changed = await phone.post(link, data={"overall": "1"})
        assert (changed.status_code, "Câu trả lời gửi lần đầu" in changed.text) == (200, True)
        cookie = phone.cookies["sipas_sent"]
        gone = [await other.get(link), await other.post(link, data=SUBMIT)]
        other.cookies.set("sipas_sent", cookie, domain="127.0.0.1", path="/s")
        gone += [await other.get("/s/another0000"), await other.post("/s/another0000", data=SUBMIT)]
        assert {answer.status_code for answer in gone} == {404}
    assert await mix_everything(conn) == 1
    assert await conn.fetchval("select answers[1] from response") == 4


async def test_drafts_that_race_with_the_answer_leave_nothing_behind(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    posts = [{"overall": "3", "Draft": "1"}, SUBMIT] * 10
    answers = await asyncio.gather(*(client.post(link, data=fields) for fields in posts))
    assert sum(answer.status_code == 200 for answer in answers) == 1
    await mix_everything(conn)
    await delete_dead_drafts(conn)
    assert await conn.fetchval("select count(*) from draft") == 0
    assert await conn.fetchval("select count(*) from response") == 1


async def test_opening_and_previewing_use_nothing_up(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    agents = (
        "WhatsApp/2.23",
        "facebookexternalhit/1.1",
        "Zalo",
        "Viber",
        "TelegramBot (like TwitterBot)",
        "",
    )
    for agent in agents:
        assert (await client.get(link, headers={"user-agent": agent})).status_code == 200
        head = await client.head(link, headers={"user-agent": agent})
        assert (head.status_code, head.content) == (200, b"")
    assert await steps(conn) == {"opened": 1}
    assert (await client.post(link, data=SUBMIT)).status_code == 200
    assert await conn.fetchval(ANSWERED) == 1


async def test_a_used_link_keeps_its_hash_and_its_round_and_no_day(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    await client.get(link)
    await client.post(link, data={"overall": "1", "access1": "NA"})
    row = await conn.fetchrow("select * from link")
    assert row is not None
    kept = {name for name, value in row.items() if value not in (None, False)}
    assert kept == {"token_hash", "round_id", "used"}


async def test_of_an_answers_time_the_day_is_kept(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    await client.post(link, data={"overall": "1", "access1": "NA"})
    await mix_everything(conn)
    stored = await conn.fetchrow(
        "select kiosk_id, started_at, comment, attributes, answers, submitted_at, received_at from response"
    )
    assert stored is not None
    assert tuple(stored)[:4] == (None, None, None, {})
    assert stored["answers"][:3] == [1, -2, -1]
    for moment in (stored["submitted_at"], stored["received_at"]):
        assert moment.astimezone(LOCAL).time() == time(0)


async def test_what_was_begun_on_one_device_goes_on_on_another(
    address: str, conn: Connection, link: str
) -> None:
    async with browser(address) as phone, browser(address) as computer:
        saved = await phone.post(f"{link}?lang=en", data={"overall": "4", "access2": "NA", "Draft": "1"})
        assert (saved.status_code, saved.content) == (204, b"")
        resumed = await computer.get(link)
        assert checked(resumed) == {("overall", "4"), ("access2", "NA")}
        assert "still there below" in resumed.text  # in the language in which it was begun
        assert (await computer.post(link, data={"overall": "5"})).status_code == 200
        assert (await phone.get(link)).status_code == 404
    assert await conn.fetchval("select count(*) from draft") == 0
    assert [one.answers[0] for one in await waiting(conn)] == [5]


def browser(address: str) -> httpx.AsyncClient:
    return client_of(address)


async def test_nothing_in_the_database_opens_a_draft(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    await client.post(link, data={"overall": "4", "Draft": "1"})
    short = await conn.fetchrow("select token_hash, encrypted from draft")
    await client.post(link, data={f"access{n}": "4" for n in range(1, 5)} | {"Draft": "1"})
    long = await conn.fetchrow("select token_hash, encrypted from draft")
    assert short is not None
    assert long is not None
    assert len(short["encrypted"]) == len(long["encrypted"])  # nor tells how much was answered
    for wrong in (SECRET, hash_link("another one", SECRET), short["token_hash"]):
        assert decrypt_draft(short["encrypted"], wrong[:32].ljust(32)) is None
    key = draft_key(link.removeprefix("/s/"), SECRET)
    assert decrypt_draft(short["encrypted"], key) == Draft("vi", {"overall": "4"})


async def test_a_language_once_chosen_outlasts_the_one_of_the_message(
    client: httpx.AsyncClient, link: str
) -> None:
    sent = f"{link}?lang=en"
    assert '<html lang="en">' in (await client.get(sent)).text
    await client.post(sent, data={"overall": "2", "Language": "vi"})
    assert '<html lang="vi">' in (await client.get(sent)).text


async def test_to_switch_the_language_keeps_what_was_chosen(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    english = await client.post(
        f"{link}?lang=en", data={"overall": "2", "Language": "en"}, follow_redirects=True
    )
    assert (english.status_code, checked(english)) == (200, {("overall", "2")})
    assert '<html lang="en">' in english.text
    assert 'role="alert"' not in english.text
    again = await client.post(
        f"{link}?lang=en", data={"Language": "vi"}, follow_redirects=True
    )  # no formaction
    assert '<html lang="vi">' in again.text
    assert await conn.fetchval(ANSWERED) == 0


async def test_who_does_not_want_to_be_asked_again_is_not(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    assert 'name="Stop"' in (await client.get(link)).text
    for _ in range(2):
        answer = await client.post(link, data={"overall": "4", "Stop": "1"})
        assert (answer.status_code, "sẽ không nhận tin nhắn" in answer.text) == (200, True)
    assert [row["phone_hash"] for row in await conn.fetch("select phone_hash from opt_out")] == [
        b"of a phone"
    ]
    assert (await steps(conn))["refused"] == 1
    page = await client.get(link)
    assert checked(page) == {("overall", "4")}
    assert 'name="Stop"' not in page.text  # the phone is forgotten
    assert (await client.post(link, data=SUBMIT)).status_code == 200


async def test_a_closed_round_takes_no_answer_from_a_link(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    await conn.execute("update round set closes_at = now()")
    assert (await client.get(link)).status_code == 404
    assert (await client.post(link, data=SUBMIT)).status_code == 404
    assert await conn.fetchval(ANSWERED) == 0


# What can be done to a link so that it leads nowhere, or what is in its place.
DEAD = {
    "used": "update link set used = true, unit_id = null, procedure_id = null, service_channel = null, "
    "expires_at = null, opt_out_hash = null",
    "expired": "update link set expires_at = now()",
    "not yet open": "update round set opens_at = now() + interval '1 day'",
    "closed": "update round set closes_at = now()",
}
WRONG = ["A" * 11, "short", "x" * 200, "%00", "ký-tự", "'; drop table link", "%ff%fe"]


@pytest.mark.parametrize("why", DEAD)
async def test_a_link_that_leads_nowhere_gets_one_page_whatever_the_reason(
    client: httpx.AsyncClient, conn: Connection, link: str, why: str
) -> None:
    await conn.execute(DEAD[why])
    answers = [
        await client.get(link),
        await client.post(link, data=SUBMIT),
        *[await client.get(f"/s/{token}") for token in WRONG],
        *[await client.get(path) for path in ("/s", "/s/", "/q", "/q/")],
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({without_nonce(answer.text) for answer in answers}) == 1
    for word in ("đã được dùng", "hết hạn", "chưa đến ngày", "sai một vài ký tự"):
        assert word in answers[0].text


def without_nonce(page: str) -> str:
    before, _, rest = page.partition('nonce="')
    return before + rest.partition('"')[2]


async def test_all_that_leads_nowhere_takes_the_same_work(conn: Connection, link: str) -> None:
    """One statement, by one key, whatever the token looks like: nothing that a clock could tell apart."""
    token = link.removeprefix("/s/")
    good = await statements(conn, token)
    for why in DEAD.values():
        async with undone(conn):
            await conn.execute(why)
            assert await statements(conn, token) == good
    for wrong in WRONG:
        assert await statements(conn, wrong) == good
    assert len(good) == 1


async def statements(conn: Connection, token: str) -> list[str]:
    ran: list[str] = []
    with conn.query_logger(lambda record: ran.append(record.query)):
        await find_visit(conn, token, SECRET)
        await asyncio.sleep(0)  # the log is told in the loop's next turn
    return ran


@asynccontextmanager
async def undone(conn: Connection) -> AsyncIterator[None]:
    transaction = conn.transaction()
    await transaction.start()
    yield
    await transaction.rollback()


async def test_guesses_have_one_budget_and_good_links_go_on_working(
    client: httpx.AsyncClient, conn: Connection, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sipas.survey.links.lookup_throttle.FAILED_LOOKUPS_PER_MINUTE", 5)
    answers = [await client.get(f"/s/{number:011}") for number in range(20)]
    assert {answers[0].status_code, answers[-1].status_code} == {404, 429}
    assert answers[-1].headers["retry-after"] == "60"
    assert "xin thử lại sau một phút" in answers[-1].text
    assert (await client.get(link)).status_code == 200
    assert (await client.post(link, data=SUBMIT)).status_code == 200

    async def counted() -> bool:
        return bool(await conn.fetchval("select sum(n) = 20 from failed_lookup"))

    await until(counted, "the failures are counted")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"overall": ""},
        {"overall": "9", "access2": "3"},
        {"overall": "NA"},
        {"overall": "4", "unheard": "1"},
        {"overall": "x" * 10_000},
    ],
)
async def test_a_bad_form_is_shown_again_and_stores_nothing(
    client: httpx.AsyncClient, conn: Connection, link: str, fields: dict[str, str]
) -> None:
    answer = await client.post(link, data=fields)
    assert answer.status_code == 422
    assert await conn.fetchval(ANSWERED) == 0
    assert (await client.get(link)).status_code == 200


async def test_what_was_answered_rightly_stays_on_the_page_beside_what_was_not(
    client: httpx.AsyncClient, link: str
) -> None:
    answer = await client.post(link, data={"overall": "9", "access2": "3"})
    assert checked(answer) == {("access2", "3")}
    assert checked(await client.get(link)) == {("access2", "3")}  # and behind the link


async def test_of_a_field_that_comes_twice_the_last_value_counts(
    client: httpx.AsyncClient, conn: Connection, link: str
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = await client.post(link, content="overall=2&access1=1&overall=5", headers=form)
    assert answer.status_code == 200
    assert [[*one.answers[:2]] for one in await waiting(conn)] == [[5, 1]]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"overall=" + b"4" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"x%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded", 400),
        (b"overall=%ff%00", "application/x-www-form-urlencoded", 422),
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded", 422),
        (b'{"overall": 4}', "application/json", 422),
        (b"", "multipart/form-data; boundary=x", 422),
    ],
)
async def test_what_is_no_form_of_ours_is_refused_and_the_link_stays_good(
    client: httpx.AsyncClient, conn: Connection, link: str, body: bytes, media_type: str, status: int
) -> None:
    answer = await client.post(link, content=body, headers={"content-type": media_type})
    assert answer.status_code == status
    assert await conn.fetchval(ANSWERED) == 0
    assert (await client.post(link, data=SUBMIT)).status_code == 200


async def test_the_page_may_be_neither_kept_nor_framed_nor_told_of(
    client: httpx.AsyncClient, link: str
) -> None:
    headers = (await client.get(link)).headers
    assert "no-store" in headers["cache-control"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers


async def test_a_link_about_something_unknown_is_not_made(town: Town) -> None:
    for unknown in ({"unit_code": "99999"}, {"procedure_code": "XX"}, {"round_code": "winter"}):
        with pytest.raises(NotFound):
            link_about(town.catalogue, **unknown)
    with pytest.raises(InputError, match="service channel"):
        link_about(town.catalogue, service_channel="pigeon")
