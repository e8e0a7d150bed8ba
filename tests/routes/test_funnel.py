"""The page of messages and links, and what gateways tell over HTTP."""

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sipas.postgres.pool import Connection, Pool
from sipas.queries.callbacks import UnreadCallback, insert_unread
from sipas.queries.funnel import FunnelStep, FunnelStepName, add_funnel
from sipas.queries.messages import stop_sending
from sipas.survey.links.one_time_links import create_links
from sipas.survey.messaging.config import read_sms
from sipas.survey.messaging.expiry import expire_messages
from sipas.survey.messaging.transports import Accepted
from sipas.survey.messaging.unread_retry import retry_unread
from tests.cast import Town, link_about
from tests.serving import SECRET, client_of, serving, settings_for
from tests.survey.messaging.conftest import CIPHER, Office, SetClock, log_config, phones

TOKEN = "a token of sixteen or more"
GATEWAY = f"""
transport = "http"
[http]
url = "http://127.0.0.1:1/"
body = {{ to = "{{phone}}" }}
id = "id"
callback = {{ token = "{TOKEN}", id = "message.id", status = "message.state" }}
"""


@pytest.fixture
async def visitor(dsn: str, town: Town) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(dsn, open_to_all=True) as address,
        client_of(address) as client,
    ):
        yield client


def words(page: httpx.Response) -> str:
    text = re.sub(r"<(style|svg)\b.*?</\1>", "", page.text, flags=re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


async def count(conn: Connection, **steps: int) -> None:
    day = datetime.now(UTC).date()
    unit = await conn.fetchval("select id from unit where code = '00070'")
    round_id = await conn.fetchval("select id from round")
    for name, n in steps.items():
        step, _, reason = name.partition("__")
        known: FunnelStepName = step  # type: ignore[assignment]  # the test's own names
        await add_funnel(
            conn, [FunnelStep(round_id, unit, None, None, day, known, reason.replace("_", " ") or None, n)]
        )


async def test_who_has_not_signed_in_is_sent_to_do_so(client: httpx.AsyncClient) -> None:
    answered = await client.get("/links", params={"lang": "en"})
    assert (answered.status_code, answered.headers["location"]) == (303, "/login?lang=en&next=%2Flinks")


async def test_a_round_without_messages_says_how_to_invite(visitor: httpx.AsyncClient) -> None:
    assert "Chưa có tin nhắn nào trong đợt khảo sát này" in words(await visitor.get("/links"))


async def test_response_rates_say_of_what_they_are(visitor: httpx.AsyncClient, conn: Connection) -> None:
    await count(
        conn, drawn=1200, not_drawn=800, invited=1000, sent=1000, delivered=960, opened=400, started=390,
        completed=312, refused=3, failed__UNDELIV_11=25, failed__no_receipt=15, not_asked__landline=200,
    )  # fmt: skip
    page = words(await visitor.get("/links"))
    assert re.search(
        r"32,5% 312 phiếu trả lời trên 960 tin nhắn đã đến điện thoại \(1\.000 tin đã gửi\)", page
    )
    assert "Trong 2.000 hồ sơ đã giải quyết, 1.200 hồ sơ được chọn" in page
    assert "không đến được điện thoại (UNDELIV 11) 25 nhà mạng không báo kết quả 15" in page
    assert "số điện thoại cố định 200" in page
    assert re.search(r"Phường Hoàn Kiếm 1\.000 960 400 312 3 32,5%", page)
    english = words(await visitor.get("/links", params={"lang": "en", "round": "autumn"}))
    assert "312 answers to 960 messages delivered (1,000 sent)" in english
    assert "sipas link resume" not in english
    await insert_unread(conn, [UnreadCallback(datetime.now(UTC), "content", "a=…", None, b"")], 9)
    assert "Chưa đọc được 1 thông báo của nhà cung cấp" in words(await visitor.get("/links"))
    await stop_sending(conn, "lan@may-chu")
    await stop_sending(conn, "somebody else, later")
    assert re.search(
        r"lan@may-chu đã dừng gửi lúc \d\d:\d\d ngày .* sipas link resume", words(await visitor.get("/links"))
    )


async def test_links_made_directly_are_invitations_and_no_share_is_above_the_whole(
    visitor: httpx.AsyncClient, conn: Connection, town: Town
) -> None:
    about = link_about(town.catalogue, procedure_code=None, service_channel=None)
    await create_links(conn, about, 1600, SECRET, "http://test")
    await count(conn, opened=1500, started=1480, completed=1200)
    page = words(await visitor.get("/links"))
    assert re.search(r"75,0% 1\.200 phiếu trả lời trên 0 tin nhắn đã đến điện thoại", page)
    assert "1.600 đường dẫn được tạo trực tiếp bằng lệnh sipas link create" in page
    assert "hồ sơ được chọn" not in page
    assert re.search(r"Được mời 1\.600 100,0% .* tạo trực tiếp 1\.600 100,0% Đã mở 1\.500 93,8%", page)
    await count(conn, drawn=10, invited=10, sent=10, delivered=8)
    english = words(await visitor.get("/links", params={"lang": "en"}))
    assert "1,200 answers to 8 messages delivered (10 sent) and 1,600 links made directly." in english
    assert "10 people were invited by message" in english
    assert "Invited 1,610 100.0% Sent 10 0.6% Delivered 8 0.5%" in english


async def test_steps_that_no_invitation_is_known_of_have_no_share(
    visitor: httpx.AsyncClient, conn: Connection
) -> None:
    await count(conn, invited=3, opened=5203, completed=5203)
    page = words(await visitor.get("/links", params={"lang": "en"}))
    assert "Opened 5,203 –" in page
    assert "An en dash: no one was invited, or there are more answers" in page


async def test_more_answers_than_messages_are_no_rate(visitor: httpx.AsyncClient, conn: Connection) -> None:
    """Links that went out otherwise were answered too."""
    await count(conn, sent=3, delivered=3, completed=5)
    assert re.search(r"Tỷ lệ trả lời – 5 phiếu", words(await visitor.get("/links")))


@pytest.fixture
def sms_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return write(tmp_path / "sms.toml", getattr(request, "param", GATEWAY))


def write(file: Path, content: str) -> Path:
    file.write_text(content, encoding="utf-8")
    return file


@pytest.fixture
async def office(dsn: str, pool: Pool, conn: Connection, town: Town) -> Office:
    return Office(dsn, pool, conn, SetClock(datetime.now(UTC)), town)


@pytest.fixture
async def gateway(
    dsn: str, town: Town, sms_file: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """Posts to a service whose provider it is."""
    settings = replace(settings_for(dsn), sms=sms_file)
    monkeypatch.setattr("tests.serving.settings_for", lambda _: settings)
    async with (
        serving(dsn) as address,
        client_of(address) as client,
    ):
        yield client


async def test_a_gateway_tells_of_receipts_and_of_answers(
    gateway: httpx.AsyncClient, dsn: str, conn: Connection, pool: Pool, town: Town
) -> None:
    office = Office(dsn, pool, conn, SetClock(datetime.now(UTC)), town)
    await office.write(phones(2))
    await conn.execute("update message set state = 'sent', provider_id = 'p' || id")
    first, second = [row[0] for row in await conn.fetch("select provider_id from message order by id")]
    path = f"/api/messages/{TOKEN}"
    delivered = {"message": {"id": first, "state": "DELIVRD"}}
    assert (await gateway.post(path, json=delivered)).json() == {"status": "kept"}
    assert (await gateway.post(path, json={"message": {"id": second, "state": "ENROUTE"}})).json() == {
        "status": "ignored"
    }
    assert (await gateway.post(path, data={"from": phones(1)[0], "text": "TC"})).json() == {"status": "kept"}
    assert await conn.fetchval("select count(*) from opt_out") == 1
    assert await office.states() == {"delivered": 1, "sent": 1}
    for nonsense in (b"{", b"[" * 50_000, b"null", b"[1]", b"<a><b/>", b"<!DOCTYPE a><a/>", b"\xff"):
        answer = await gateway.post(path, content=nonsense, headers={"content-type": "application/json"})
        assert answer.status_code == 400, answer.text


async def test_a_receipt_that_comes_before_its_message_is_noted_as_sent_is_kept(
    gateway: httpx.AsyncClient, office: Office, conn: Connection
) -> None:
    """By the sender, which notes it later; and where neither saw the other, by the next sweep."""
    await office.write(phones(2))
    path = f"/api/messages/{TOKEN}"
    for id_ in ("00AB-1", "00AB-2"):
        told = await gateway.post(path, json={"message": {"id": id_, "state": "DELIVRD"}})
        assert (told.status_code, told.json()) == (200, {"status": "kept"})
    sender = await office.sender(log_config())
    claimed, _ = await sender.outbox.claim(office.clock.now(), 2)
    await sender.outbox.record([(claimed[0], Accepted("ab-1"))], office.clock.now(), receipts=True)
    assert await office.states() == {"delivered": 1, "waiting": 1}
    await conn.execute("update message set state = 'sent', provider_id = 'ab-2' where state = 'waiting'")
    await expire_messages(office.pool, office.clock.now())
    assert await office.states() == {"delivered": 2}
    await gateway.post(path, json={"message": {"id": "ab-1", "state": "DELIVRD"}})  # once more
    await expire_messages(office.pool, office.clock.now() + timedelta(days=4))
    assert await conn.fetchval("select count(*) from early_receipt") == 0


async def test_a_gateway_reports_by_query_form_list_or_xml(
    gateway: httpx.AsyncClient, office: Office, conn: Connection
) -> None:
    await office.write(phones(7))
    await conn.execute("update message set state = 'sent', provider_id = 'p' || (id - 1)")
    path = f"/api/messages/{TOKEN}"
    await gateway.get(path, params={"Message.ID": "00P0", "message.state": "delivered"})
    await gateway.post(f"{path}?message.id=P1", data={"MESSAGE.STATE": "FAILED"})
    events = [{"message": {"id": "p2", "state": "DELIVERED"}}, {"message": {"Id": "p3", "State": "ENROUTE"}}]
    answer = await gateway.post(path, json={"results": [*events, {"message": {"id": "p3"}}]})
    assert answer.json() == {"status": "kept", "not_understood": 1}
    xml = "<r:all xmlns:r='u'><r:report><message id='p4'><state>Undeliv</state></message></r:report></r:all>"
    assert (await gateway.post(path, content=xml)).json() == {"status": "kept"}
    esms = {"message.id": "p5", "SendStatus": "5", "SendSuccess": "0", "SendFailed": "1"}
    assert (await gateway.get(path, params=esms)).json() == {"status": "kept"}
    parts = {"message.id": (None, "P6"), "message.state": (None, "delivrd")}
    assert (await gateway.post(path, files=parts)).json() == {"status": "kept"}
    assert await office.funnel() == {
        "delivered": 3, "failed: FAILED": 1, "failed: Undeliv": 1, "failed: SendFailed": 1,
    }  # fmt: skip
    assert (await gateway.get(path)).json() == {"status": "ignored"}  # nothing was said


async def test_what_is_not_understood_is_refused_kept_counted_and_shown(
    gateway: httpx.AsyncClient, conn: Connection
) -> None:
    path = f"/api/messages/{TOKEN}"
    said = {"SMSID": "x", "Message": "Nguyễn Văn A, 0912345678", "0912345678": "1", "state": "ODD"}
    answer = await gateway.post(path, json=said)
    assert answer.status_code == 400
    assert "'message.id'" in answer.json()["detail"]
    [row] = await conn.fetch("select outline, content from unread_callback")
    assert row["outline"] == "SMSID=…, Message=…, …=…, state=ODD"
    assert b"0912345678" not in row["content"]


async def test_an_unreadable_configuration_turns_no_opt_out_away(
    gateway: httpx.AsyncClient, sms_file: Path, conn: Connection
) -> None:
    """The last one that could be read holds."""
    assert (await gateway.get(f"/api/messages/{TOKEN}")).is_success
    write(sms_file, "transport = ")
    told = await gateway.post(f"/api/messages/{TOKEN}", data={"from": phones(1)[0], "text": "TC"})
    assert told.json() == {"status": "kept"}
    assert await conn.fetchval("select count(*) from opt_out") == 1


@pytest.mark.parametrize("sms_file", ["transport = "], indirect=True)
async def test_a_configuration_that_was_never_readable_turns_no_opt_out_away(
    gateway: httpx.AsyncClient, office: Office, sms_file: Path, conn: Connection
) -> None:
    """They are kept, and read when it can be: those that came with its token."""
    for token, phone in zip((TOKEN, "another"), phones(2), strict=True):
        told = await gateway.post(f"/api/messages/{token}", data={"from": phone, "text": "TC"})
        assert (told.status_code, told.json()) == (200, {"status": "kept"})
    write(sms_file, GATEWAY)
    http = read_sms(replace(settings_for(office.dsn), sms=sms_file)).http
    assert http
    assert http.callback
    assert await retry_unread(conn, http.callback, SECRET, CIPHER, office.clock.now()) == 1
    assert await conn.fetchval("select count(*) from opt_out") == 1
    assert await conn.fetchval("select count(*) from unread_callback") == 0


async def test_a_callback_without_the_token_is_refused(gateway: httpx.AsyncClient) -> None:
    assert (await gateway.post("/api/messages/another", json={})).status_code == 404
