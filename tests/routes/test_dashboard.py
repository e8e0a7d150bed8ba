import html
import re
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from sipas.postgres.pool import Connection
from tests.cast import Town, submission
from tests.long_form import open_long_form
from tests.routes.citizens import answer, answer_at_home
from tests.serving import client_of, serving


@pytest.fixture
async def visitor(dsn: str, town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """At the machine of a demonstration, whose results are open."""
    async with (
        serving(dsn, open_to_all=True) as address,
        client_of(address) as client,
    ):
        yield client


def words(page: httpx.Response) -> str:
    """What a person reads."""
    text = re.sub(r"<(style|svg)\b.*?</\1>", "", page.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


async def test_who_has_not_signed_in_is_sent_to_do_so(client: httpx.AsyncClient) -> None:
    answered = await client.get("/", params={"lang": "en"})
    assert (answered.status_code, answered.headers["location"]) == (303, "/login?lang=en")


async def test_a_round_without_answers_says_so(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    assert page.status_code == 200
    assert "Chưa có phiếu nào" in words(page)


async def test_a_service_without_rounds_says_how_to_open_one(
    visitor: httpx.AsyncClient, conn: Connection
) -> None:
    await conn.execute("delete from frame")
    await conn.execute("delete from round")
    assert "sipas round open" in words(await visitor.get("/", params={"lang": "en"}))


async def test_a_figure_is_never_alone(visitor: httpx.AsyncClient, town: Town) -> None:
    await answer(visitor, town, *[5] * 9, *[2] * 31)
    page = words(await visitor.get("/"))
    assert re.search(r"22,5% \(\d+,\d–\d+,\d\) hài lòng hoặc rất hài lòng", page)
    assert re.search(r"khoảng tin cậy 95% · 40 phiếu", page)
    assert re.search(r"Chưa kết luận: số liệu cần được xem lại Mục tiêu 85% Các ghi chú bên số liệu", page)
    assert re.search(r"Cần xem lại: .*không có phiếu nào đại diện\.", page)
    assert "Số liệu sơ bộ" in page
    assert "do người dân tự chọn trả lời" in page


async def test_the_page_is_english_for_whom_asks(visitor: httpx.AsyncClient, town: Town) -> None:
    await answer(visitor, town, *[5] * 20, 2)
    page = words(await visitor.get("/", params={"lang": "en"}))
    assert re.search(r"95\.2% \(\d+\.\d–\d+\.\d\) satisfied or very satisfied", page)
    assert "Cannot tell yet Target 85%" in page


AGAIN_BY_MESSAGE = """
    with again as (
        insert into response (id, round_id, unit_id, submitted_at, complete, channel, form, language,
            answers, digest)
        select gen_random_uuid(), round_id, unit_id, submitted_at, complete, 'sms', form, language,
            answers, digest
        from response returning id)
    insert into uncounted (ids) select array_agg(id) from again"""


AT_BA_DINH = """
    with there as (
        insert into response (id, round_id, unit_id, submitted_at, complete, channel, form, language,
            answers, digest)
        select gen_random_uuid(), round_id, (select id from unit where name = 'Phường Ba Đình'),
            submitted_at, complete, 'sms', form, language, answers, digest
        from response where channel = 'sms' order by id limit 5 returning id)
    insert into uncounted (ids) select array_agg(id) from there"""


async def test_channels_stand_side_by_side_and_the_invited_apart(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await answer(visitor, town, 5, 5, 4, 5, 4)
    assert "Chỉ tính người được mời" not in words(await visitor.get("/"))
    await conn.execute(AGAIN_BY_MESSAGE)
    page = words(await visitor.get("/"))
    assert "Chỉ tính người được mời" in page
    assert page.index("Ki-ốt 100,0") < page.index("Tin nhắn SMS 100,0")


async def test_the_channel_of_the_invited_has_the_figure_of_the_invited(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    """Two units of different size, and kiosk answers in one of them alone."""
    await answer(visitor, town, 5, 5, 5, 4, 2, 2, 5)
    await conn.execute(AGAIN_BY_MESSAGE)
    await conn.execute(AT_BA_DINH)
    page = words(await visitor.get("/"))
    invited = re.search(r"mã QR: ([\d,]+)% \((\S+)\), 12 phiếu", page)
    of_channel = re.search(r"Tin nhắn SMS ([\d,]+)% (\S+) 12", page)
    assert invited
    assert of_channel
    assert invited.groups() == of_channel.groups()


async def test_what_stands_on_fewer_than_five_answers_is_a_dash_with_its_reason(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await answer(visitor, town, 5, 4, 2, 1)
    page = await visitor.get("/", params={"lang": "en"})
    assert re.search(r"Kiosk – – 4\b", words(page))
    assert "An en dash: fewer than 5 responses" in words(page)
    assert 'class="none" title="fewer than 5 responses"' in page.text
    (row,) = (await visitor.get("/api/indices", params={"round": "autumn", "by": "channel"})).json()["rows"]
    assert (row["estimate"], row["n"]) == (0.5, 4)


async def test_answers_that_name_no_procedure_are_said_to_be_left_out(
    visitor: httpx.AsyncClient, town: Town
) -> None:
    await answer(visitor, town, *[5] * 20)
    key = {"authorization": f"Bearer {town.token}"}
    await visitor.post("/api/submissions", json=[submission(procedure=None)], headers=key)
    assert "1 phiếu không nêu thủ tục nên chưa được tính vào chỉ số." in words(await visitor.get("/"))


async def test_a_round_is_called_by_its_instrument_and_its_days(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await conn.execute("update round set opens_at = '2026-01-01 00:00+07', closes_at = '2026-04-01 00:00+07'")
    page = words(await visitor.get("/", params={"lang": "en"}))
    assert "autumn · 1 January 2026 – 31 March 2026 · " in page


async def test_simulated_data_are_said_to_be(dsn: str, town: Town) -> None:
    for simulated, said in ((("autumn",), True), (("spring",), False)):
        async with (
            serving(dsn, open_to_all=True, simulated=simulated) as address,
            client_of(address) as client,
        ):
            assert ("Dữ liệu mô phỏng" in words(await client.get("/"))) == said


async def test_the_league_stands_in_the_page_and_its_files_beside_it(
    visitor: httpx.AsyncClient, town: Town
) -> None:
    await answer(visitor, town, 5, 2)
    page = await visitor.get("/")
    league = re.search(r'<svg xmlns.*?role="img".*?</svg>', page.text, flags=re.DOTALL)
    assert league
    assert "Phường Hoàn Kiếm" in league[0]
    assert "Phường Ba Đình" in league[0]
    for link in re.findall(r'href="(/(?:api/indices|charts/\w+.svg)\?[^"]+)"', page.text):
        assert (await visitor.get(html.unescape(link))).status_code == 200


async def test_the_page_holds_no_script_and_no_style_that_its_policy_forbids(
    visitor: httpx.AsyncClient, town: Town
) -> None:
    await answer(visitor, town, 5, 2)
    page = await visitor.get("/")
    assert not re.search(r"<script| style=| on\w+=", page.text)
    nonce = re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])
    assert nonce
    assert set(re.findall(r'<style nonce="([^"]*)"', page.text)) == {nonce[1]}


async def test_a_machine_that_cannot_draw_shows_the_tables(
    visitor: httpx.AsyncClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sipas.charts.drawer.COMMAND", (sys.executable, "-c", "raise SystemExit('no font')"))
    await answer(visitor, town, 5, 2, 2, 2, 2)
    page = words(await visitor.get("/", params={"lang": "en"}))
    assert "The server cannot draw the chart" in page
    assert "Phường Hoàn Kiếm 20.0%" in page


async def test_an_answer_beyond_the_frame_does_not_take_the_page_away(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await conn.execute("update frame set transactions = 1")
    await answer(visitor, town, 5, 4, 2)
    assert (await visitor.get("/")).status_code == 200


async def test_a_round_with_an_index_tree_shows_its_51_indicators_in_the_order_of_the_form(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await open_long_form(conn, town)
    await answer_at_home(visitor, town, 40)
    page = await visitor.get("/", params={"round": "households"})
    text = words(page)
    assert "51 chỉ số theo thứ tự của phiếu" in text
    rows = re.findall(r'class="level-(\d)">([^<]+)</th>.*?class="number share">([^<]+)<', page.text)
    assert len(rows) == 51
    assert [row[:2] for row in rows[:5]] == [
        ("0", "Chỉ số hài lòng chung"),
        ("1", "I. Xây dựng và thực hiện chính sách"),
        ("2", "A. Trách nhiệm giải trình"),
        ("3", "1. Công khai thông tin về chính sách"),
        ("3", "2. Chính quyền giải thích chính sách cho người dân"),
    ]
    api = await visitor.get("/api/indices", params={"round": "households", "measure": "all"})
    assert [round(100 * row["estimate"], 1) for row in api.json()["rows"]] == [
        float(share.rstrip("%").replace(",", ".")) for _, _, share in rows
    ]
    for link in re.findall(r'href="(/api/indices\?[^"]*measure=all[^"]*)"', page.text):
        assert (await visitor.get(html.unescape(link))).status_code == 200


async def test_the_indicators_of_users_and_of_others_are_shown_apart(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await open_long_form(conn, town)
    await answer_at_home(visitor, town, 40)
    chosen = {"round": "households", "lang": "en"}
    counts = {}
    for among in ("", "q8_3=yes", "q8_3=no"):
        page = words(await visitor.get("/", params={**chosen, "among": among}))
        row = re.search(r"Overall satisfaction index [\d.]+% \S+ (\d+)", page)
        assert row
        counts[among] = int(row[1])
    assert counts[""] == counts["q8_3=yes"] + counts["q8_3=no"] == 40
    assert "Did you complete a procedure at a branch" in page
    nobody = await visitor.get("/", params={**chosen, "among": "channel=paper"})
    assert "No response is known to be from this group" in words(nobody)
    unknown = await visitor.get("/", params={**chosen, "among": "unit=00070"})
    assert unknown.status_code == 400


async def test_a_round_without_a_tree_shows_no_indicators(visitor: httpx.AsyncClient, town: Town) -> None:
    await answer(visitor, town, 5, 4, 2, 5, 5)
    assert 'id="indicators"' not in (await visitor.get("/")).text


async def test_no_two_landmarks_have_the_same_name(visitor: httpx.AsyncClient, town: Town) -> None:
    await answer(visitor, town, 5, 2)
    page = (await visitor.get("/")).text
    landmarks = re.findall(r'<(?:section|nav)\b[^>]*>|<[^>]*role="region"[^>]*>', page)
    names = [re.findall(r'aria-label(?:ledby)?="([^"]+)"', one)[0] for one in landmarks]
    assert len(names) == len(set(names)) > 3
    assert 'class="chart"' in page


async def test_the_data_of_the_round_are_downloaded_from_the_page(
    visitor: httpx.AsyncClient, town: Town
) -> None:
    await answer(visitor, town, 5, 4, 2, 5, 5)
    page = (await visitor.get("/", params={"lang": "en"})).text
    links = [html.unescape(link) for link in re.findall(r'href="(/export/[^"]+)"', page)]
    assert [link.partition(".")[2] for link in links] == [
        f"{extension}?lang=en" for extension in ("xlsx", "csv", "sav", "dta", "parquet", "html", "xml", "zip")
    ]
    for link in links:
        assert (await visitor.get(link)).status_code == 200, link
    table = next(link for link in re.findall(r'href="(/api/indices[^"]+)"', page) if "xlsx" in link)
    assert (await visitor.get(html.unescape(table))).status_code == 200


async def test_the_figure_of_fewer_than_five_people_is_not_shown(
    visitor: httpx.AsyncClient, town: Town
) -> None:
    await answer(visitor, town, 5)
    page = words(await visitor.get("/", params={"lang": "en"}))
    assert "– (–) Fewer than 5 responses." in page
    assert "100" not in page.partition("95% confidence interval")[0]


async def test_questions_that_are_no_ratings_are_shown_beside_an_index(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    await open_long_form(conn, town)
    await answer_at_home(visitor, town, 40)
    page = await visitor.get("/", params={"round": "households", "lang": "en"})
    others = words(page).partition("questions, with the share of each answer")[2]
    assert "Did you complete a procedure at a branch" in others
    assert page.text.count('id="by-q8_3"') == 1
