"""From a feed of finished transactions over a real SMPP provider to answers that count."""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright, expect

from sipas.errors import SipasError
from sipas.survey.access.people import add_key
from sipas.survey.catalogue import LiveCatalogue
from sipas.survey.invitations.inviting import invite_due
from sipas.survey.messaging.sender import Sender
from tests.browser.machine import CHROMIUM
from tests.cast import BA_DINH, BIRTH, HOAN_KIEM, MARRIAGE
from tests.mixed import mix_everything
from tests.serving import client_of, serving, settings_for
from tests.survey.messaging.conftest import Office
from tests.survey.messaging.provider import Provider
from tests.waiting import until

TRANSACTIONS, AT_ONCE, SENDERS = 1_000, 20, 2
IN_BROWSER, BY_HTTP = 2, 100
GOOD = TRANSACTIONS - 20
ENGLISH = TRANSACTIONS // 5 - 20


@dataclass
class Service:
    office: Office
    client: httpx.AsyncClient
    address: str

    async def invite(self) -> int:
        catalogue = LiveCatalogue(self.office.pool)
        return await invite_due(
            self.office.pool, catalogue, settings_for(self.office.dsn), self.office.clock.now()
        )

    async def tell(self, events: Sequence[dict[str, Any]]) -> Counter[str]:
        answer = await self.client.post("/api/transactions", json=events)
        assert answer.status_code == 200, answer.text
        return Counter(one["status"] for one in answer.json()["results"])


@pytest.fixture
async def service(office: Office) -> AsyncIterator[Service]:
    key = await add_key(office.conn, "transactions", "one-stop")
    limits = httpx.Limits(max_connections=8)
    async with (
        serving(office.dsn, open_to_all=True) as address,
        client_of(address, limits=limits) as client,
    ):
        client.headers["authorization"] = f"Bearer {key}"
        yield Service(office, client, address)


def event(number: int, completed_at: datetime, phone: str | None) -> dict[str, Any]:
    return {
        "transaction_id": f"H-{number}",
        "unit": (HOAN_KIEM, BA_DINH)[number % 2],
        "procedure": (BIRTH, MARRIAGE)[number // 2 % 2],
        "service_channel": ("counter", "online")[number // 4 % 2],
        "completed_at": completed_at.isoformat(),
        "on_time": True,
        "phone": phone,
        "language": ("vi", "en")[number % 5 == 0],
    }


def phone_of(number: int) -> str:
    return f"09{80_000_000 + number}"


def feed(completed_at: datetime) -> list[dict[str, Any]]:
    """One in fifty cannot be asked."""
    odd = ["024 3825 3536", "+44 20 7183 8750", "12", None]
    phones = [odd[n // 50 % 4] if n % 50 == 0 else phone_of(n) for n in range(TRANSACTIONS)]
    return [event(n, completed_at, phone) for n, phone in enumerate(phones)]


async def test_a_finished_transaction_becomes_a_message_and_an_answer_that_counts(
    service: Service,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpcore")  # the citizens', not the service's
    caplog.set_level(logging.WARNING, "httpx")
    office, clock = service.office, service.office.clock
    await office.remind_after(3)
    clock.moment = datetime.now(UTC)
    completed_at = clock.now() - timedelta(minutes=1)

    # Events arrive; no invitations go out before the delay has passed, or at night.
    assert await service.tell(feed(completed_at)) == {"stored": TRANSACTIONS}
    clock.pass_(hours=2.9)
    assert await service.invite() == 0
    clock.pass_(hours=0.1)
    assert await service.invite() == GOOD
    senders = [await office.sender(provider.config(at_once=AT_ONCE)) for _ in range(SENDERS)]
    clock.at("23:00")
    await asyncio.gather(*(sender.send_due() for sender in senders))
    assert provider.submits == []

    # In the morning they go out, and in the middle the provider is killed and comes back.
    clock.at("09:00")
    work = [asyncio.create_task(send_all(office, sender)) for sender in senders]
    await until(lambda: len(provider.submits) >= GOOD // 3, "a third had reached the provider")
    await provider.tell(answer="silent")
    await until(lambda: len(unanswered(provider)) >= AT_ONCE, "some messages were on their way")
    await provider.kill()
    before = len(provider.submits)
    await provider.start()
    await asyncio.gather(*work)
    copies = Counter(submit["to"] for submit in provider.submits)
    doubled = len(provider.submits) - GOOD
    with capfd.disabled():
        print(
            f" provider killed after {before} messages: {doubled} of {GOOD} reached a citizen twice", end=""
        )
    assert len(copies) == GOOD
    assert max(copies.values()) <= 2
    # What was on its way when the line broke, and that alone: of it SMPP cannot tell.
    assert len(unanswered(provider)) <= doubled <= AT_ONCE * SENDERS
    assert {submit["coding"] for submit in provider.submits} == {0}

    # Some answer in a browser, more over plain HTTP; an answer can be given once.
    paths = {submit["to"]: re.findall(r"/s/\w{11}\S*", submit["text"])[0] for submit in provider.submits}
    assert sum(path.endswith("?lang=en") for path in paths.values()) == ENGLISH
    answering = list(paths.values())[: IN_BROWSER + BY_HTTP]
    answering.sort(key=lambda path: path.endswith("?lang=en"))
    await answer_in_browser([f"{service.address}{path}" for path in (answering[0], answering[-1])])
    posted = await asyncio.gather(
        *(service.client.post(path, data={"overall": "4"}) for path in answering[1:-1])
    )
    assert {answer.status_code for answer in posted} == {200}
    assert (await service.client.post(answering[0], data={"overall": "1"})).status_code == 404
    await mix_everything(office.conn)
    asked = {"round": "autumn", "channels": "invited"}
    key = await add_key(office.conn, "read")
    table = await service.client.get("/api/indices", params=asked, headers={"authorization": f"Bearer {key}"})
    [row] = table.json()["rows"]
    assert (row["n"], row["estimate"]) == (IN_BROWSER + BY_HTTP, 1.0)

    # One asks to be left alone; a later transaction of that phone is not followed by a message.
    stopping, *_, reminded = paths
    await provider.tell(reply={"from": stopping, "text": "TC"})
    await until(lambda: stepped(senders, provider.count("replied") == 1), "the answer was heard")
    late = event(5_000, completed_at, f"0{stopping[2:]}")
    assert await service.tell([late]) == {"stored": 1}
    assert await service.invite() == 0

    # Three days later those are reminded, once, who have neither answered nor asked not to be.
    sent = len(provider.submits)
    for _ in range(2):
        clock.pass_(days=3)
        clock.at("09:00")
        await asyncio.gather(*(send_all(office, sender) for sender in senders))
    reminders = [submit["to"] for submit in provider.submits[sent:]]
    silent = GOOD - len(answering)
    assert len(reminders) == len(set(reminders)) == silent - (stopping not in list(paths)[: len(answering)])
    assert reminded in reminders
    assert not set(reminders) & {to for to, path in paths.items() if path in answering}
    await until(lambda: stepped(senders, provider.count("receipted") >= len(reminders)), "receipts came")
    clock.pass_(days=14)
    await asyncio.gather(*(send_all(office, sender) for sender in senders))
    for sender in senders:
        await sender.transport.close()

    funnel = await office.funnel()
    assert funnel["drawn"] == TRANSACTIONS + 1
    assert {step: n for step, n in funnel.items() if step.startswith("not_asked")} == {
        "not_asked: landline": 5, "not_asked: foreign": 5, "not_asked: malformed": 5,
        "not_asked: no_phone": 5, "not_asked: opted_out": 1,
    }  # fmt: skip
    assert (funnel["invited"], funnel["sent"], funnel["reminded"]) == (GOOD, GOOD, len(reminders))
    assert funnel["completed"] == IN_BROWSER + BY_HTTP
    assert funnel["refused"] == 1
    # Receipts that died with the provider's process are the only ones that never came.
    assert funnel["delivered"] + funnel.get("failed: no receipt", 0) == GOOD
    assert funnel["delivered"] >= GOOD - before

    # Nothing is left that leads to anybody, and nothing was said of anybody.
    left = """select count(*) from message
        where num_nonnulls(payload, link_hash, transaction_hash, provider_id) > 0"""
    assert await office.conn.fetchval(left) == 0
    said = caplog.text + "".join(capfd.readouterr())
    assert "cannot connect to 127.0.0.1" in said
    assert [n for n in range(TRANSACTIONS) if phone_of(n)[1:] in said] == []
    assert not any(path[:14] in said for path in answering)


def unanswered(provider: Provider) -> list[dict[str, Any]]:
    return [submit for submit in provider.submits if not submit["answered"]]


async def send_all(office: Office, sender: Sender) -> None:
    """Until nothing waits that is due; a provider that is away is tried again, as `run` does."""
    due = "select count(*) from message where state = 'waiting' and due_at < $1"
    deadline = office.clock.now() + timedelta(hours=2)
    while await office.pool.fetchval(due, deadline):
        try:
            busy = await sender.step()
        except SipasError as error:
            sender.go_slow(str(error))
            busy = False
        if not busy:
            await asyncio.sleep(0)
            office.clock.pass_(seconds=5)


async def stepped(senders: Sequence[Sender], done: bool) -> bool:
    for sender in senders:
        await sender.step()
    return done


async def answer_in_browser(urls: Sequence[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for url in urls:
            page = await browser.new_page(viewport={"width": 360, "height": 640})
            await page.goto(url)
            of_message = "en" if url.endswith("?lang=en") else "vi"
            await expect(page.locator("html")).to_have_attribute("lang", of_message)
            await page.locator('input[name="overall"][value="5"]').check(force=True)
            await page.get_by_role("button", name=re.compile("^(Gửi câu trả lời|Send)")).click()
            await expect(page.locator("h1")).to_have_text(re.compile("Xin cảm ơn|Thank you"))
        await browser.close()
