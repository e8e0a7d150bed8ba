import asyncio
import hashlib

import httpx
import pytest

from sipas.errors import InputError
from sipas.postgres.pool import Connection
from sipas.survey.access.people import add_key, add_person, change_password, retire_key, retire_person
from sipas.survey.tokens import NO_PASSWORD, hash_password, is_password

NAME, PASSWORD = "lan", "bồ câu gặm khoai tây"


@pytest.mark.usefixtures("slow_passwords")
def test_a_password_is_kept_as_owasp_advises() -> None:
    salt, _, kept = hash_password(PASSWORD).partition(":")
    stretched = hashlib.scrypt(PASSWORD.encode(), salt=bytes.fromhex(salt), n=2**15, r=8, p=3, maxmem=2**26)
    assert bytes.fromhex(kept) == stretched


@pytest.fixture
async def lan(conn: Connection) -> None:
    await add_person(conn, NAME, PASSWORD)


@pytest.mark.usefixtures("slow_passwords", "lan")
async def test_results_open_after_signing_in_and_close_after_signing_out(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/indices")).status_code == 401
    answer = await client.post("/login", data={"name": NAME, "password": PASSWORD})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (await client.get("/api/indices", params={"round": "autumn"})).status_code == 200
    session = dict(client.cookies)
    await client.post("/logout")
    client.cookies.update(session)
    assert (await client.get("/api/indices", params={"round": "autumn"})).status_code == 401


@pytest.mark.usefixtures("lan")
@pytest.mark.parametrize(("name", "password"), [(NAME, "wrong"), ("nobody", PASSWORD), (NAME, ""), ("", "")])
async def test_a_wrong_name_or_password_is_refused_without_saying_which(
    client: httpx.AsyncClient, name: str, password: str
) -> None:
    answer = await client.post("/login", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.fixture
def few_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third of a second of a processor each."""
    monkeypatch.setattr("sipas.survey.access.sign_in.PAIR_FAILURES", 3)


@pytest.mark.usefixtures("slow_passwords", "few_failures", "lan")
async def test_wrong_passwords_at_once_do_not_block_other_users(client: httpx.AsyncClient) -> None:
    wrong = [client.post("/login", data={"name": "nobody", "password": "wrong"}) for _ in range(20)]
    right = client.post("/login", data={"name": NAME, "password": PASSWORD})
    *answers, opened = await asyncio.gather(*wrong, right)
    assert opened.status_code == 303
    assert {answer.status_code for answer in answers} == {401, 429}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert "quá nhiều lần" in refused.text


def test_no_password_opens_an_account_that_is_not_there() -> None:
    assert not any(is_password(password, NO_PASSWORD) for password in ("", "0"))


async def test_the_dashboard_sends_people_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.usefixtures("lan")
async def test_signing_in_leads_to_the_page_that_was_asked_for_in_the_language_read_last(
    client: httpx.AsyncClient,
) -> None:
    sent = await client.get("/links", params={"round": "mùa thu", "lang": "en"})
    assert (
        'href="?lang=vi&amp;next=/links%3Fround%3Dm%25C3%25B9a%2Bthu"'
        in (await client.get(sent.headers["location"])).text
    )
    answer = await client.post(sent.headers["location"], data={"name": NAME, "password": PASSWORD})
    assert answer.headers["location"] == "/links?round=m%C3%B9a+thu&lang=en"
    assert (await client.get("/links")).status_code == 200


@pytest.mark.usefixtures("lan")
@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "evil", "/ạ", "", "/\n"],
)
async def test_signing_in_leads_to_no_other_site(client: httpx.AsyncClient, elsewhere: str) -> None:
    asked = {"next": elsewhere, "lang": "vi"}
    answer = await client.post("/login", params=asked, data={"name": NAME, "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=vi")


@pytest.mark.usefixtures("lan")
async def test_another_password_ends_what_the_old_one_opened(
    client: httpx.AsyncClient, conn: Connection
) -> None:
    old, new = {"name": NAME, "password": PASSWORD}, {"name": NAME, "password": "một mật khẩu khác"}
    await client.post("/login", data=old)
    await change_password(conn, NAME, new["password"])
    assert (await client.get("/kiosks")).status_code == 303
    assert (await client.post("/login", data=old)).status_code == 401
    assert (await client.post("/login", data=new)).status_code == 303
    assert (await client.get("/kiosks")).status_code == 200


@pytest.mark.usefixtures("lan")
async def test_who_and_what_was_retired_reads_no_more(client: httpx.AsyncClient, conn: Connection) -> None:
    await client.post("/login", data={"name": NAME, "password": PASSWORD})
    await retire_person(conn, NAME)
    assert (await client.get("/kiosks")).status_code == 303
    client.headers["authorization"] = f"Bearer {await add_key(conn, 'read')}"
    assert (await client.get("/kiosks")).status_code == 200
    await retire_key(conn, 1)
    assert (await client.get("/kiosks")).status_code == 303


async def test_a_reading_key_opens_results_and_a_transactions_key_does_not(
    client: httpx.AsyncClient, conn: Connection
) -> None:
    for scope, source, status in (("read", None, 200), ("transactions", "one-stop", 401)):
        headers = {"authorization": f"Bearer {await add_key(conn, scope, source)}"}
        answer = await client.get("/api/indices", params={"round": "autumn"}, headers=headers)
        assert answer.status_code == status


async def test_a_kiosk_token_opens_no_results(kiosk_client: httpx.AsyncClient) -> None:
    assert (await kiosk_client.get("/api/indices", params={"round": "autumn"})).status_code == 401


async def test_a_short_password_is_refused(conn: Connection) -> None:
    with pytest.raises(InputError, match="12 characters"):
        await add_person(conn, NAME, "short")


async def test_neither_passwords_nor_tokens_are_kept(conn: Connection) -> None:
    await add_person(conn, NAME, PASSWORD)
    token = await add_key(conn, "read")
    kept = await conn.fetchval("select password_hash from person") + repr(
        await conn.fetch("select token_hash from api_key")
    )
    assert PASSWORD not in kept
    assert token not in kept
