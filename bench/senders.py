"""Terminals that send as fast as they are answered: a process of its own, requests written beforehand.

Usage: python -m bench.senders PORT TOKEN CONNECTIONS REQUESTS SUBMISSIONS-A-REQUEST
"""

import asyncio
import random
import subprocess
import sys
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
import uvloop

from bench.city import UNIT
from sipas.survey.intake.submission import new_id

FACTORS = {"access": 4, "procedures": 5, "officials": 6, "results": 3, "feedback": 4}
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length: "


class Sent(NamedTuple):
    """rate: submissions a second; p50 and p99: milliseconds from a request to its answer."""

    rate: float
    p50: float
    p99: float


def send(port: int, token: str, *, connections: int, requests: int, batch: int = 1) -> Sent:
    """Runs the senders and waits until all of it is stored."""
    numbers = map(str, (port, token, connections, requests, batch))
    command = [sys.executable, "-m", "bench.senders", *numbers]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.convert(msgspec.json.decode(done.stdout), Sent)


class Sender(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, requests: list[bytes], batch: int) -> None:
        self.requests, self.batch = deque(requests), batch
        self.seconds: list[float] = []
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.length = 0

    async def connect(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port)

    def begin(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(self.requests.popleft())

    def data_received(self, data: bytes) -> None:
        self.received += data
        if len(self.received) != self.length and not self.is_whole():
            return
        self.seconds.append(time.perf_counter() - self.sent_at)
        if self.received.count(b'"stored"') != self.batch:
            self.finished.set_exception(ValueError(f"not stored: {self.received[:1000]!r}"))
        elif self.requests:
            self.received = b""
            self.begin()
        else:
            self.finished.set_result(None)
            self.transport.close()

    def is_whole(self) -> bool:
        """Asked where an answer is not as long as the last: all that say `stored` are of one length."""
        head, found, body = self.received.partition(END_OF_HEAD)
        if not found or len(body) < int(head.lower().partition(LENGTH)[2].split(b"\r", 1)[0]):
            return False
        self.length = len(self.received)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(exc or ConnectionError("the service hung up"))


def write_request(token: str, batch: int) -> bytes:
    body = msgspec.json.encode([write_submission() for _ in range(batch)])
    head = (
        "POST /api/submissions HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def write_submission() -> dict[str, object]:
    now = datetime.now(UTC)
    drawn = ["overall", *(f"{factor}{random.randint(1, items)}" for factor, items in FACTORS.items())]
    return {
        "id": str(new_id(now)),
        "instrument": "sipas-22@1",
        "form": "kiosk",
        "channel": "kiosk",
        "unit": UNIT,
        "procedure": f"{random.randint(1, 20):02}",
        "service_channel": "counter",
        "started_at": (now - timedelta(seconds=40)).isoformat(),
        "submitted_at": now.isoformat(),
        "language": "vi",
        "complete": True,
        "sequence": 1,
        "answers": dict(zip(drawn, random.choices((1, 2, 3, 4, 5), (1, 1, 3, 9, 6), k=6), strict=True)),
        "comment": None,
        "attributes": {"sex": random.choice("FM")},
    }


async def run(port: int, token: str, connections: int, requests: int, batch: int) -> Sent:
    written = [write_request(token, batch) for _ in range(requests)]
    senders = [Sender(written[place::connections], batch) for place in range(connections)]
    for sender in senders:
        await sender.connect(port)
    started = time.perf_counter()
    for sender in senders:
        sender.begin()
    await asyncio.gather(*(sender.finished for sender in senders))
    took = time.perf_counter() - started
    seconds = sorted(second for sender in senders for second in sender.seconds)
    p50, p99 = (1000 * seconds[int(len(seconds) * part)] for part in (0.50, 0.99))
    return Sent(requests * batch / took, p50, p99)


if __name__ == "__main__":
    _, port, token, *numbers = sys.argv
    connections, requests, batch = map(int, numbers)
    sent = uvloop.run(run(int(port), token, connections, requests, batch))
    sys.stdout.buffer.write(msgspec.json.encode(sent))
