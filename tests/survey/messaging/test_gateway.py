"""An HTTP gateway as configuration describes it, and all that one can answer."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sipas.errors import SipasError
from sipas.survey.messaging.callbacks import read_gateway_event
from sipas.survey.messaging.config import Callback, SmsConfig
from sipas.survey.messaging.delivery_receipts import keep_gateway_messages
from sipas.survey.messaging.transports import Accepted, OutgoingSms, SendOutcome, Unknown, Unsent
from sipas.survey.messaging.transports.http import HttpTransport
from tests.serving import SECRET
from tests.survey.messaging.conftest import CIPHER, Office, phones

CONFIG = """
transport = "http"
sender = "HANOI"
timeout = 1

[http]
url = "http://127.0.0.1:PORT/send"
headers = { Authorization = "Bearer k", Idempotency-Key = "{key}" }
id = "data.0.id"
success = { path = "code", value = "100" }

[http.body]
to = "{digits}"
content = "{text}"
brandname = "{sender}"
fixed = [1, true, "{nothing}"]
"""
TAKEN = b'{"code": 100, "data": [{"id": 77}]}'


def answer(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body)


@dataclass
class Gateway:
    """answers with these bytes, whatever they are; requests: what it was sent. slow: a byte a second."""

    port: int = 0
    answers: bytes = answer(200, TAKEN)
    slow: bool = False
    requests: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def config(self) -> SmsConfig:
        return msgspec.toml.decode(CONFIG.replace("PORT", str(self.port)), type=SmsConfig)

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(asyncio.create_task(self.answer(reader, writer)))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError), closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
            self.requests.append(
                (headers, json.loads(await reader.readexactly(int(headers["content-length"]))))
            )
            for byte in self.answers if self.slow else ():
                writer.write(bytes([byte]))
                await asyncio.sleep(0.1)
            writer.write(b"" if self.slow else self.answers)
            await writer.drain()

    async def hang_up(self) -> None:
        for one in self.serving:
            one.cancel()
        await asyncio.gather(*self.serving, return_exceptions=True)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    one = Gateway()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0, backlog=1000)
    one.port = server.sockets[0].getsockname()[1]
    yield one
    server.close()
    await one.hang_up()


async def test_a_message_goes_as_the_configuration_says(office: Office, gateway: Gateway) -> None:
    await office.conn.execute("""update unit set name = 'A "quoted" {key} \\ name' where code = '00070'""")
    sender = await office.sender(gateway.config)
    [token] = await office.write(phones(1))
    key = await office.conn.fetchval("select key::text from message")
    await sender.send_due()
    await sender.transport.close()
    [(headers, body)] = gateway.requests
    assert (headers["authorization"], headers["idempotency-key"]) == ("Bearer k", key)
    assert body["to"] == phones(1)[0][1:]
    assert body["content"].startswith('A "quoted" {key} \\ name xin y kien')
    assert token in body["content"]
    assert (body["brandname"], body["fixed"]) == ("HANOI", [1, True, "{nothing}"])
    assert await office.states() == {"sent": 1}
    assert await office.conn.fetchval("select payload from message") is None  # no receipts will come
    assert await office.conn.fetchval("select key::text from message") != key


@pytest.mark.parametrize(("name", "left"), [("data.0.id", 1), (None, 0)])
async def test_a_phone_is_kept_for_a_receipt_where_one_can_be_told_from_another(
    office: Office, gateway: Gateway, name: str | None, left: int
) -> None:
    assert gateway.config.http is not None
    http = msgspec.structs.replace(gateway.config.http, id=name, callback=Callback("a-long-random-word"))
    sender = await office.sender(msgspec.structs.replace(gateway.config, http=http, timeout=20))
    await office.write(phones(1))
    await sender.send_due()
    await sender.transport.close()
    assert await office.conn.fetchval("select count(payload) from message where state = 'sent'") == left


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (answer(200, TAKEN), "Accepted(provider_id='77')"),
        (answer(200, b'{"code": 99}'), "Deferred(reason='gateway says 99')"),
        (answer(200, b"<html>Welcome</html>"), "Unknown(reason='gateway answers nonsense')"),
        (answer(200, b'{"code": 100, "data": []}'), "Unknown(reason='gateway answers nonsense')"),
        (answer(200, b"[" * 60_000), "Unknown(reason='gateway answers nonsense')"),
        (answer(200, b"x" * 100_000), "Unknown(reason='gateway answers nonsense')"),
        (answer(400, b"{}"), "Rejected(reason='gateway answers 400')"),
        (answer(401, b""), "Unsent(reason='gateway answers 401')"),
        (answer(302, b""), "Unsent(reason='gateway answers 302')"),
        (answer(503, b""), "Unsent(reason='gateway answers 503')"),
        (answer(500, b""), "Unknown(reason='gateway answers 500')"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "Unknown(reason='gateway broke off: RemoteProtocolError')"),
        (b"", "Unknown(reason='gateway broke off: RemoteProtocolError')"),
    ],
)
async def test_what_a_gateway_answers_is_understood(gateway: Gateway, answers: bytes, expected: str) -> None:
    gateway.answers = answers
    assert repr(await send(gateway.config)) == expected


PARCEL = OutgoingSms("k", "+84912345678", "text", datetime.now(UTC))


async def send(config: SmsConfig) -> SendOutcome:
    transport = HttpTransport(config)
    try:
        return await transport.send(PARCEL)
    finally:
        await transport.close()


async def test_a_gateway_that_trickles_or_is_down_is_not_waited_for(gateway: Gateway) -> None:
    gateway.slow = True
    assert await send(gateway.config) == Unknown("gateway did not answer in time")
    gateway.port = 1
    assert await send(gateway.config) == Unsent("gateway not reached")


async def test_a_gateway_whose_machine_takes_no_connections_costs_no_try(gateway: Gateway) -> None:
    """As behind a firewall that drops what comes: nothing has left, so nothing is uncertain."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        gateway.port = full.getsockname()[1]
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            for one in (first, second):
                one.setblocking(False)
                one.connect_ex(full.getsockname())
            assert await send(gateway.config) == Unsent("gateway not reached")


async def test_a_gateway_that_was_silent_to_many_at_once_is_heard_when_it_answers(gateway: Gateway) -> None:
    """More than the 100 connections that httpx allows unless it is told otherwise."""
    gateway.slow = True
    transport = HttpTransport(
        msgspec.structs.replace(gateway.config, at_once=150, timeout=5)
    )  # to connect, too
    outcomes = await asyncio.gather(*(transport.send(PARCEL) for _ in range(150)))
    assert set(outcomes) == {Unknown("gateway did not answer in time")}
    gateway.slow = False
    assert await transport.send(PARCEL) == Accepted("77")
    await transport.close()


async def test_a_header_that_cannot_be_sent_keeps_messages_waiting(gateway: Gateway) -> None:
    config = gateway.config
    assert config.http is not None
    http = msgspec.structs.replace(config.http, headers={"Authorization": "Bearer …"})
    assert isinstance(await send(msgspec.structs.replace(config, http=http)), Unsent)
    assert gateway.requests == []


async def test_a_gateway_that_talks_nonsense_for_a_day_costs_few_messages(
    office: Office, gateway: Gateway
) -> None:
    """With nothing answered, single messages find out whether it answers again."""
    gateway.answers = answer(200, b"<html>maintenance</html>")
    await office.write(phones(60))
    sender = await office.sender(msgspec.structs.replace(gateway.config, timeout=20))  # slow machines, too
    with pytest.raises(SipasError, match="gateway answers nonsense; they wait"):
        await sender.send_due()
    for _ in range(24):
        office.clock.pass_(hours=1)
        await sender.step()
    states = await office.states()
    assert states["waiting"] >= 45, await office.funnel()
    gateway.answers = answer(200, TAKEN)
    office.clock.pass_(days=1)
    office.clock.at("10:00")
    while (await office.states()).get("waiting"):
        await sender.step()
    assert (await office.states())["sent"] == states["waiting"]
    assert max(keys_of(gateway).values()) <= 3
    await sender.transport.close()


@pytest.mark.parametrize("odd", ["a\\u0000b", "\\ud800", "".join(map(chr, range(0x4E00, 0x9A20)))])
async def test_whatever_a_gateway_calls_a_message_its_receipt_finds_it(
    office: Office, gateway: Gateway, odd: str
) -> None:
    assert gateway.config.http is not None
    callback = Callback("a-long-random-word", id="data.0.id")
    http = msgspec.structs.replace(gateway.config.http, callback=callback)
    body = f'{{"code": 100, "data": [{{"id": "{odd}"}}], "status": "delivered"}}'.encode()
    gateway.answers = answer(200, body)
    sender = await office.sender(msgspec.structs.replace(gateway.config, http=http, timeout=20))
    await office.write(phones(1))
    await sender.send_due()
    await sender.transport.close()
    receipt = read_gateway_event(json.loads(body), callback)
    assert receipt is not None
    await keep_gateway_messages(office.conn, [receipt], SECRET, CIPHER, office.clock.now())
    assert await office.states() == {"delivered": 1}


async def test_whatever_reason_a_gateway_gives_is_noted(office: Office, gateway: Gateway) -> None:
    gateway.answers = answer(200, b'{"code": "x\\u0000\\ud800y"}')
    sender = await office.sender(msgspec.structs.replace(gateway.config, timeout=20))
    await office.write(phones(3))
    await sender.send_due()
    await sender.transport.close()
    assert await office.conn.fetchval("select distinct reason from message") == "gateway says x␀?y"


def keys_of(gateway: Gateway) -> dict[str, int]:
    keys = [headers["idempotency-key"] for headers, _ in gateway.requests]
    return {key: keys.count(key) for key in keys}


@pytest.mark.parametrize(
    "wrong",
    ['transport = "smpp"', 'transport = "pigeon"', "per_second = 0", 'texts.vi.invitation = "no link"',
     '[smpp]\nhost = "h"\nport = 1\nsystem_id = "s"\npassword = "longer than eight"', "unknown = 1"],
)  # fmt: skip
def test_a_configuration_that_cannot_be_meant_is_refused(wrong: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.toml.decode(wrong, type=SmsConfig)
