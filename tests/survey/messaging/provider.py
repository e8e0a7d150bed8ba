"""A provider's SMPP server as a process, which can be killed in the middle and started again."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sipas.survey.messaging.config import SmppGateway, SmsConfig
from tests.kiosk.node import NODE
from tests.waiting import until

SCRIPT = Path(__file__).with_name("smsc.mjs")


@dataclass
class Provider:
    """events: all that was ever said, by whichever process; submits: what reached it for a citizen."""

    port: int = 0
    starts: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    listening: asyncio.Task[None] | None = None

    @property
    def submits(self) -> list[dict[str, Any]]:
        return [event["submit"] for event in self.events if "submit" in event]

    def count(self, kind: str) -> int:
        return sum(kind in event for event in self.events)

    async def start(self) -> None:
        self.starts += 1
        self.process = await asyncio.create_subprocess_exec(
            NODE, SCRIPT, str(self.port), f"p{self.starts}",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        first = json.loads(await self.process.stdout.readline())
        self.port = first["listening"]
        self.listening = asyncio.create_task(self.listen(self.process.stdout))

    async def listen(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            self.events.append(json.loads(line))

    async def tell(self, **order: object) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        await self.process.stdin.drain()

    async def kill(self) -> None:
        """At once, whatever it has in hand; what it said before is heard to the end."""
        assert self.process is not None
        assert self.listening is not None
        self.process.kill()
        await self.process.wait()
        await self.listening

    async def said(self, kind: str, times: int = 1) -> None:
        await until(lambda: self.count(kind) >= times, f"the provider said {kind} {times} times", 20)

    def config(self, **changes: Any) -> SmsConfig:
        gateway = SmppGateway("127.0.0.1", self.port, "sipas", changes.pop("password", "secret"))
        return SmsConfig(transport="smpp", sender="HANOI", smpp=gateway, per_second=10_000, **changes)


@asynccontextmanager
async def providing() -> AsyncIterator[Provider]:
    provider = Provider()
    await provider.start()
    try:
        yield provider
    finally:
        if provider.process and provider.process.returncode is None:
            await provider.kill()
